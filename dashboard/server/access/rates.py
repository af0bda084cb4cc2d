"""How often a caller and an address may ask: counted by windows, on the server's own clock."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from dashboard.server.errors import Refused

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import FixedWindowRateLimiter


class Rates:
    """Limits per caller and per address. The kaizen command, which bears the owner's token, is not limited.

    The library is loaded with the first request that is counted: a command of a moment never needs it.
    """

    def __init__(self, per_caller: str, per_address: str, clock: Callable[[], float]) -> None:
        """Both as `600/minute`; empty: no limit."""
        self._most = {"caller": per_caller, "address": per_address}
        self._clock = clock
        self._limits: dict[str, RateLimitItem] = {}
        self._limiter: FixedWindowRateLimiter | None = None

    def require(self, caller: str, address: str) -> None:
        """Count one request; raise Refused when there were too many.

        Callers of no name are counted by themselves: everybody of one machine has its address, and a stranger there
        shuts nobody out.
        """
        limiter = self._limiter or self._load()
        self._hit(limiter, "address", address if caller else f"strangers at {address}")
        if caller:
            self._hit(limiter, "caller", caller)

    def _load(self) -> FixedWindowRateLimiter:
        from limits import parse
        from limits.strategies import FixedWindowRateLimiter

        from dashboard.server.access.windows import Windows

        self._limits = {what: parse(most) for what, most in self._most.items() if most}
        self._limiter = FixedWindowRateLimiter(Windows(self._clock))
        return self._limiter

    def _hit(self, limiter: FixedWindowRateLimiter, what: str, who: str) -> None:
        limit = self._limits.get(what)
        if limit is None or limiter.hit(limit, what, who):
            return
        wait = max(1, math.ceil(limiter.get_window_stats(limit, what, who).reset_time - self._clock()))
        message = f"too many requests ({limit} per {what}): ask again in {wait} s"
        raise Refused(429, "slow_down", message, retry=wait)
