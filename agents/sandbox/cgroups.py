"""Control groups below our own: exact limits and processor seconds, where the kernel lets us have them."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from agents.sandbox.defaults import Allowance

_PREFIX = "kaizen-"
_OWN_PROCESSES = 1
"""The first process of the sandbox, in the same group as the command."""


class ControlGroups(NamedTuple):
    """Directories in which a group per command can be made; None where there is none."""

    memory: Path | None
    pids: Path | None
    unified: bool
    """Version 2: one directory for both."""
    names: Iterator[int]
    cpu: Path | None = None
    """Where processor seconds are counted, those of processes that nobody waits for included."""

    @classmethod
    def found(cls) -> ControlGroups:
        """Look for groups of version 2, then of version 1, always at or above our own place and never beside it."""
        own = _own_groups()
        both = _unified(own.get(""))
        if both is not None:
            return cls(both, both, True, itertools.count(1), both)
        memory, pids, cpu = (_writable(own.get(name)) for name in ("memory", "pids", "cpuacct"))
        return cls(memory, pids, False, itertools.count(1), cpu)

    @property
    def count_memory(self) -> bool:
        """Whether memory of all processes together is limited by the kernel."""
        return self.memory is not None

    @property
    def count_processes(self) -> bool:
        """Whether the number of processes is limited by the kernel, whoever runs them."""
        return self.pids is not None

    @property
    def count_processor(self) -> bool:
        """Whether processor seconds of all processes are counted by the kernel."""
        return self.cpu is not None

    def uncounted(self, allowance: Allowance) -> Allowance:
        """What of an allowance no group counts, so that others must; 0 for what one does."""
        return allowance._replace(
            memory=0 if self.count_memory else allowance.memory,
            processes=0 if self.count_processes else allowance.processes,
        )

    def for_one_command(self, memory: int, processes: int) -> list[tuple[str, dict[str, str]]]:
        """The groups one command is put in, with their settings; its supervisor makes and removes them."""
        name = f"{_PREFIX}{os.getpid()}-{_started(os.getpid())}-{next(self.names)}"
        memory_settings = (
            {"memory.max": str(memory), "memory.swap.max": "0", "memory.oom.group": "1"}
            if self.unified
            else {"memory.limit_in_bytes": str(memory), "memory.memsw.limit_in_bytes": str(memory)}
        )
        wanted: dict[Path, dict[str, str]] = {}
        if self.memory is not None:
            wanted.setdefault(self.memory, {}).update(memory_settings)
        if self.pids is not None:
            wanted.setdefault(self.pids, {}).update({"pids.max": str(processes + _OWN_PROCESSES)})
        if self.cpu is not None:
            wanted.setdefault(self.cpu, {})
        return [(str(place / name), settings) for place, settings in wanted.items()]

    def remove_leftovers(self) -> None:
        """End and remove what a killed daemon has left behind."""
        for place in {place for place in (self.memory, self.pids, self.cpu) if place is not None}:
            for group in place.glob(f"{_PREFIX}*-*-*"):
                _, pid, started, _ = group.name.split("-", 3)
                if _started(int(pid)) != started:
                    _remove(group)


def _own_groups() -> dict[str, Path]:
    # Our group per controller, as a directory that is really there; "" is version 2.
    if not Path("/proc/self/cgroup").exists():
        return {}
    mounts: dict[str, tuple[str, str]] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        root, point = left.split(" ")[3:5]
        if kind == "cgroup2":
            mounts[""] = root, point
        elif kind == "cgroup":
            mounts |= {name: (root, point) for name in options.split(",") if name in ("memory", "pids", "cpuacct")}
    found: dict[str, Path] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for name in controllers.split(","):
            if name in mounts:
                root, point = mounts[name]
                inside = path.removeprefix(root) if root != "/" else path
                place = Path(point, inside.lstrip("/"))
                found[name] = place if place.is_dir() else Path(point)
    return found


def _unified(own: Path | None) -> Path | None:
    # A group with processes of its own cannot lend its controllers below: walk up to one that does.
    place = own
    while place is not None and (place / "cgroup.procs").exists():
        lent = place / "cgroup.subtree_control"
        if lent.exists() and {"memory", "pids"} <= set(lent.read_text().split()):
            return _writable(place)
        place = place.parent
    return None


def _writable(place: Path | None) -> Path | None:
    # Believed when a group can be made and entered, not when the mode bits say so.
    if place is None:
        return None
    trial = place / f"{_PREFIX}{os.getpid()}-{_started(os.getpid())}-0"
    try:
        trial.mkdir()
    except OSError:
        return None
    try:
        child = os.posix_spawn("/bin/sleep", ["sleep", "60"], {})
        try:
            (trial / "cgroup.procs").write_text(str(child))
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    except OSError:
        return None
    finally:
        _remove(trial)
    return place


def _remove(group: Path) -> None:
    for _ in range(50):
        try:
            for pid in (group / "cgroup.procs").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.01)
        else:
            return


def _started(pid: int) -> str:
    # When the process started, in ticks since boot: with its number a name no later process can have.
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except OSError:
        return "gone"
