"""When to look at the meters, and which limit they say is reached."""

from __future__ import annotations

import os
import resource
import signal
import time

from .meters import Growth, Task, bytes_written, descendants, grown, memory_of, nameless, volatile_inodes
from .order import Order
from .start import Started
from .unseen import Unseen

_FIRST, _LATEST = 0.05, 0.25
"""Seconds between two looks: from the first to the longest pause."""
_SPARING, _LONGEST = 10, 5.0
"""A look takes at most one part in ten of the time, but is never put off for longer than these seconds."""


class Watch:
    """The meters of one running command."""

    def __init__(self, order: Order, started: Started) -> None:
        self._order = order
        self._started = started
        self._pause = _FIRST
        self._next = time.monotonic() + _FIRST
        self._next_walk = self._next
        self._before: Growth | None = None
        self._unseen = Unseen(order.places, memory=bool(order.memory))
        self._latest: list[Task] = []
        self.cpu = 0.0
        """Seconds of all processes at the latest look; the kernel forgets those of what is killed together."""
        self._written: dict[tuple[int, int], int] = {}

    def due(self) -> float:
        """Seconds until the next look."""
        return max(0.0, self._next - time.monotonic())

    def look(self) -> str:
        """Name the limit that is reached, or nothing; what floods is looked at each time, the rest when it is due."""
        flood = self._flood()
        if flood or self.due() > 0:
            return flood
        began = time.monotonic()
        why = self._groups() or self._tasks()
        took = time.monotonic() - began
        self._pause = min(self._pause * 1.5, _LATEST)
        self._next = began + max(self._pause, min(took * _SPARING, _LONGEST))
        return why or self._places()

    def sample(self) -> list[Task]:
        """Look at every process of the command."""
        tasks = descendants(os.getpid())
        seen = self._started.reaped_cpu + sum(task.cpu for task in tasks)
        self.cpu = max(self.cpu, seen, self._started.cpu_seconds())
        return tasks

    def last_word(self, status: int | None, cpu: float) -> str:
        """The limit that must have ended a command which was ended by the kernel, or nothing."""
        if self._started.out_of_memory:
            return "memory"
        limit = self._order.cpu
        ended = status is not None and -status in (signal.SIGKILL, signal.SIGXCPU)
        if limit and cpu >= limit * 0.95 and ended:
            return "cpu"
        if status is not None and -status == signal.SIGXFSZ:
            return "output"
        return self._flood()

    def _flood(self) -> str:
        readers = self._started.readers
        if sum(readers[fd].total for fd in self._started.texts) > self._order.flood:
            return "output"
        channel = self._started.channel
        return "output" if channel >= 0 and readers[channel].dropped else ""

    def _groups(self) -> str:
        return "memory" if any(group.out_of_memory() for group in self._started.groups) else ""

    def _tasks(self) -> str:
        order = self._order
        tasks = self.sample()
        self._latest = self._shown(tasks)
        if order.memory and self._memory_over(tasks):
            return "memory"
        if order.cpu and self.cpu > order.cpu:
            return "cpu"
        if order.places and max(bytes_written(tasks, self._written), nameless(tasks)) > order.written:
            return "output"
        if volatile_inodes(self._started.first, order.volatile, order.volatile_size) > order.inodes:
            return "output"
        return ""

    def _places(self) -> str:
        order = self._order
        if not order.places or time.monotonic() < self._next_walk:
            return ""
        began = time.monotonic()
        now = grown(order.places)
        self._next_walk = began + max(_LATEST, min((time.monotonic() - began) * _SPARING, _LONGEST))
        if self._before is None:
            self._before = now
        over = now.size - self._before.size > order.written or now.inodes - self._before.inodes > order.inodes
        hidden = self._unseen.on_disks(self._latest, order.written, closed=now.closed)
        return "output" if over or hidden else ""

    def _memory_over(self, tasks: list[Task]) -> bool:
        limit = self._order.memory
        return memory_of(tasks, limit) > limit or self._unseen.in_memory(self._latest, limit)

    def _shown(self, tasks: list[Task]) -> list[Task]:
        # Bubblewrap's own two processes can be looked into by nobody but root, and hold nothing of the command.
        own = {self._started.pid, self._started.first} if self._order.namespaced else set()
        return [task for task in tasks if task.pid not in own and not task.ended]


def hard_limits(cpu: float, memory: int, written: int, files: int) -> list[tuple[int, int]]:
    """Limits of each single process, inherited by all: the kernel's backstop below the meters; 0 means none."""
    wanted = {
        # At any other limit, none included, a crash starts the machine's own program for crashes, outside.
        resource.RLIMIT_CORE: 1,
        resource.RLIMIT_NOFILE: files,
        resource.RLIMIT_FSIZE: written,
        resource.RLIMIT_MSGQUEUE: 819200,
        resource.RLIMIT_MEMLOCK: 64 * 1024,
    }
    if cpu:
        wanted[resource.RLIMIT_CPU] = max(1, int(cpu + 0.999))
    if memory:
        # Not the address space: runtimes reserve far more of it than they use.
        wanted[resource.RLIMIT_DATA] = memory
    return list(wanted.items())
