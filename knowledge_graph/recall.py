"""Seen this before? What fixed it, and what did not?"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.events import Fingerprint


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the error graph knows of a fingerprint."""

    fingerprint: Fingerprint
    seen: int
    solved: tuple[str, ...] = ()
    """Unified diffs that landed for it, best proven first."""
    failed: tuple[str, ...] = ()
    """Patch ids that were rejected or rolled back for it."""
