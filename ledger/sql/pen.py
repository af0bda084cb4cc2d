"""Writes one transaction: admits or refuses each append, seals its rows, moves the head."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from ledger.chain import Row, digest_of, fault_of, seal
from ledger.codec import Encoded, decode
from ledger.errors import Conflict, Damaged, Fenced
from ledger.events.recorded import Recorded
from ledger.sql.head import COLUMNS, NOWHERE, digest_of_head, read_head

_KNOWN_STREAMS = 10_000
_COLUMNS = ", ".join(Row._fields)
_INSERT = f"INSERT INTO event ({_COLUMNS}) VALUES ({', '.join('?' * len(Row._fields))})"
_HEAD = f"SELECT {', '.join(COLUMNS)} FROM head"
_MOVE_HEAD = "UPDATE head SET position = ?, link = ?, token = ?, digest = ?"
_SALT = 16


@dataclass(frozen=True, slots=True)
class Append:
    """One append as it was asked for."""

    stream: str
    events: Sequence[Encoded]
    expected: int | None
    actor: str
    cause: int
    key: str | None
    token: int | None


@dataclass(frozen=True, slots=True)
class SaveSnapshot:
    """One snapshot to keep."""

    name: str
    rev: str
    position: int
    body: bytes


class Pen:
    """Owns the writing connection; used by one thread. Every append is checked before its first row is written,
    so that a refused one leaves no trace and its neighbours in the transaction stay."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection, self._path = connection, path
        self._head = self._begun = NOWHERE
        self._versions: dict[str, int] = {}  # of streams met; true while nobody else writes, which `begin` finds out

    @property
    def position(self) -> int:
        """The last position, right after a commit."""
        return self._head.position

    def begin(self) -> None:
        """Take the write lock and learn where the ledger stands now."""
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        found = read_head(self._connection.exec_driver_sql(_HEAD).fetchone(), self._path)
        if found != self._head or len(self._versions) > _KNOWN_STREAMS:
            self._versions.clear()
        self._head = self._begun = found

    def commit(self) -> None:
        """Make the transaction durable."""
        if self._head != self._begun:
            position, link, token, _ = self._head
            self._connection.exec_driver_sql(_MOVE_HEAD, (position, link, token, digest_of_head(self._head)))
        self._connection.exec_driver_sql("COMMIT")

    def roll_back(self) -> None:
        """Give the transaction up, if SQLite has not done so already, and forget what was assumed."""
        self._head = self._begun = NOWHERE
        if _inside_transaction(self._connection):
            self._connection.exec_driver_sql("ROLLBACK")

    def append(self, job: Append, at: float) -> tuple[Recorded, ...]:
        """Write one append; raise Conflict or Fenced before anything of it is written."""
        if job.token is not None:
            if job.token < self._head.token:
                raise Fenced(job.token, self._head.token)
            self._head = self._head._replace(token=job.token)
        if job.key is not None and (first := self._under_key(job.key)):
            return first
        version = self._version_of(job.stream)
        if job.expected is not None and job.expected != version:
            raise Conflict(job.stream, job.expected, version)
        rows = self._sealed(job, version, at)
        if len(rows) == 1:
            self._connection.exec_driver_sql(_INSERT, rows[0])
        elif rows:
            self._connection.exec_driver_sql(_INSERT, rows)
        return tuple(_recorded(row, one) for row, one in zip(rows, job.events, strict=True))

    def save(self, job: SaveSnapshot) -> None:
        """Keep a snapshot together with the link it belongs to; one of a position that is not there is dropped."""
        self._connection.exec_driver_sql(
            "INSERT OR REPLACE INTO snapshot (projection, code_rev, position, link, digest, body)"
            " SELECT ?, ?, position, link, ?, ? FROM event WHERE position = ?",
            (job.name, job.rev, digest_of(b"", job.body), job.body, job.position),
        )

    def tidy(self) -> None:
        """Move the log into the file and empty it, as far as readers allow."""
        self._connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _sealed(self, job: Append, version: int, at: float) -> list[Row]:
        (position, link, *_), salts = self._head, secrets.token_bytes(_SALT * len(job.events))
        rows: list[Row] = []
        for number, (_, kind, revision, body) in enumerate(job.events, 1):
            stands, salt = (
                (position + number, job.stream, version + number),
                salts[_SALT * (number - 1) : _SALT * number],
            )
            row = Row(*stands, kind, revision, at, job.actor, job.cause, job.key, body, salt, b"", b"")
            rows.append(seal(link, row))
            link = rows[-1].link
        self._head = self._head._replace(position=position + len(rows), link=link)
        self._versions[job.stream] = version + len(rows)
        return rows

    def _version_of(self, stream: str) -> int:
        known = self._versions.get(stream)
        if known is None:
            row = self._connection.exec_driver_sql("SELECT max(version) FROM event WHERE stream = ?", (stream,)).one()
            known = self._versions[stream] = row[0] or 0
        return known

    def _under_key(self, key: str) -> tuple[Recorded, ...]:
        found = self._connection.exec_driver_sql(
            f"SELECT {_COLUMNS} FROM event WHERE key = ? ORDER BY position", (key,)
        ).fetchall()
        return tuple(read_row(Row._make(row), self._path) for row in found)


def _inside_transaction(connection: Connection) -> bool:
    raw = connection.connection.dbapi_connection
    return isinstance(raw, sqlite3.Connection) and raw.in_transaction


def read_row(row: Row, path: Path) -> Recorded:
    """Return the event of a row; raise Damaged when its body is not what was appended."""
    if why := fault_of(row):
        raise Damaged(str(path), row.position, why)
    event = decode(row.kind, row.revision, row.body or b"")
    return Recorded(row.position, row.stream, row.version, row.at, row.actor, row.cause, event, row.link.hex())


def _recorded(row: Row, one: Encoded) -> Recorded:
    return Recorded(row.position, row.stream, row.version, row.at, row.actor, row.cause, one.event, row.link.hex())
