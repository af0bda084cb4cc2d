"""The port `Store` on one SQLite file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

from sqlalchemy import Engine, Select, literal_column
from sqlmodel import and_, col, select

from ledger.chain import GENESIS, Row, Verdict, digest_of
from ledger.codec import encode, require_storable
from ledger.errors import Damaged, LedgerError
from ledger.events import AnyEvent
from ledger.events.recorded import Recorded
from ledger.sql.database import prepare, reading, writing
from ledger.sql.failures import in_our_words
from ledger.sql.head import COLUMNS, StoredHead, read_head
from ledger.sql.pen import Append, SaveSnapshot, read_row
from ledger.sql.tables import EventRow, HeadRow, SnapshotRow
from ledger.sql.verify import verify
from ledger.sql.writer import Writer
from ledger.store import Head, Snapshot

_PAGE = 1000
_LOOK_AGAIN = 0.25
"""Seconds after which a waiting reader looks for what another program appended."""
_HEAD = tuple(getattr(HeadRow, name) for name in COLUMNS)
_ROW = tuple(getattr(EventRow, name) for name in Row._fields)

Mask = Callable[[AnyEvent], AnyEvent]


class SqliteStore:
    """One project's ledger in one file. All methods may be called from any thread."""

    def __init__(self, path: Path, readers: Engine, clock: Callable[[], float], mask: Mask) -> None:
        self._path, self._readers, self._mask = path, readers, mask
        self._closed = False
        self._growth = threading.Condition()  # guards _seen
        self._seen = self._checked_head().position
        self._writer = Writer(writing(path), path, clock, self._announce)

    @classmethod
    def open(
        cls, path: Path, *, clock: Callable[[], float] = time.time, mask: Mask = lambda event: event
    ) -> SqliteStore:
        """Open the ledger at the path, making it first if nothing is there. Raise Damaged or Unwritable.

        `mask` takes secrets out of every event before it is kept.
        """
        path = Path(path).absolute()
        prepare(path)
        readers = reading(path)
        try:
            with in_our_words(path):
                return cls(path, readers, clock, mask)
        except LedgerError:
            readers.dispose()
            raise

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def append(
        self,
        stream: str,
        events: Sequence[AnyEvent],
        *,
        expected: int | None = None,
        actor: str = "director",
        cause: int = 0,
        key: str | None = None,
        token: int | None = None,
    ) -> Future[tuple[Recorded, ...]]:
        """Append all of the events or none; see the port. Callbacks of the future must not wait for another append."""
        require_storable(stream, actor, key, (cause, token or 0))
        encoded = [encode(self._mask(event)) for event in events]
        return self._writer.submit(Append(stream, encoded, expected, actor, cause, key, token))

    def read(
        self, *, after: int = 0, limit: int = 1000, stream: str | None = None, kinds: Sequence[str] = ()
    ) -> Sequence[Recorded]:
        """Return up to `limit` events above `after`; see the port. Raise Damaged for a row that was altered or is gone.

        The cost grows with what lies behind `after`, also when `stream` or `kinds` choose little of it.
        """
        query = select(*_ROW).where(col(EventRow.position) > after).order_by(col(EventRow.position)).limit(limit)
        if stream is not None:
            query = query.where(literal_column("+stream") == stream)  # by position, not by the index of streams
        if kinds:
            query = query.where(col(EventRow.kind).in_(kinds))
        rows = self._rows(query, after)
        if stream is None and not kinds:
            for place, row in enumerate(rows, after + 1):
                if row.position != place:
                    raise Damaged(str(self._path), place, "the row is missing")
        return [read_row(row, self._path) for row in rows]

    def stream(self, name: str, *, after: int = 0) -> Iterator[Recorded]:
        """Return all events of one stream with a version above `after`, read in pages."""
        while True:
            query = (
                select(*_ROW)
                .where(col(EventRow.stream) == name, col(EventRow.version) > after)
                .order_by(col(EventRow.version))
                .limit(_PAGE)
            )
            rows = self._rows(query, 0)
            for row in rows:
                after += 1
                if row.version != after:
                    raise Damaged(str(self._path), row.position, f"version {after} of stream {name} is missing")
                yield read_row(row, self._path)
            if len(rows) < _PAGE:
                return

    def head(self) -> Head:
        """Return the last position and link, as any program left them."""
        head = self._head()
        return Head(head.position, head.link.hex(), head.lineage)

    def wait(self, after: int, timeout: float) -> bool:
        """Block until the head is beyond `after`, at most `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            with self._growth:
                self._require_open()
                if self._seen > after:
                    return True
                remaining = deadline - time.monotonic()
                if remaining > 0:
                    self._growth.wait(min(remaining, _LOOK_AGAIN))
                if self._seen > after:
                    return True
            self._announce(self.head().position)
            if remaining <= 0:
                with self._growth:
                    return self._seen > after

    def load_snapshot(self, name: str, rev: str) -> Snapshot | None:
        """Return the projection's snapshot; None when it is of other code, of another history or altered."""
        query = (
            select(SnapshotRow.position, SnapshotRow.body, SnapshotRow.digest)
            .join(
                EventRow, and_(col(EventRow.position) == SnapshotRow.position, col(EventRow.link) == SnapshotRow.link)
            )
            .where(SnapshotRow.projection == name, SnapshotRow.code_rev == rev)
        )
        self._require_open()
        with in_our_words(self._path), self._readers.connect() as connection:
            row = connection.execute(query).first()
        return Snapshot(row[0], row[1]) if row is not None and digest_of(b"", row[1]) == row[2] else None

    def save_snapshot(self, name: str, rev: str, position: int, body: bytes) -> None:
        """Keep a snapshot in place of the projection's last one; blocks until it is stored."""
        self._writer.submit(SaveSnapshot(name, rev, position, body)).result()

    def verify(self) -> Verdict:
        """Recompute the whole chain; appends may go on meanwhile."""
        self._require_open()
        return verify(self._path)

    def close(self) -> None:
        """Write what was appended, then let go of the file; twice is once."""
        self._writer.close()
        with self._growth:
            self._closed = True
            self._growth.notify_all()
        self._readers.dispose()

    def _rows(self, query: Select[tuple[object, ...]], after: int) -> list[Row]:
        self._require_open()
        with in_our_words(self._path, after + 1), self._readers.connect() as connection:
            return [Row._make(row) for row in connection.execute(query).all()]

    def _head(self) -> StoredHead:
        self._require_open()
        with in_our_words(self._path), self._readers.connect() as connection:
            return read_head(connection.execute(select(*_HEAD)).first(), self._path)

    def _checked_head(self) -> StoredHead:
        """Return the head after comparing it with the last row: a ledger that lost its end is not opened."""
        last = select(EventRow.position, EventRow.link).order_by(col(EventRow.position).desc()).limit(1)
        with in_our_words(self._path), self._readers.connect() as connection:
            connection.exec_driver_sql("BEGIN")  # one view of both: another program may be appending
            head = read_head(connection.execute(select(*_HEAD)).first(), self._path)
            row = connection.execute(last).first()
            connection.exec_driver_sql("COMMIT")
        position, link = row or (0, GENESIS)
        if (position, link) != (head.position, head.link):
            raise Damaged(str(self._path), min(position, head.position) + 1, "its last rows do not match its head")
        return head

    def _announce(self, position: int) -> None:
        with self._growth:
            if position > self._seen:
                self._seen = position
                self._growth.notify_all()

    def _require_open(self) -> None:
        if self._closed:
            raise LedgerError(f"{self._path} is closed: open it again")
