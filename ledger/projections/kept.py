"""PURE: values kept under keys, for a project or for one conversation, each for as long as it was kept for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.events import ContextDeleted, ContextSet, SessionDeleted
from ledger.events.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a value stands; the value itself stays in the ledger."""

    key: str
    session: str
    position: int
    """Of the ContextSet that holds the value."""
    at: float
    expires: float | None
    by: str

    def live(self, now: float) -> bool:
        """Return whether it has not expired yet; at the very second it has."""
        return self.expires is None or now < self.expires


@dataclass(slots=True)
class KeptValues:
    """A fold kept in place: one small row per key, however large the values are."""

    rows: dict[str, dict[str, Kept]] = field(default_factory=dict)
    """By conversation, then by key."""

    def evolve(self, recorded: Recorded) -> None:
        """Take in one more event; what keeps or removes nothing is passed over."""
        match recorded.event:
            case ContextSet() as event:
                kept = Kept(event.key, event.session, recorded.position, recorded.at, event.expires, event.by)
                rows = self.rows.setdefault(event.session, {})
                for old in [name for name, row in rows.items() if not row.live(recorded.at)]:
                    del rows[old]
                rows[event.key] = kept
            case ContextDeleted() as event:
                self.rows.get(event.session, {}).pop(event.key, None)
            case SessionDeleted() as event:
                self.rows.pop(event.session, None)
            case _:
                return

    def find(self, key: str, session: str, now: float) -> Kept | None:
        """Return the row of a key that is there and has not expired."""
        found = self.rows.get(session, {}).get(key)
        return found if found is not None and found.live(now) else None

    def live(self, session: str, now: float) -> Iterator[Kept]:
        """Return what is kept for a conversation, or with an empty name for the project, by key."""
        return (kept for _, kept in sorted(self.rows.get(session, {}).items()) if kept.live(now))
