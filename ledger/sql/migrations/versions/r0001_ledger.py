"""The first tables: events, head and snapshots, and the triggers that keep the past as it is."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from ledger.chain import GENESIS
from ledger.sql.head import StoredHead, digest_of_head

revision = "0001"
down_revision = None

_IMMUTABLE = """
CREATE TRIGGER event_no_{verb} BEFORE {verb} ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""


def upgrade() -> None:
    """Make the tables of a new ledger."""
    op.create_table(
        "event",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", sa.REAL, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("cause", sa.Integer, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("body", sa.LargeBinary),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("stream", "version", name="event_stream_version"),
        sqlite_strict=True,
    )
    op.create_index("event_key", "event", ["key"], sqlite_where=sa.text("key IS NOT NULL"))
    head = op.create_table(
        "head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("lineage", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "snapshot",
        sa.Column("projection", sa.Text, primary_key=True),
        sa.Column("code_rev", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    first = StoredHead(position=0, link=GENESIS, token=0, lineage=secrets.token_hex(8))
    op.bulk_insert(head, [{"id": 1, **first._asdict(), "digest": digest_of_head(first)}])
    for verb in ("UPDATE", "DELETE"):
        op.execute(_IMMUTABLE.format(verb=verb))
