"""Ends a single test that never ends, so that the tests after it still run."""

from __future__ import annotations

import contextlib
import signal
from types import FrameType
from typing import Iterator


class Overrun(BaseException):
    """The test was still running at its limit; not an Exception, so that `except Exception` lets it through."""


class Clock:
    """Limits of one test: CPU seconds tell a loop from a slow machine, wall seconds end a wait for nothing."""

    def __init__(self, cpu: float, wall: float) -> None:
        self._limits = (
            (signal.ITIMER_PROF, signal.SIGPROF, cpu, "CPU"),
            (signal.ITIMER_REAL, signal.SIGALRM, wall, ""),
        )

    @contextlib.contextmanager
    def armed(self) -> Iterator[None]:
        """Raise Overrun in the main thread once a limit is reached, and again each second if that was swallowed."""
        before = []
        for timer, number, seconds, word in self._limits:
            before.append((timer, number, signal.signal(number, _alarm(seconds, word))))
            signal.setitimer(timer, seconds, 1.0)
        try:
            yield
        finally:
            for timer, number, handler in before:
                signal.setitimer(timer, 0)
                signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def _alarm(seconds: float, word: str) -> "_Handler":
    return _Handler(f"still running after {seconds:g} {word + ' ' if word else ''}seconds")


class _Handler:
    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, number: int, frame: FrameType | None) -> None:
        raise Overrun(self.message)
