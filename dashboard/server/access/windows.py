"""Counters of requests, in memory and on a clock that is handed in, as the library of limits wants them."""

from __future__ import annotations

from collections.abc import Callable

from limits.storage import Storage

_TIDY_AT = 4096
"""Counters at which those whose window is over are forgotten."""


class Windows(Storage):
    """Counters that end with their window; in memory, on the clock that is handed in, without a thread."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._counts: dict[str, tuple[int, float]] = {}
        self._tidy_at = _TIDY_AT

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the store of another kind could raise; this one raises nothing."""
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count up; the window begins with its first request."""
        now = self._clock()
        if len(self._counts) >= self._tidy_at:
            self._counts = {name: row for name, row in self._counts.items() if row[1] > now}
            self._tidy_at = max(_TIDY_AT, 2 * len(self._counts))
        count, ends = self._counts.get(key, (0, 0.0))
        if ends <= now:
            count, ends = 0, now + expiry
        self._counts[key] = (count + amount, ends)
        return count + amount

    def get(self, key: str) -> int:
        """Return the count of the window that is open."""
        count, ends = self._counts.get(key, (0, 0.0))
        return count if ends > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window ends."""
        return self._counts.get(key, (0, self._clock()))[1]

    def check(self) -> bool:
        """Return whether it can count: always."""
        return True

    def reset(self) -> int:
        """Forget everything and return how much that was."""
        count = len(self._counts)
        self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._counts.pop(key, None)
