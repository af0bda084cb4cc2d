"""Waiting for an answer in the place of a caller: so many at once, and not beyond the end of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from dashboard.server.feed import Feed


class Patience:
    """How many requests may wait at once; one more is answered at once with what there is."""

    def __init__(self, most: int) -> None:
        self._room = asyncio.Semaphore(most)
        self._ending = asyncio.Event()

    async def wait(self, feed: Feed, true: Callable[[], bool], seconds: float) -> None:
        """Wait until something is true of the folds, at most so many seconds."""
        if not seconds or true() or self._room.locked() or self._ending.is_set():
            return
        async with self._room:
            tasks = {asyncio.create_task(feed.until(true, seconds)), asyncio.create_task(self._end())}
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[bool]:
        """Take a place among those who wait while the block runs; False when there is none, or the server ends."""
        if self._room.locked() or self._ending.is_set():
            yield False
            return
        async with self._room:
            yield True

    @property
    def over(self) -> bool:
        """Whether the server ends."""
        return self._ending.is_set()

    async def _end(self) -> bool:
        return await self._ending.wait()

    def end(self) -> None:
        """Let everybody who waits go: the server ends."""
        self._ending.set()
