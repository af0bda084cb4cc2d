"""Ends a single test that never ends, so that the tests after it still run."""

from __future__ import annotations

import contextlib
import signal
import time
from types import FrameType
from typing import Any, Callable, Iterator

TRACED = 4.0
"""CPU seconds of one test after which its lines are no longer traced: a hot loop has shown what it runs by then."""
SHORTEST, TIMES = 2.0, 5.0
"""Where one test never ended, the others get so many CPU seconds at least, or so many times what the slowest took."""


class Overrun(BaseException):
    """The test was still running at its limit; not an Exception, so that `except Exception` lets it through."""


class Clock:
    """Limits of one test: CPU seconds tell a loop from a slow machine, wall seconds end a wait for nothing."""

    def __init__(self, cpu: float, wall: float) -> None:
        self._cpu = cpu
        self._wall = wall
        self._slowest = 0.0
        self.too_slow: Callable[[], None] | None = None
        """Called once in a test that takes long, to make it faster; the test's limit counts from then.

        Not where a test gets no longer than until then anyway.
        """

    @contextlib.contextmanager
    def armed(self) -> Iterator[None]:
        """Raise Overrun in the main thread once a limit is reached, and again each second if that was swallowed."""
        too_slow = self.too_slow if self._cpu > TRACED else None
        alarm = _Alarm(self, too_slow)
        began = time.process_time()
        handlers = [(number, signal.signal(number, alarm)) for number in (signal.SIGPROF, signal.SIGALRM)]
        signal.setitimer(signal.ITIMER_PROF, TRACED if too_slow else self._cpu, 1.0)
        signal.setitimer(signal.ITIMER_REAL, self._wall, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in handlers:
                signal.signal(number, handler if handler is not None else signal.SIG_DFL)
            self._learn(time.process_time() - began, alarm.rang)

    def limit(self, number: int) -> str:
        """Return in words which limit a signal stands for."""
        return f"{self._cpu:g} CPU seconds" if number == signal.SIGPROF else f"{self._wall:g} seconds"

    def rearm(self) -> None:
        """Count the CPU seconds anew."""
        signal.setitimer(signal.ITIMER_PROF, self._cpu, 1.0)

    def _learn(self, seconds: float, rang: bool) -> None:
        """Where one test never ends others will not either: from then on, wait only as long as tests here may take."""
        if not rang:
            self._slowest = max(self._slowest, seconds)
        else:
            self._cpu = min(self._cpu, max(SHORTEST, TIMES * self._slowest))


class _Alarm:
    """What a signal of one test does."""

    def __init__(self, clock: Clock, too_slow: Callable[[], None] | None) -> None:
        self._clock = clock
        self._too_slow = too_slow
        self.rang = False

    def __call__(self, number: int, frame: FrameType | None) -> Any:
        if number == signal.SIGPROF and self._too_slow is not None:
            faster, self._too_slow = self._too_slow, None
            self._clock.rearm()
            faster()
            return
        self.rang = True
        raise Overrun("still running after " + self._clock.limit(number))
