"""The port of an append-only store: one project's ledger, one chain, positions dense from 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ledger.events import AnyEvent
from ledger.events.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Head:
    """Where the ledger stands."""

    position: int
    link: str
    lineage: str
    """Changes when the ledger is restored from a backup; a follower then starts anew."""


class Store(Protocol):
    """Append, read and follow one project's events. Reading never blocks appending."""

    def append(
        self,
        stream: str,
        events: Sequence[AnyEvent],
        *,
        expected: int | None = None,
        actor: str = "director",
        cause: int = 0,
        key: str | None = None,
        token: int | None = None,
    ) -> Future[tuple[Recorded, ...]]:
        """Append all of the events or none; the future resolves once they are durable.

        `expected` is the stream's version before, None for any. `key` makes the append idempotent: the same key
        again resolves to what was appended first. `token` is the lease's fencing token.
        The future raises Conflict, Fenced or Unwritable. Wait with `.result()`, or `asyncio.wrap_future`.
        """
        ...

    def read(
        self, *, after: int = 0, limit: int = 1000, stream: str | None = None, kinds: Sequence[str] = ()
    ) -> Sequence[Recorded]:
        """Return up to `limit` events with a position above `after`, in order; `kinds` are class names."""
        ...

    def stream(self, name: str, *, after: int = 0) -> Iterator[Recorded]:
        """Return all events of one stream with a version above `after`, read in pages."""
        ...

    def head(self) -> Head:
        """Return the last position and link."""
        ...

    def wait(self, after: int, timeout: float) -> bool:
        """Block until the head is beyond `after`, at most `timeout` seconds; return whether it is."""
        ...


class Snapshot(NamedTuple):
    """A stored fold; disposable, the events give it again."""

    position: int
    """The fold holds every event up to here."""
    body: bytes


class Snapshots(Protocol):
    """Keeps one fold per projection, so that a restart reads only what came after."""

    def load_snapshot(self, name: str, rev: str) -> Snapshot | None:
        """Return the projection's snapshot if it was made by this revision of its code and belongs to this ledger."""
        ...

    def save_snapshot(self, name: str, rev: str, position: int, body: bytes) -> None:
        """Keep a snapshot in place of the projection's last one; blocks until it is stored. Raise Unwritable."""
        ...


class KeepingStore(Store, Snapshots, Protocol):
    """A store that keeps snapshots beside its events."""
