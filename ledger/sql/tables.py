"""The tables, as they are after the newest migration."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

REVISION = "0001"
"""The newest migration; a ledger that stands there is opened without Alembic."""

_STRICT = {"sqlite_strict": True}


class EventRow(SQLModel, table=True):
    """One event; triggers refuse every update and delete."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("stream", "version", name="event_stream_version"),
        Index("event_key", "key", sqlite_where=text("key IS NOT NULL")),
        _STRICT,
    )

    position: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    stream: str = Field(sa_column=Column(Text, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    revision: int = Field(sa_column=Column(Integer, nullable=False))
    at: float = Field(sa_column=Column(REAL, nullable=False))
    actor: str = Field(sa_column=Column(Text, nullable=False))
    cause: int = Field(sa_column=Column(Integer, nullable=False))
    key: str | None = Field(default=None, sa_column=Column(Text))
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    salt: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    link: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class HeadRow(SQLModel, table=True):
    """The one row that says where the ledger stands; written with every append."""

    __tablename__ = "head"
    __table_args__ = (_STRICT,)

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    """Always 1."""
    position: int = Field(sa_column=Column(Integer, nullable=False))
    link: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    token: int = Field(sa_column=Column(Integer, nullable=False))
    """The highest fencing token seen."""
    lineage: str = Field(sa_column=Column(Text, nullable=False))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Over the other columns; see `ledger.sql.head`."""


class SnapshotRow(SQLModel, table=True):
    """One stored fold per projection."""

    __tablename__ = "snapshot"
    __table_args__ = (_STRICT,)

    projection: str = Field(sa_column=Column(Text, primary_key=True))
    code_rev: str = Field(sa_column=Column(Text, nullable=False))
    position: int = Field(sa_column=Column(Integer, nullable=False))
    link: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Link at that position: a snapshot of another history is not used."""
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
