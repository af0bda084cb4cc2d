"""The API keys of a home, as its ledger tells them now."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from dashboard.server.access.keys import STREAM, Key, Keys
from dashboard.server.errors import Refused
from dashboard.server.ledgers import Ledgers
from ledger.errors import LedgerError
from ledger.events import KeyUsed
from ledger.store import Store
from ledger.subscription import follow

_TOLD_EVERY = 3600.0
"""Seconds between two events that say a key is in use."""
_AGAIN = 2.0
"""Seconds before a home that cannot be read is tried again."""

_log = logging.getLogger("dashboard")


class KeyRing:
    """Follows the home's keys. While the home cannot be read no key is good: in doubt nobody gets in."""

    def __init__(self, ledgers: Ledgers, clock: Callable[[], float]) -> None:
        self._ledgers, self._clock = ledgers, clock
        self.keys = Keys()
        self.looked = asyncio.Event()
        """Set once the home was read, or could not be."""
        self._good = False
        self._position = 0
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Follow for ever."""
        while True:
            try:
                await self._follow()
            except LedgerError as error:
                _log.error("the keys of the home cannot be read", extra={"why": str(error)})
            self._good, self.keys = False, Keys()
            self.looked.set()
            await asyncio.sleep(_AGAIN)

    async def _follow(self) -> None:
        home = await self.home()
        keys, position = Keys(), 0
        for recorded in await asyncio.to_thread(lambda: list(home.stream(STREAM))):
            keys.evolve(recorded)
            position = recorded.position
        self.keys, self._position = keys, position
        self._good = True
        self.looked.set()
        async for page in follow(home, position, stream=STREAM):
            for recorded in page:
                self.keys.evolve(recorded)
                self._position = recorded.position
            self._moved.set()
            self._moved = asyncio.Event()

    async def home(self) -> Store:
        """Return the home's ledger."""
        return await asyncio.to_thread(lambda: self._ledgers.home)

    async def reach(self, position: int, seconds: float) -> None:
        """Wait until an event of the keys is folded; raise Refused when it is not in time."""
        try:
            async with asyncio.timeout(seconds):
                while self._position < position:
                    await self._moved.wait()
        except TimeoutError:
            raise Refused(503, "behind", "it is done, but not yet seen here: see GET /api/v1/keys", retry=1) from None

    def find(self, text: str) -> Key | None:
        """Return the valid key a text is, and tell once in a while that it was used."""
        now = self._clock()
        key = self.keys.find(text, now) if self._good else None
        if key is not None and (key.used is None or now - key.used >= _TOLD_EVERY):
            key.used = now
            used = self._ledgers.home.append(STREAM, [KeyUsed(key=key.id, at=now)], actor=f"key:{key.id}")
            used.add_done_callback(lambda future: _noted(future.exception()))
        return key

    def valid(self, identity: str) -> bool:
        """Return whether the key of an id is good now."""
        key = self.keys.rows.get(identity)
        return key is not None and key.state(self._clock()) == "valid"


def _noted(error: BaseException | None) -> None:
    if error is not None:
        _log.warning("the use of a key is not told", extra={"why": str(error)})
