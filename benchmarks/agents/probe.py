"""One command, watched from outside: processor time and memory of all its processes, and how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.agents.commands import Command

TICKS = os.sysconf("SC_CLK_TCK")
SAMPLED = 1.0
"""Seconds between looks at the memory."""


@dataclass(slots=True)
class Watched:
    """What one command took."""

    began: float
    ended: float = 0.0
    status: int | None = None
    """Exit code; None when it was ended from here."""
    cpu: float = 0.0
    cpu_to_first_call: float = 0.0
    peak: int = 0
    """Bytes of memory of all its processes together, shared ones counted once; sampled."""
    cpus: dict[int, float] = field(default_factory=dict)


def watch(how: Command, cwd: Path, out: Path, log: Path, seconds: float, kill_at: int = 0) -> Watched:
    """Run a command to its end, its time limit, or kill -9 of all its processes in its `kill_at`-th call."""
    source = out.with_suffix(".in")
    source.write_text(how.typed)
    with source.open() as stdin, out.open("w") as stdout, out.with_suffix(".err").open("w") as stderr:
        seen = Watched(time.time())
        child = subprocess.Popen(
            how.line, cwd=cwd, env=how.env, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True
        )
    asked, looked = Counter(log), 0.0
    while True:
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        if ended:
            break
        calls, now = asked.calls(), time.time()
        if calls and not seen.cpu_to_first_call:
            seen.cpu_to_first_call = _look(child.pid, seen)
        if now - looked > SAMPLED:
            _look(child.pid, seen)
            looked = now
        if (kill_at and calls >= kill_at) or now - seen.began > seconds:
            _kill(child.pid)
            _, status, usage = os.wait4(child.pid, 0)
            break
        time.sleep(0.05)
    child.returncode = os.waitstatus_to_exitcode(status)
    seen.ended = time.time()
    seen.status = None if child.returncode < 0 else child.returncode
    seen.cpu = max(usage.ru_utime + usage.ru_stime, sum(seen.cpus.values()))
    return seen


class Counter:
    """Counts the lines that are added to a file."""

    def __init__(self, log: Path) -> None:
        self.log, self.read, self.lines = log, log.stat().st_size if log.exists() else 0, 0

    def calls(self) -> int:
        """Return how many lines were added since this began."""
        if self.log.exists() and self.log.stat().st_size > self.read:
            with self.log.open("rb") as file:
                file.seek(self.read)
                added = file.read()
            self.read += len(added)
            self.lines += added.count(b"\n")
        return self.lines


def family(pid: int) -> list[int]:
    """Return a process with all below it."""
    found = [pid]
    for each in found:
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _look(pid: int, seen: Watched) -> float:
    memory = 0
    for each in family(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            seen.cpus[each] = sum(map(int, fields[11:13])) / TICKS
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        memory += next((int(row.split()[1]) * 1024 for row in rollup.splitlines() if row.startswith("Pss:")), 0)
    seen.peak = max(seen.peak, memory)
    return sum(seen.cpus.values())


def _kill(pid: int) -> None:
    for each in family(pid):
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            continue
