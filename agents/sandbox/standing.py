"""What stands in a writable place before a command runs, and no command may change or talk through."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from agents.ports import SandboxBroken
from agents.workspace.started import STARTED_BY_THEMSELVES

_POINTER = 4096
"""Bytes read of a file that may name a repository."""


class Standing(NamedTuple):
    """Paths in writable places that are treated in a way of their own."""

    covered: tuple[str, ...] = ()
    """Git metadata, what the user's programs run by themselves, and folders nobody can look into: never written."""
    talking: tuple[str, ...] = ()
    """Sockets, pipes and devices: whoever is at their other end is outside."""

    def ways(self, places: Iterable[str]) -> list[str]:
        """Every folder between a place and what is covered in it, outer ones first."""
        found = {step for place in places for path in self.covered for step in steps(place, path)}
        return sorted(found, key=lambda step: step.count("/"))


def standing(places: Iterable[str]) -> Standing:
    """Walk the places, following no link; raise SandboxBroken for one that is git metadata itself."""
    covered: dict[str, None] = {}
    talking: list[str] = []
    for place in places:
        _refuse_metadata(place)
        waiting = [place]
        while waiting:
            folder = waiting.pop()
            for entry in _entries(folder, place, covered):
                if entry.name == ".git":
                    covered.update(dict.fromkeys(_metadata(entry, place)))
                elif folder == place and entry.name in STARTED_BY_THEMSELVES and not entry.is_symlink():
                    covered[entry.path] = None
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif not entry.is_file(follow_symlinks=False) and not entry.is_symlink():
                    talking.append(entry.path)
    return Standing(tuple(covered), tuple(talking))


class _Looked(NamedTuple):
    """When a place was looked through, and what was found there."""

    looked: float
    found: tuple[str, ...]


KNOWN_FOR = 60.0
"""Seconds until a place that is only read is looked through again."""


class Listeners:
    """Sockets, pipes and devices in places that are only read: a mount that cannot be written to stops no talk.

    Such places are large and change seldom: each is looked through once in a while, not before every command.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Looked] = {}

    def below(self, places: Iterable[str], apart: Iterable[str] = ()) -> Iterator[str]:
        """Yield those in the places, but for what lies in the places `apart`."""
        now = monotonic()
        beside = tuple(apart)
        self._known = {place: known for place, known in self._known.items() if now - known.looked <= KNOWN_FOR}
        for place in dict.fromkeys(places):
            if place not in self._known:
                self._known[place] = _Looked(now, tuple(_talking(place)))
            for path in self._known[place].found:
                if os.path.lexists(path) and not any(is_below(path, one) for one in beside):
                    yield path


def _talking(place: str) -> Iterator[str]:
    waiting = [place]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif not entry.is_file(follow_symlinks=False) and not entry.is_symlink():
                        yield entry.path
        except (NotADirectoryError, FileNotFoundError, PermissionError):
            continue  # a file by itself, one that is gone, or a folder that the command may not open either


def steps(place: str, path: str) -> list[str]:
    """Return the folders between a place and something in it, outer ones first; neither of the two is among them."""
    inside = path.removeprefix(place.rstrip("/") + "/").split("/")[:-1] if is_below(path, place) else []
    return [f"{place}/{'/'.join(inside[:depth])}" for depth in range(1, len(inside) + 1)]


def identity(place: str, path: str) -> tuple[int, int]:
    """Device and inode of something in a place, found step by step so that no link is followed; raise SandboxBroken."""
    here = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        for name in path.removeprefix(place.rstrip("/") + "/").split("/"):
            there = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            os.close(here)
            here = there
        found = os.fstat(here)
    except OSError as error:
        raise SandboxBroken(f"{path} changed while the sandbox was built: {error.strerror}; run it again") from error
    finally:
        os.close(here)
    return found.st_dev, found.st_ino


def is_below(path: str, place: str) -> bool:
    """Whether the words of a path lead into a place."""
    return path.startswith(place.rstrip("/") + "/")


def _refuse_metadata(place: str) -> None:
    if any(parent.name == ".git" or _is_repository(parent) for parent in (Path(place), *Path(place).parents)):
        raise SandboxBroken(f"{place} is git metadata and is never writable; name the worktree instead")


def _is_repository(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def _entries(folder: str, place: str, covered: dict[str, None]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except PermissionError as error:
        if folder == place:
            raise SandboxBroken(f"{place} cannot be looked into; give yourself the right: chmod u+rwx") from error
        # The command could open it and write to metadata that nobody has seen.
        covered[folder] = None
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            raise SandboxBroken(f"{folder} cannot be looked into: {error.strerror}; remove it") from error
    return []


def _metadata(entry: os.DirEntry[str], place: str) -> Iterator[str]:
    """The `.git` itself, and the repository in the same place that it leads to."""
    path = Path(entry.path)
    if entry.is_symlink():
        if str(path.parent) == place:
            raise SandboxBroken(f"{path} is a symbolic link; replace it with the pointer file git makes")
        yield from _inside(path, place)
        return
    yield entry.path
    if entry.is_file(follow_symlinks=False):
        try:
            with path.open("rb") as file:
                label, _, name = file.read(_POINTER).partition(b":")
        except PermissionError:
            return  # git cannot follow it either, and covered as it is nobody gives it another mode
        if label == b"gitdir" and b"\0" not in name:
            yield from _inside(path.parent / os.fsdecode(name.strip()), place)


def _inside(named: Path, place: str) -> Iterator[str]:
    # As a path that starts with the place as it was given: its parents may be links.
    real = Path(os.path.realpath(named))
    top = Path(os.path.realpath(place))
    if real == top or not real.is_relative_to(top):
        return
    inside = real.relative_to(top)
    if ".git" not in inside.parts and _is_repository(real):  # else it is covered with that one
        yield str(place / inside)
