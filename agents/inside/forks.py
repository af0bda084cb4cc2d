"""Run a piece of work in a fork of this interpreter and get its result back."""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
from typing import Any, Callable, Optional

from .clock import Clock, Watch, queued


def in_fork(work: Callable[[], Any], seconds: float, clock: Optional[Clock] = None) -> Any:
    """Return what the work returns in a fork, or None when it crashed or took longer; the fork is gone after it.

    What it stands in line on a busy machine is not counted, and taken off the clock that is given.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(work, reading, writing)
    os.close(writing)
    parts, watch = [], Watch(pid)
    chunk: Optional[bytes] = None
    while True:
        left = seconds - watch.seconds()
        ready, _, _ = select.select([reading], [], [], max(0.0, left))
        chunk = os.read(reading, 1 << 16) if ready else None
        if chunk == b"" or (chunk is None and left <= 0.0):
            break
        parts.append(chunk or b"")
    os.close(reading)
    if clock is not None:
        clock.lose(queued(pid))
    reap(pid, kill=True)
    if chunk is None:
        return None
    try:
        return pickle.loads(b"".join(parts))
    except (EOFError, pickle.UnpicklingError):
        return None


def _child(work: Callable[[], Any], reading: int, writing: int) -> None:
    try:
        os.close(reading)
        result = pickle.dumps(work(), protocol=4)
        with os.fdopen(writing, "wb") as out:
            out.write(result)
    finally:
        os._exit(0)


def reap(pid: int, kill: bool = False) -> Optional[int]:
    """Wait for a fork, killing it first when asked; return its status."""
    if kill:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return None
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return None


def limit_memory(room: int) -> None:
    """Let this program take so many bytes more than it has: what eats without end must not take what others need.

    What is written to counts, not what is merely reserved: each thread reserves much and uses little.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = _held(room) + room
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, wanted))


def _held(unknown: int) -> int:
    """Return the bytes this program may write to, or a guess where no system tells."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[5]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 4 * unknown
