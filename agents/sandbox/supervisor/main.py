"""Run one order: start the command, read what it says, meter it, end every process of it, report.

Standard input and output are one socket to the daemon. When its other end closes, because the daemon cancels or is
dead, everything ends.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time

from .order import Order, Report, pack, read_order
from .start import Started, libc, start
from .watch import Watch

_SET_CHILD_SUBREAPER = 36
_NOT_EXECUTABLE = b"bwrap: execvp "
_END_SECONDS = 120.0
"""On a busy machine hundreds of killed processes take their time; the command is over only when all are gone."""
_DRAIN_SECONDS = 2.0


def prepare() -> None:
    """Do what can be done before there is an order."""
    # Orphans of the command come back to this process, so that none is missed and their seconds are counted.
    libc().prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def main() -> None:
    """Read the order from standard input, write the report to standard output."""
    order = read_order(0)
    if order is None:
        return
    started = Started(order)
    try:
        report = supervise(order, started)
    except OSError as error:
        report = Report("broken", 0, False, 0.0, 0.0, b"", str(error).encode(), b"")
    _tell(report)
    started.let_go()  # nobody has to wait for that


def _tell(report: Report) -> None:
    content = memoryview(pack(report))
    try:
        while content:
            content = content[os.write(1, content) :]
    except BrokenPipeError:
        return  # the daemon is gone, and with it whoever wanted to know
    finally:
        os.close(0)
        os.close(1)


def supervise(order: Order, started: Started) -> Report:
    """Run the order to its end; nothing of it is alive afterwards, its groups are empty and still there."""
    began = time.monotonic()
    watch = Watch(order, started)
    try:
        start(order, started)
        why = _follow(order, started, watch)
        if why:
            watch.sample()
    finally:
        left = _end(started)
        started.out_of_memory = any(group.out_of_memory() for group in started.groups)
    for reader in started.readers.values():
        reader.drain(_DRAIN_SECONDS)
    seconds = time.monotonic() - began
    if left:
        raise OSError(f"{left} processes of the command could not be ended")
    return _report(started, watch, why, seconds)


def _follow(order: Order, started: Started, watch: Watch) -> str:
    # The limit that ends the command, or nothing when it ends by itself.
    poll = select.poll()
    asked = started.asked
    for fd in (0, started.exited, *started.readers, *([asked.fd] if asked else [])):
        poll.register(fd, select.POLLIN)
    deadline = time.monotonic() + order.wall
    while True:
        for fd, _ in poll.poll(max(1.0, min(watch.due(), deadline - time.monotonic()) * 1000)):
            if fd == 0:
                return "cancelled"
            if fd == started.exited:
                return ""
            more = asked.answer() if asked and fd == asked.fd else started.readers[fd].take()
            if not more:
                poll.unregister(fd)
        why = watch.look()
        if why:
            return why
        if time.monotonic() >= deadline:
            return "wall"


def _end(started: Started) -> int:
    # Nobody who was killed is waited for while another lives: the ended ones still count against the limit on
    # processes, so that even those who do nothing but fork and end run into it, and stand still to be met.
    deadline = time.monotonic() + _END_SECONDS
    pause = 0.0005
    started.end_name_space(_END_SECONDS)
    started.reap(started.pid, started.first)
    while started.has_children():
        living = started.living()
        for pid in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not living:
            started.reap(-1)
        elif time.monotonic() > deadline:
            return len(living)
        else:
            time.sleep(pause)
            pause = min(pause * 2, 0.02)
    return 0


def _report(started: Started, watch: Watch, why: str, seconds: float) -> Report:
    texts = [bytes(started.readers[fd].content) for fd in started.texts]
    channel = bytes(started.readers[started.channel].content) if started.channel >= 0 else b""
    cpu = max(started.cpu_seconds(), watch.cpu)
    status = started.status()
    why = why or watch.last_word(status, cpu)
    if not why and status is None and texts[1].startswith(_NOT_EXECUTABLE):
        # The namespaces stood and the program was not there: that is the command's own failure, told as shells do.
        status, texts[1] = 127, texts[1].removeprefix(_NOT_EXECUTABLE)
    if not why and status is None:
        why = "broken"
        texts[1] = texts[1] or b"it ended before the command was started"
    if status is None:
        status = -int(signal.SIGKILL)
    why = why or ("exited" if status >= 0 else "killed")
    truncated = any(reader.dropped for reader in started.readers.values())
    return Report(why, status, truncated, seconds, cpu, texts[0], texts[1], channel)
