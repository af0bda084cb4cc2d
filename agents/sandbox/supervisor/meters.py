"""Meters of a running command: processor seconds, memory and writing of all its processes together."""

# Importing pathlib would take longer than all else a supervisor does before the command runs.
# ruff: noqa: PTH116, PTH123, PTH208

from __future__ import annotations

import os
import stat
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LARGE = 1 << 29
"""Bytes of addresses from which on the tables of a process are worth counting: they are a five-hundredth of it."""


class Task(NamedTuple):
    """One process as /proc shows it."""

    pid: int
    parent: int
    cpu: float
    """Seconds of the process and of the children it has waited for."""
    addresses: int
    """Bytes of its address space."""
    resident: int
    """Bytes, shared ones included."""
    started: int
    ended: bool
    """Whether only its parent has not asked yet how it ended."""


def descendants(root: int) -> list[Task]:
    """Every process below `root`, parents first."""
    children: dict[int, list[Task]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            task = _task(int(entry))
            if task is not None:
                children.setdefault(task.parent, []).append(task)
    found: list[Task] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += [task.pid for task in below]
    return found


def tasks_of(uid: int) -> int:
    """Count every process and thread of a user on this machine."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if os.stat(f"/proc/{entry}").st_uid == uid:
                    with open(f"/proc/{entry}/stat", "rb") as line:
                        count += int(line.read().rsplit(b")", 1)[1].split()[17])
            except (OSError, IndexError):
                continue
    return count


def memory_of(tasks: list[Task], limit: int) -> int:
    """Bytes in use; shared pages are counted once, which is only worth finding out near the limit."""
    beside = sum(_beside(task) for task in tasks if task.addresses >= _LARGE)
    resident = sum(task.resident for task in tasks) + beside
    if resident <= limit:
        return resident
    return sum(_proportional(task) for task in tasks) + beside


def bytes_written(tasks: list[Task], seen: dict[tuple[int, int], int]) -> int:
    """Bytes sent to storage so far; `seen` remembers processes that have ended since."""
    for task in tasks:
        try:
            with open(f"/proc/{task.pid}/io", "rb") as lines:
                fields = dict(line.split(b": ") for line in lines.read().splitlines())
        except OSError:
            continue  # ended meanwhile, or the sandbox's own first process: not readable, and it writes nothing
        seen[task.pid, task.started] = int(fields[b"write_bytes"])
    return sum(seen.values())


def nameless(tasks: list[Task]) -> int:
    """Bytes of files that are open and have no name any more: no walk of a place meets them."""
    seen: dict[tuple[int, int], int] = {}
    for task in tasks:
        folder = f"/proc/{task.pid}/fd"
        try:
            numbers = os.listdir(folder)
        except OSError:
            continue
        for number in numbers:
            try:
                found = os.stat(f"{folder}/{number}")
            except OSError:
                continue
            if found.st_nlink == 0 and stat.S_ISREG(found.st_mode):
                seen[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(seen.values())


class Growth(NamedTuple):
    """What stands in the metered places."""

    size: int
    inodes: int
    closed: bool = False
    """Whether a folder could not be looked into, so that what is in it is not measured."""


def grown(places: list[str]) -> Growth:
    """Measure the places; a path too long to be named counts as beyond every limit."""
    size = inodes = 0
    closed = False
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    size += found.st_blocks * 512
                    inodes += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except FileNotFoundError:
            continue
        except PermissionError:
            inodes += _entries_hidden_in(place)
            closed = True
        except OSError:
            return Growth(1 << 62, 1 << 62)
    return Growth(size, inodes, closed)


def volatile_inodes(pid: int, mounts: list[str], size: int) -> int:
    """Inodes used in the memory file systems, of `size` bytes each, of the sandbox whose first process is `pid`."""
    used = 0
    for mount in mounts:
        try:
            state = os.statvfs(f"/proc/{pid}/root{mount}")
        except OSError:
            continue
        # Until its own root stands, the first process still shows the machine's: told by their size.
        if state.f_blocks * state.f_frsize <= size + _PAGE:
            used += state.f_files - state.f_ffree
    return used


def _entries_hidden_in(place: str) -> int:
    # An unreadable directory still tells its own size, which grows with its entries.
    try:
        return os.stat(place, follow_symlinks=False).st_size // 16
    except OSError:
        return 0


def _task(pid: int) -> Task | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as line:
            fields = line.read().rsplit(b")", 1)[1].split()
    except (OSError, IndexError):
        return None
    cpu = sum(int(field) for field in fields[11:15]) / _TICKS
    resident = int(fields[21]) * _PAGE
    return Task(pid, int(fields[1]), cpu, int(fields[20]), resident, int(fields[19]), fields[0] in b"ZX")


def _beside(task: Task) -> int:
    # The kernel's tables of its pages, which grow with the addresses it has looked at, and what lies in swap.
    try:
        with open(f"/proc/{task.pid}/status", "rb") as lines:
            return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith((b"VmPTE:", b"VmSwap:")))
    except OSError:
        return 0


def _proportional(task: Task) -> int:
    try:
        with open(f"/proc/{task.pid}/smaps_rollup", "rb") as lines:
            for line in lines:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return task.resident
    return 0
