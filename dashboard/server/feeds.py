"""All projects of a home, each followed by one feed that is begun when it is first seen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from dashboard.server.errors import Refused
from dashboard.server.feed import Feed
from dashboard.server.ledgers import Ledgers, ProjectName
from ledger.errors import LedgerError

_log = logging.getLogger("dashboard")

_PATIENCE = 30.0
"""Seconds a reader waits for a long ledger to be folded after a start."""


class Feeds:
    """Opens a feed per project; each follows in a task of its own, so that one that breaks hurts no other."""

    def __init__(self, ledgers: Ledgers, *, pace: float) -> None:
        self.ledgers = ledgers
        self.closed: dict[ProjectName, str] = {}
        """Projects whose ledger could not be opened, and why."""
        self._pace = pace
        self._feeds: dict[ProjectName, Feed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Lock()  # guards _feeds: a project is opened once, however many ask for it

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow every project there is while the block runs."""
        try:
            await self.all()
        except LedgerError as error:
            _log.error("the projects cannot be listed", extra={"why": str(error)})
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def names(self) -> list[ProjectName]:
        """Return the projects there are now."""
        return sorted(await asyncio.to_thread(self.ledgers.names))

    async def all(self) -> list[Feed]:
        """Return the feed of every project whose ledger opens, by name; `closed` names the others."""
        feeds = []
        for name in await self.names():
            try:
                feeds.append(await self._feed(name))
            except LedgerError as error:
                self.closed[name] = str(error)
        return feeds

    def opened(self) -> list[Feed]:
        """Return the feeds begun so far."""
        return [feed for _, feed in sorted(self._feeds.items())]

    async def find(self, project: str) -> Feed:
        """Return a project's feed; raise Refused when there is no such project."""
        known = self._feeds.get(ProjectName(project))
        if known is not None:
            return known
        names = await self.names()
        if project not in names:
            self._require_all(project)
            there = ", ".join(names) or "there are none yet: start one with `kaizen run PATH`"
            raise Refused(404, "unknown_project", f"no project is called {project[:100]}; known: {there}")
        return await self._feed(ProjectName(project))

    async def only(self) -> ProjectName:
        """Return the only project there is; raise Refused when there are others, or none."""
        names = await self.names()
        self._require_all("the only project")
        if not names:
            raise Refused(404, "unknown_project", "there are no projects yet: start one with `kaizen run PATH`")
        if len(names) > 1:
            raise Refused(422, "which_project", f"which project? say ?project=NAME; known: {', '.join(names)}")
        return names[0]

    async def ready(self, project: str) -> Feed:
        """Return a project's feed once its ledger is folded; raise Refused when it cannot be read."""
        feed = await self.find(project)
        if not feed.caught_up:
            await feed.until(lambda: feed.caught_up or bool(feed.problem), _PATIENCE)
        if feed.problem:
            raise Refused(503, "ledger_unavailable", feed.problem, retry=5)
        if not feed.caught_up:
            raise Refused(503, "starting", f"the ledger of {project} is still being read: try again", retry=5)
        return feed

    def _require_all(self, wanted: str) -> None:
        """Raise Refused while what is wanted may be among the projects that are still being opened."""
        if self.ledgers.opening:
            message = f"{wanted[:100]} may still be among the projects that are being opened: ask again in 1 s"
            raise Refused(503, "starting", message, retry=1)

    async def _feed(self, name: ProjectName) -> Feed:
        async with self._opening:
            if name not in self._feeds:
                ledger = await asyncio.to_thread(self.ledgers.open, name)
                reopen = partial(self.ledgers.open, name)
                feed = Feed(ledger, reopen=reopen, pace=self._pace)
                self._feeds[name] = feed
                self.closed.pop(name, None)
                task = asyncio.create_task(feed.run(), name=f"feed {name}")
                self._tasks.add(task)
                task.add_done_callback(partial(self._ended, feed))
            return self._feeds[name]

    def _ended(self, feed: Feed, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            feed.problem = "this is a fault of Kaizen: its log has the traceback; start the page again"
            _log.error("a feed ended", extra={"project": feed.name}, exc_info=fault)
