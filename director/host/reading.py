"""The page's API over a home that no daemon holds: for commands that only read. No director is started."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from director.bootstrap import known_projects, masker_of, open_store
from director.host.page import Opened, Page, ProjectName, Shown
from director.settings import Settings
from ledger.blobs import FileBlobs
from ledger.lease import Lease
from ledger.signals import Signals

BRIEF = "a kaizen command"
"""Who holds the home for a moment only: waiting is worth while."""


class Reading:
    """Use it in an `async with` block; the home is locked meanwhile."""

    def __init__(self, settings: Settings, *, version: str, clock: Callable[[], float]) -> None:
        """Take the home's lock; raise Locked or Unwritable."""
        self._lease = Lease.take(settings.home / "lock", BRIEF, clock=clock)
        self._home = open_store(settings.home / "home_ledger.db", clock, masker_of(settings))
        known = known_projects(settings.home)
        self._stores = [open_store(one.ledger, clock, masker_of(settings)) for one in known]
        opened = [
            Opened(ProjectName(one.label), store, FileBlobs(one.folder / "blobs"), Signals())
            for one, store in zip(known, self._stores, strict=True)
        ]
        shown = Shown(self._home, lambda: opened)
        self.page = Page(settings.on_any_port(), shown, version=version, clock=clock, announced=False)

    async def __aenter__(self) -> Reading:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.page.close()
        for store in self._stores:
            store.close()
        self._home.close()
        self._lease.release()
