"""Seconds that count: those in which a program ran or slept, without those it stood in line on a busy machine."""

from __future__ import annotations

import time
from typing import Callable, Optional

STARVED = 8
"""A second on the wall counts for an eighth at least, however long the line: every wait ends."""


def queued(pid: Optional[int] = None) -> Optional[float]:
    """Return how long a child (or this program) has stood in line for a processor; None where no system tells."""
    try:
        with open(f"/proc/{pid or 'self'}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return None


def processor_seconds(pid: int) -> Optional[float]:
    """Return the processor time a child has used so far; None where the system does not tell, or it is gone."""
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except (OSError, OverflowError):
        return None


class Clock:
    """The seconds of a piece of work that is done here and in forks."""

    def __init__(
        self,
        began: Optional[float] = None,
        wall: Callable[[], float] = time.monotonic,
        line: Callable[[], Optional[float]] = queued,
    ) -> None:
        """`began` is when the work began on the wall, now when it is not said."""
        self._wall, self._line = wall, line
        self._began = wall() if began is None else began
        self._before, self._lost, self._latest = line() or 0.0, 0.0, 0.0

    def lose(self, seconds: Optional[float]) -> None:
        """Leave out what a fork that was waited for stood in line."""
        self._lost += seconds or 0.0

    def seconds(self) -> float:
        """Return the seconds of work so far; they never become fewer.

        Who waits for forks may stand in line while they do: the longer of the two is left out, not both.
        """
        passed = self._wall() - self._began
        lost = max((self._line() or 0.0) - self._before, self._lost)
        self._latest = max(self._latest, passed - lost, passed / STARVED)
        return self._latest


class Watch:
    """For how long a child has worked since it was last heard of."""

    def __init__(
        self,
        pid: int,
        wall: Callable[[], float] = time.monotonic,
        line: Callable[[int], Optional[float]] = queued,
        used: Callable[[int], Optional[float]] = processor_seconds,
    ) -> None:
        self.pid, self._wall, self._line, self._used = pid, wall, line, used
        self.restart()

    def restart(self) -> None:
        """Count from now on."""
        self._since, self._queued, self._spent = self._wall(), self._line(self.pid), self._used(self.pid)

    def seconds(self) -> float:
        """Return its seconds: of processor time alone where the system does not tell how long it stood in line."""
        passed = self._wall() - self._since
        line, used = self._line(self.pid), self._used(self.pid)
        if line is not None and self._queued is not None:
            own = passed - (line - self._queued)
        else:
            own = passed if used is None else used - (self._spent or 0.0)
        return max(own, passed / STARVED)
