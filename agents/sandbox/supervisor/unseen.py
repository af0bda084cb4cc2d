"""Room that no process and no walk shows: told by what the machine has less of, where something can hide it."""

# Importing pathlib would take longer than all else a supervisor does before the command runs.
# ruff: noqa: PTH115, PTH123, PTH208

from __future__ import annotations

import os
from collections.abc import Iterable

from .meters import Task

_OF_THE_KERNEL = (b"/dev/zero", b"/memfd:", b"/SYSV", b"/anon_hugepage")
"""Mapped names that are no files of a disk."""


class Unseen:
    """What the machine had when the command was started."""

    def __init__(self, places: list[str], *, memory: bool) -> None:
        """`memory` says whether shared memory is to be told as well."""
        self._free = _free(places)
        self._shared = _shared_memory() if memory else 0
        self._before = False

    def on_disks(self, tasks: list[Task], limit: int, *, closed: bool) -> bool:
        """Whether a disk has lost more than `limit` bytes while the command hid files, at two looks in a row.

        `closed` says that a folder of it could not be walked. What others write counts as well: nobody can tell.
        """
        if not self._free:
            return False
        now = _free(self._free)
        lost = max((before - now.get(place, before) for place, before in self._free.items()), default=0)
        hidden = lost > limit and (closed or any(_hides_files(task.pid) for task in tasks))
        hidden, self._before = hidden and self._before, hidden
        return hidden

    def in_memory(self, tasks: list[Task], limit: int) -> bool:
        """Whether shared memory has grown by more than `limit` bytes while the command had some without a name.

        What a process once shared stays until nobody has any of it mapped, whether or not a page of it is.
        """
        return _shared_memory() - self._shared > limit and any(_shares_memory(task.pid) for task in tasks)


def _free(places: Iterable[str]) -> dict[str, int]:
    found = {}
    for place in places:
        try:
            disk = os.statvfs(place)
        except OSError:
            continue
        found[place] = disk.f_bfree * disk.f_frsize
    return found


def _shared_memory() -> int:
    with open("/proc/meminfo", "rb") as lines:
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Shmem:")), 0)


def _hides_files(pid: int) -> bool:
    # Files that are open are looked at one by one; those that are only mapped, or on their way in a message, are not.
    folder = f"/proc/{pid}/fd"
    try:
        for number in os.listdir(folder):
            if os.readlink(f"{folder}/{number}").startswith("socket:") and _carries_files(f"{folder}info/{number}"):
                return True
        return any(not name.startswith(_OF_THE_KERNEL) for name in _mapped_without_a_name(pid))
    except PermissionError:
        return True
    except OSError:
        return False  # ended meanwhile


def _carries_files(description: str) -> bool:
    with open(description, "rb") as lines:
        return any(line.startswith(b"scm_fds:") and int(line.split()[1]) > 0 for line in lines)


def _shares_memory(pid: int) -> bool:
    try:
        return any(name.startswith(b"/dev/zero") for name in _mapped_without_a_name(pid))
    except PermissionError:
        return True
    except OSError:
        return False


def _mapped_without_a_name(pid: int) -> list[bytes]:
    with open(f"/proc/{pid}/maps", "rb") as lines:
        return [line.split(None, 5)[5] for line in lines if line.endswith(b" (deleted)\n")]
