"""A visit to a home that no daemon holds: the page's API for commands that only read. No director is started."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType

from director.bootstrap import Known, masker_of, open_store
from director.host.page import Opened, Page, ProjectName, Shown
from director.settings import Settings
from ledger.blobs import FileBlobs
from ledger.lease import Lease
from ledger.signals import Signals

BRIEF = "a kaizen command"
"""Who holds the home for a moment only: waiting is worth while."""


class Visit:
    """Use it in an `async with` block; the home is locked meanwhile. Only the project that is asked about is opened."""

    def __init__(self, settings: Settings, known: Known | None, *, version: str, clock: Callable[[], float]) -> None:
        """Take the home's lock; raise Locked, Unwritable or Damaged."""
        with ExitStack() as closing:
            closing.callback(Lease.take(settings.home / "lock", BRIEF, clock=clock).release)
            home = open_store(settings.home / "home_ledger.db", clock, masker_of(settings))
            closing.callback(home.close)
            opened: list[Opened] = []
            if known is not None:
                store = open_store(known.ledger, clock, masker_of(settings))
                closing.callback(store.close)
                opened.append(Opened(ProjectName(known.name), store, FileBlobs(known.folder / "blobs"), Signals()))
            shown = Shown(home, lambda: opened)
            self.page = Page(settings.on_any_port(), shown, version=version, clock=clock, announced=False)
            self._closing = closing.pop_all()

    async def __aenter__(self) -> Visit:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        with self._closing:
            await self.page.close()
