"""How often a caller and an address may ask: counted by windows, on the server's own clock."""

from __future__ import annotations

import math
from collections.abc import Callable

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from dashboard.server.errors import Refused

_TIDY_AT = 4096
"""Counters at which those whose window is over are forgotten."""


class Rates:
    """Limits per caller and per address. The kaizen command, which bears the owner's token, is not limited."""

    def __init__(self, per_caller: str, per_address: str, clock: Callable[[], float]) -> None:
        """Both as `600/minute`; empty: no limit."""
        self._caller = parse(per_caller) if per_caller else None
        self._address = parse(per_address) if per_address else None
        self._windows = Windows(clock)
        self._limiter = FixedWindowRateLimiter(self._windows)
        self._clock = clock

    def require(self, caller: str, address: str) -> None:
        """Count one request; raise Refused when there were too many. A caller of no name counts for its address."""
        self._hit(self._address, "address", address)
        if caller:
            self._hit(self._caller, "caller", caller)

    def _hit(self, limit: RateLimitItem | None, what: str, who: str) -> None:
        if limit is None or self._limiter.hit(limit, what, who):
            return
        wait = max(1, math.ceil(self._limiter.get_window_stats(limit, what, who).reset_time - self._clock()))
        message = f"too many requests ({limit} per {what}): ask again in {wait} s"
        raise Refused(429, "slow_down", message, retry=wait)


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
