"""Whether every ledger can be read and written, tried and not assumed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from dashboard.server.feeds import Feeds
from ledger.errors import LedgerError
from ledger.store import KeepingStore

_FRESH = 2.0
"""Seconds an answer is good for, so that asking often costs little."""
_PATIENCE = 3.0


class Finding(NamedTuple):
    """A ledger, and why it cannot be used; empty when it can."""

    ledger: str
    problem: str


class Health:
    """Looks at each ledger when asked, at most once in two seconds."""

    def __init__(self, feeds: Feeds, monotonic: Callable[[], float]) -> None:
        self._feeds, self._monotonic = feeds, monotonic
        self._looking = asyncio.Lock()  # guards the two below: many may ask, one looks
        self._found: tuple[Finding, ...] = ()
        self._until = 0.0

    async def look(self) -> tuple[Finding, ...]:
        """Return one finding per ledger, the home's first."""
        async with self._looking:
            if self._monotonic() >= self._until:
                self._found = await self._look()
                self._until = self._monotonic() + _FRESH
            return self._found

    async def _look(self) -> tuple[Finding, ...]:
        try:
            stores = {"home": await asyncio.to_thread(lambda: self._feeds.ledgers.home)}
            stores |= {feed.name: feed.ledger.store for feed in await self._feeds.all()}
        except LedgerError as error:
            return (Finding("home", str(error)),)
        closed = tuple(Finding(name, why) for name, why in sorted(self._feeds.closed.items()))
        problems = await asyncio.gather(*(_problem(store) for store in stores.values()))
        return (*map(Finding, stores, problems), *closed)


async def _problem(store: KeepingStore) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            await asyncio.to_thread(_try, store)
    except TimeoutError:
        return f"it did not answer within {_PATIENCE:.0f} s: look at the disk"
    except LedgerError as error:
        return str(error)
    return ""


def _try(store: KeepingStore) -> None:
    """Read and write; a snapshot goes the way of every append and leaves no event."""
    head = store.head()
    if head.position:
        store.read(after=head.position - 1, limit=1)
    store.save_snapshot("health", "1", head.position, b"{}")
