"""The store in a list: for tests, replays and demonstrations. Nothing of it outlives the program."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future

from ledger.chain import GENESIS, Row, Verdict, check, seal
from ledger.codec import Encoded, encode, require_storable
from ledger.errors import Conflict, Fenced, LedgerError
from ledger.events import AnyEvent
from ledger.events.recorded import Recorded
from ledger.store import Head, Snapshot


class MemoryStore:
    """The port `Store` without a disk. Its links carry no salt, so equal appends give equal chains."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._grown = threading.Condition()  # guards everything below
        self._rows: list[Row] = []
        self._recorded: list[Recorded] = []
        self._streams: dict[str, list[Recorded]] = {}
        self._keys: dict[str, tuple[Recorded, ...]] = {}
        self._snapshots: dict[str, tuple[str, Snapshot]] = {}
        self._token = 0
        self._closed = False

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
        """Append all of the events or none, at once; see the port."""
        require_storable(stream, actor, key, (cause, token or 0))
        encoded = [encode(event) for event in events]
        future: Future[tuple[Recorded, ...]] = Future()
        with self._grown:
            try:
                self._admit(stream, expected, token, key)
                recorded = self._keys[key] if key in self._keys else self._write(stream, encoded, actor, cause, key)
            except LedgerError as error:
                future.set_exception(error)
            else:
                future.set_result(recorded)
                self._grown.notify_all()
        return future

    def read(
        self, *, after: int = 0, limit: int = 1000, stream: str | None = None, kinds: Sequence[str] = ()
    ) -> Sequence[Recorded]:
        """Return up to `limit` events with a position above `after`; see the port."""
        with self._grown:
            self._require_open()
            rest = self._recorded[after:] if stream or kinds else self._recorded[after : after + limit]
        chosen = (
            one
            for one in rest
            if (stream is None or one.stream == stream) and (not kinds or type(one.event).__name__ in kinds)
        )
        return [one for one, _ in zip(chosen, range(limit), strict=False)]

    def stream(self, name: str, *, after: int = 0) -> Iterator[Recorded]:
        """Return the events of one stream as they stand now; see the port."""
        with self._grown:
            self._require_open()
            return iter(self._streams.get(name, [])[after:])

    def head(self) -> Head:
        """Return the last position and link."""
        with self._grown:
            self._require_open()
            return Head(len(self._rows), self._last_link().hex(), "memory")

    def wait(self, after: int, timeout: float) -> bool:
        """Block until the head is beyond `after`, at most `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._grown:
            while len(self._rows) <= after:
                self._require_open()
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return False
                self._grown.wait(remaining)
            return True

    def load_snapshot(self, name: str, rev: str) -> Snapshot | None:
        """Return the snapshot of a projection made by this revision of its code."""
        with self._grown:
            kept_rev, snapshot = self._snapshots.get(name, ("", Snapshot(0, b"")))
            return snapshot if kept_rev == rev and snapshot.position else None

    def save_snapshot(self, name: str, rev: str, position: int, body: bytes) -> None:
        """Keep a snapshot in place of the projection's last one; one of a position that is not there is dropped."""
        with self._grown:
            if 0 < position <= len(self._rows):
                self._snapshots[name] = (rev, Snapshot(position, body))

    def verify(self) -> Verdict:
        """Recompute the chain."""
        with self._grown:
            return check(list(self._rows), (len(self._rows), self._last_link()))

    def close(self) -> None:
        """Refuse everything from now on and wake who waits."""
        with self._grown:
            self._closed = True
            self._grown.notify_all()

    def _admit(self, stream: str, expected: int | None, token: int | None, key: str | None) -> None:
        self._require_open()
        if token is not None and token < self._token:
            raise Fenced(token, self._token)
        self._token = max(self._token, token or 0)
        version = len(self._streams.get(stream, ()))
        if expected is not None and expected != version and key not in self._keys:
            raise Conflict(stream, expected, version)

    def _write(
        self, stream: str, encoded: Sequence[Encoded], actor: str, cause: int, key: str | None
    ) -> tuple[Recorded, ...]:
        at = float(self._clock())
        written = []
        versions = self._streams.setdefault(stream, [])
        for event, kind, revision, body in encoded:
            place = len(self._rows) + 1, stream, len(versions) + 1
            row = seal(self._last_link(), Row(*place, kind, revision, at, actor, cause, key, body, b"", b"", b""))
            one = Recorded(*place, at, actor, cause, event, row.link.hex())
            self._rows.append(row)
            self._recorded.append(one)
            versions.append(one)
            written.append(one)
        if key is not None and written:
            self._keys[key] = tuple(written)
        return tuple(written)

    def _last_link(self) -> bytes:
        return self._rows[-1].link if self._rows else GENESIS

    def _require_open(self) -> None:
        if self._closed:
            raise LedgerError("the ledger in memory is closed: open another")
