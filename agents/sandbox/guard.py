"""What lies in a writable place and no command may change: compared and put back where the kernel cannot forbid it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from agents.ports import SandboxBroken
from agents.sandbox.standing import Standing, is_below, steps
from agents.workspace.worktree import remove

_KEPT = 64 * 1024 * 1024
"""Bytes of protected files that are kept in memory to put them back."""


class _Seen(NamedTuple):
    """One protected entry as it was."""

    mode: int
    content: bytes
    """What a file held, where a link led; empty for a folder."""
    mark: tuple[int, int, int]
    """Changes with every change, and cannot be set by anybody."""


class Guard:
    """The protected entries of writable places, as they were before a command."""

    def __init__(self, places: Sequence[str], standing: Standing) -> None:
        """Read what is covered in the places; raise SandboxBroken when it could not be put back."""
        self._tops = [(place, path) for path in standing.covered for place in places if is_below(path, place)]
        for _, path in self._tops:
            if Path(path).is_dir() and not os.access(path, os.R_OK | os.X_OK):
                raise SandboxBroken(
                    f"{path} cannot be looked into and so not be guarded; chmod u+rwx it, or install bubblewrap"
                )
        self._seen: dict[str, _Seen] = {}
        left = _KEPT
        for path in self._paths():
            try:
                seen = _look(path, None)
            except PermissionError as error:
                raise SandboxBroken(f"{path} cannot be read and so not be guarded; chmod u+r it") from error
            left -= len(seen.content)
            if left < 0:
                raise SandboxBroken(
                    f"{path} is too large to be guarded without bubblewrap; give a copy without its git metadata"
                )
            self._seen[path] = seen

    def restore(self) -> list[str]:
        """Put back what is different now and return its paths; every process of the command must have ended."""
        changed = self._opened()
        new = [path for path in self._paths() if path not in self._seen]
        fresh = set(new)
        for path in new:
            if os.path.dirname(path) not in fresh:  # noqa: PTH120 - paths are words here, thousands of them
                _clear(path)
        changed += new
        gone = [top for top in self._tops if _leads_away(*top)]
        for place, top in gone:
            _real_parents(place, top)
        for path, before in self._seen.items():
            if not _is_as_before(path, before):
                _put_back(path, before)
                changed.append(path)
        return changed

    def _opened(self) -> list[str]:
        # What is closed hides what was put into it: folders get their modes back before anything is looked for.
        for place, top in self._tops:
            for step in steps(place, top):
                if _is_folder(step):
                    Path(step).chmod(stat.S_IMODE(os.lstat(step).st_mode) | stat.S_IRWXU)
        changed = []
        for path, before in self._seen.items():
            if stat.S_ISDIR(before.mode) and _is_folder(path) and os.lstat(path).st_mode != before.mode:
                Path(path).chmod(stat.S_IMODE(before.mode))
                changed.append(path)
        return changed

    def _paths(self) -> Iterator[str]:
        # Parents before what is in them; links are not followed.
        for place, top in self._tops:
            if os.path.lexists(top) and not _leads_away(place, top):
                yield top
                waiting = [top] if _is_folder(top) else []
                while waiting:
                    for name in _names(waiting.pop()):
                        yield name
                        if _is_folder(name):
                            waiting.append(name)


def _names(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries]
    except OSError:
        return []  # closed, or its path is too long to be named: it is new then, and goes as a whole


def _look(path: str, known: _Seen | None) -> _Seen:
    found = os.lstat(path)
    mark = (found.st_ino, found.st_size, 0 if stat.S_ISDIR(found.st_mode) else found.st_ctime_ns)
    if known is not None and known.mark == mark and known.mode == found.st_mode:
        return known
    if stat.S_ISLNK(found.st_mode):
        content = os.fsencode(Path(path).readlink())
    elif stat.S_ISREG(found.st_mode):
        content = Path(path).read_bytes() if found.st_size <= _KEPT else b"x" * (_KEPT + 1)
    else:
        content = b""
    return _Seen(found.st_mode, content, mark)


def _is_as_before(path: str, before: _Seen) -> bool:
    try:
        now = _look(path, before)
    except OSError:
        return False
    return (now.mode, now.content) == (before.mode, before.content)


def _put_back(path: str, before: _Seen) -> None:
    if os.path.lexists(path) and not (stat.S_ISDIR(os.lstat(path).st_mode) and stat.S_ISDIR(before.mode)):
        _clear(path)
    if stat.S_ISDIR(before.mode):
        Path(path).mkdir(parents=True, exist_ok=True)
        Path(path).chmod(stat.S_IMODE(before.mode))
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISLNK(before.mode):
        Path(path).symlink_to(os.fsdecode(before.content))
    elif stat.S_ISREG(before.mode):
        # Made anew under this name: a link that stands there now is not written through.
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, stat.S_IMODE(before.mode))
        with os.fdopen(fd, "wb") as file:
            file.write(before.content)
            os.fchmod(fd, stat.S_IMODE(before.mode))


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False  # not there, or its path is too long to be named


def _leads_away(place: str, path: str) -> bool:
    # A folder on the way was swapped for a link: what is found behind it is not ours.
    return any(Path(step).is_symlink() for step in steps(place, path))


def _real_parents(place: str, path: str) -> None:
    for step in steps(place, path):
        if Path(step).is_symlink():
            Path(step).unlink()


def _clear(path: str) -> None:
    if _is_folder(path):
        remove(Path(path))
    else:
        Path(path).unlink(missing_ok=True)
