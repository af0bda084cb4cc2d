"""What was asked of the home itself, runs of any repository, and the host's answers."""

from __future__ import annotations

import asyncio

from dashboard.server.history import History, Wish
from dashboard.server.ledgers import Ledgers
from ledger.events import REQUESTS, RequestId


class HomeRequests:
    """A fold that goes on where it stood whenever somebody asks; read from the first request once."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        self._reading = asyncio.Lock()  # guards what follows: each request is folded once, however many ask
        self._history, self._version, self._lineage = History(), 0, ""

    async def find(self, request: str) -> Wish | None:
        """Return a request as it stands now; None when nothing was asked under that id."""
        async with self._reading:
            await asyncio.to_thread(self._catch_up)
            return self._history.requests.get(RequestId(request))

    def _catch_up(self) -> None:
        home = self._ledgers.home
        lineage = home.head().lineage
        if lineage != self._lineage:
            self._history, self._version, self._lineage = History(), 0, lineage
        for recorded in home.stream(REQUESTS, after=self._version):
            self._history.evolve(recorded)
            self._version = recorded.version
