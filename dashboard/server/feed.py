"""One project followed live: its folds, its newest rows, and the frames its streams share."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import NamedTuple, cast

from dashboard.server.folds import KEPT_EVERY, PROJECTION, Folds, revision
from dashboard.server.ledgers import OpenLedger
from dashboard.server.wire import encoded, row
from ledger.errors import LedgerError
from ledger.events.recorded import Recorded
from ledger.projections.board import Board
from ledger.store import KeepingStore, Store
from ledger.subscription import follow

MOST_EVENTS = 2000
MOST_BYTES = 256 * 1024
"""Of one batch; a single event larger than this travels alone."""
TAIL_EVENTS = 8192
TAIL_BYTES = 8 * 1024 * 1024
_FOLDED_AT_ONCE = 250
"""Events folded before other work of the loop gets its turn."""
_ON_THE_WAY = 10
"""Times as far apart are snapshots while a ledger is first read."""
_CHECK_EVERY = 2.0
"""Seconds between two looks at the lineage, and before a broken ledger is tried again."""

_log = logging.getLogger("dashboard")


class Batch(NamedTuple):
    """Rows ready to be sent to any number of clients."""

    first: int
    last: int
    text: str


class Feed:
    """Folds a project's events as they come. Everything here lives in one event loop and needs no lock."""

    def __init__(self, ledger: OpenLedger, *, reopen: Callable[[], OpenLedger], pace: float) -> None:
        self.ledger = ledger
        self.name = ledger.name
        self.lineage = ""
        self.problem = ""
        """Why the ledger cannot be followed, empty while it can."""
        self.watchers: set[asyncio.Event] = set()
        """Set whenever something came."""
        self._reopen, self._pace = reopen, pace
        self._moved = asyncio.Event()
        self._begin("", Folds())

    def _begin(self, lineage: str, folds: Folds) -> None:
        self.lineage = lineage
        self._folds = folds
        self.history, self.asked, self.errors, self.kinds = folds.history, folds.asked, folds.errors, folds.kinds
        self._kept = folds.board.position
        self.caught_up = False
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._keep_from = 0
        self._batches: dict[int, Batch] = {}
        self._snapshot: tuple[int, bytes] = (-1, b"")

    @property
    def board(self) -> Board:
        """The project as people see it."""
        return self._folds.board

    @property
    def position(self) -> int:
        """The last position that is folded: what clients are told is the head."""
        return self.board.position

    async def run(self) -> None:
        """Follow for ever; a ledger that breaks is said in `problem` and tried again."""
        while True:
            try:
                if self.problem:
                    self.ledger = await asyncio.to_thread(self._reopen)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._follow())
                    tasks.create_task(self._watch_lineage())
            except* (LedgerError, _Restored) as broken:
                restored = broken.subgroup(_Restored) is not None
                self.problem = "" if restored else _reason(broken)
                _log.warning(
                    "following began anew", extra={"project": self.name, "why": self.problem or "another lineage"}
                )
                self._wake()
            if self.problem:
                await asyncio.sleep(_CHECK_EVERY)

    async def _follow(self) -> None:
        head = await asyncio.to_thread(self.ledger.store.head)
        if head.lineage != self.lineage or head.position < self.position:
            self._begin(head.lineage, await asyncio.to_thread(_restored, self.ledger.store))
        self._keep_from = max(self.position, head.position - TAIL_EVENTS)
        if self.position >= head.position:
            self._publish()
        async with contextlib.aclosing(_pages(self.ledger.store, self.position)) as pages:
            async for page in pages:
                await self._fold(page)
                if self.position >= head.position:
                    self._publish()
                await self._keep_folds()
                if self.caught_up:
                    await asyncio.sleep(self._pace)

    async def _watch_lineage(self) -> None:
        while True:
            await asyncio.sleep(_CHECK_EVERY)
            head = await asyncio.to_thread(self.ledger.store.head)
            if self.lineage and head.lineage != self.lineage:
                raise _Restored

    async def _fold(self, page: Sequence[Recorded]) -> None:
        for start in range(0, len(page), _FOLDED_AT_ONCE):
            for recorded in page[start : start + _FOLDED_AT_ONCE]:
                self._folds.evolve(recorded)
                if recorded.position > self._keep_from:
                    self._keep(row(recorded))
            await asyncio.sleep(0)

    def _keep(self, line: bytes) -> None:
        self._tail.append(line)
        self._tail_bytes += len(line)
        while len(self._tail) > TAIL_EVENTS or (self._tail_bytes > TAIL_BYTES and len(self._tail) > 1):
            self._tail_bytes -= len(self._tail.popleft())

    async def _keep_folds(self) -> None:
        """Keep a snapshot when the last one is far behind; where that cannot be done the page goes on without.

        A long ledger is kept on the way, too: whoever cannot wait for its end leaves the next one less to read.
        """
        if self.position - self._kept < (KEPT_EVERY if self.caught_up else _ON_THE_WAY * KEPT_EVERY):
            return
        self._kept = self.position
        written = self._folds.written()
        try:
            await asyncio.to_thread(self.ledger.store.save_snapshot, PROJECTION, revision(), self.position, written)
        except LedgerError as error:
            _log.warning("a snapshot was not kept", extra={"project": self.name, "why": str(error)})

    def _publish(self) -> None:
        self.problem = ""
        self.caught_up = True
        self._batches.clear()
        self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
        for watcher in self.watchers:
            watcher.set()

    async def reach(self, position: int, seconds: float) -> bool:
        """Wait until the position is folded; return whether it is."""
        return await self.until(lambda: self.caught_up and self.position >= position, seconds)

    async def until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is true of the folds, at most so many seconds; return whether it is."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not true():
                    await self._moved.wait()
        return true()

    def snapshot(self) -> tuple[int, bytes]:
        """Return position and the encoded board at it; encoded once per position, however many ask."""
        if self._snapshot[0] != self.position:
            body = {"lineage": self.lineage, "position": self.position, "board": self.board}
            self._snapshot = (self.position, encoded(body))
        return self._snapshot

    @property
    def tail_start(self) -> int:
        """The position before the oldest row in memory."""
        return self.position - len(self._tail)

    async def batch(self, after: int) -> Batch | None:
        """Return the next rows above `after`; clients at the same place share one frame."""
        known = self._batches.get(after)
        if known is not None or after >= self.position:
            return known
        if after >= self.tail_start:
            rows = self._rows_in_memory(after)
        else:
            limit = min(MOST_EVENTS, self.tail_start - after)
            page = await asyncio.to_thread(self.ledger.store.read, after=after, limit=limit)
            rows = [row(recorded) for recorded in page]
        batch = self._framed(after, _fitting(rows))
        if batch is not None:
            self._batches[after] = batch
        return batch

    def _rows_in_memory(self, after: int) -> list[bytes]:
        start = after - self.tail_start
        return [self._tail[at] for at in range(start, min(len(self._tail), start + MOST_EVENTS))]

    def _framed(self, after: int, rows: list[bytes]) -> Batch | None:
        if not rows:
            return None
        first, last = after + 1, after + len(rows)
        opening = b'{"t":"batch","project":%b,"first":%d,"last":%d,"head":%d,"ev":[' % (
            encoded(self.name),
            first,
            last,
            max(last, self.position),
        )
        return Batch(first, last, (opening + b",".join(rows) + b"]}").decode())


def _restored(store: KeepingStore) -> Folds:
    """Return the folds as they were kept, or at the beginning of the ledger."""
    snapshot = store.load_snapshot(PROJECTION, revision())
    return Folds() if snapshot is None else Folds.of(snapshot.body)


def _reason(broken: BaseException) -> str:
    while isinstance(broken, BaseExceptionGroup):
        broken = broken.exceptions[0]
    return str(broken)


def _pages(store: Store, after: int) -> AsyncGenerator[Sequence[Recorded], None]:
    return cast("AsyncGenerator[Sequence[Recorded], None]", follow(store, after))


class _Restored(Exception):
    """The ledger was restored from a backup: what was folded is of another history."""


def _fitting(rows: list[bytes]) -> list[bytes]:
    size = 0
    for count, line in enumerate(rows):
        size += len(line) + 1
        if size > MOST_BYTES and count:
            return rows[:count]
    return rows
