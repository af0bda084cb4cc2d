"""The port through which the page's server reaches ledgers: whoever starts it says what is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NewType, Protocol

from ledger.blobs import Blobs
from ledger.signals import Signals
from ledger.store import KeepingStore

ProjectName = NewType("ProjectName", str)
"""As it stands in addresses; unique within a home."""


class OpenLedger(Protocol):
    """One project's ledger, opened by somebody else, who also closes it."""

    @property
    def name(self) -> ProjectName: ...
    @property
    def store(self) -> KeepingStore: ...
    @property
    def blobs(self) -> Blobs: ...
    @property
    def signals(self) -> Signals: ...


class Ledgers(Protocol):
    """All ledgers of a home."""

    @property
    def home(self) -> KeepingStore:
        """What belongs to no project: the requests for runs."""
        ...

    @property
    def opening(self) -> bool:
        """Whether there are projects that are being opened and not among the names yet, as right after a start."""
        ...

    def names(self) -> Sequence[ProjectName]:
        """Return the projects there are now; may grow while the server runs."""
        ...

    def open(self, project: ProjectName) -> OpenLedger:
        """Return a project's ledger, the same one each time; raise Missing for an unknown name."""
        ...
