"""Writes one transaction: admits or refuses each append, seals its rows, moves the head."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from ledger.chain import Row, digest_of, fault_of, seal
from ledger.codec import Encoded, decode
from ledger.errors import Conflict, Damaged, Fenced
from ledger.store import Recorded

_KNOWN_STREAMS = 10_000
_COLUMNS = ", ".join(Row._fields)
_INSERT = f"INSERT INTO event ({_COLUMNS}) VALUES ({', '.join('?' * len(Row._fields))})"
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


@dataclass(slots=True)
class _Place:
    """Where the ledger stands inside the transaction."""

    position: int
    link: bytes
    token: int
    versions: dict[str, int] = field(default_factory=dict)
    """Of the streams met so far; true as long as nobody else writes, which `begin` finds out."""


class Pen:
    """Owns the writing connection; used by one thread. Every append is checked before its first row is written,
    so that a refused one leaves no trace and its neighbours in the transaction stay."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection, self._path = connection, path
        self._place = _Place(0, b"", 0)
        self._begun = (0, b"", 0)

    @property
    def position(self) -> int:
        """The last position, right after a commit."""
        return self._place.position

    def begin(self) -> None:
        """Take the write lock and learn where the ledger stands now."""
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        row = self._connection.exec_driver_sql("SELECT position, link, token FROM head").fetchone()
        if row is None:
            raise Damaged(str(self._path), 1, "it has no head")
        self._begun = position, link, token = row[0], row[1], row[2]
        same = (position, link) == (self._place.position, self._place.link)
        known = self._place.versions if same and len(self._place.versions) < _KNOWN_STREAMS else {}
        self._place = _Place(position, link, token, known)

    def commit(self) -> None:
        """Make the transaction durable."""
        place = self._place
        if (place.position, place.link, place.token) != self._begun:
            self._connection.exec_driver_sql(
                "UPDATE head SET position = ?, link = ?, token = ?", (place.position, place.link, place.token)
            )
        self._connection.exec_driver_sql("COMMIT")

    def roll_back(self) -> None:
        """Give the transaction up, if SQLite has not done so already, and forget what was assumed."""
        self._place = _Place(0, b"", 0)
        if _inside_transaction(self._connection):
            self._connection.exec_driver_sql("ROLLBACK")

    def append(self, job: Append, at: float) -> tuple[Recorded, ...]:
        """Write one append; raise Conflict or Fenced before anything of it is written."""
        place = self._place
        if job.token is not None and job.token < place.token:
            raise Fenced(job.token, place.token)
        place.token = max(place.token, job.token or 0)
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
        place, salts = self._place, secrets.token_bytes(_SALT * len(job.events))
        rows: list[Row] = []
        for number, (_, kind, revision, body) in enumerate(job.events):
            salt = salts[_SALT * number : _SALT * (number + 1)]
            stands = place.position + 1, job.stream, version + number + 1
            row = Row(*stands, kind, revision, at, job.actor, job.cause, job.key, body, salt, b"", b"")
            rows.append(seal(place.link, row))
            place.position, place.link = rows[-1].position, rows[-1].link
        place.versions[job.stream] = version + len(rows)
        return rows

    def _version_of(self, stream: str) -> int:
        known = self._place.versions.get(stream)
        if known is None:
            row = self._connection.exec_driver_sql("SELECT max(version) FROM event WHERE stream = ?", (stream,)).one()
            known = self._place.versions[stream] = row[0] or 0
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
