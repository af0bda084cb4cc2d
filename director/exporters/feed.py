"""Follows a ledger and sends what models were asked; what is not taken is sent again, and nothing else waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import structlog

from director.exporters.spans import KINDS, Span, Spans
from ledger.errors import LedgerError
from ledger.events.recorded import Recorded
from ledger.store import Store
from ledger.subscription import follow

_FIRST, _LONGEST = 1.0, 60.0
_LAST = 3.0
"""Seconds for what is left when the daemon ends; the rest is sent at its next start."""

log = structlog.get_logger(__name__)


class NotTaken(Exception):
    """A receiver did not take what was sent; the message is one line that says what to do."""


class Receiver(Protocol):
    """Where spans are shown."""

    name: str

    async def send(self, spans: Sequence[Span]) -> None:
        """Send spans, the same one perhaps twice; raise NotTaken."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Feed:
    """One receiver of one project's calls, at least once each."""

    def __init__(self, store: Store, receiver: Receiver, bookmark: Path) -> None:
        """`bookmark` keeps how far was read, over restarts."""
        self._store, self._receiver, self._bookmark = store, receiver, bookmark
        self._spans, self._owed, self._after = Spans(), list[Span](), _read(bookmark)

    @property
    def name(self) -> str:
        """Where it leads."""
        return f"calls shown to {self._receiver.name}"

    async def run(self) -> None:
        """Send for ever; cancel it to end. A ledger that cannot be read ends it, and is told in the log."""
        try:
            async for batch in follow(self._store, self._after, kinds=KINDS):
                self._take(batch)
                await self._deliver()
        except (LedgerError, OSError) as error:
            log.error("export_ended", receiver=self._receiver.name, why=str(error))

    async def finish(self, seconds: float = _LAST) -> None:
        """Send what is left, once and not for long; call it when `run` has ended."""
        try:
            async with asyncio.timeout(seconds):
                while page := await asyncio.to_thread(self._store.read, after=self._after, kinds=KINDS):
                    self._take(page)
                await self._send()
        except (NotTaken, TimeoutError, LedgerError) as error:
            log.warning("export_left", receiver=self._receiver.name, left=len(self._owed), why=str(error))
        finally:
            await self._receiver.close()

    def _take(self, events: Sequence[Recorded]) -> None:
        self._owed.extend(self._spans.hear(events))
        self._after = events[-1].position

    async def _deliver(self) -> None:
        wait, told = _FIRST, False
        while True:
            try:
                await self._send()
            except NotTaken as error:
                if not told:
                    log.warning("export_waits", receiver=self._receiver.name, why=str(error))
                told = True
                await asyncio.sleep(wait)
                wait = min(_LONGEST, wait * 2)
            else:
                return

    async def _send(self) -> None:
        if self._owed:
            await self._receiver.send(tuple(self._owed))
            self._owed.clear()
        await asyncio.to_thread(_write, self._bookmark, self._spans.bookmark)


def _read(bookmark: Path) -> int:
    try:
        return int(bookmark.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def _write(bookmark: Path, position: int) -> None:
    bookmark.parent.mkdir(parents=True, exist_ok=True)
    beside = bookmark.with_suffix(".new")
    beside.write_text(str(position), "ascii")
    beside.replace(bookmark)
