"""PURE: an event as it stands in a ledger."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.events import AnyEvent


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event as it stands in the ledger."""

    position: int
    """Dense from 1 within the project."""
    stream: str
    version: int
    """Dense from 1 within the stream."""
    at: float
    """Seconds since the epoch, from the store's clock."""
    actor: str
    """Who appended: `director`, `user`, `agent` or a name."""
    cause: int
    """Position of the event that led to this one, 0 for none."""
    event: AnyEvent
    link: str
    """Hex SHA-256 over the previous link and this row."""
