"""The files of a project as a tool may read them: regular ones, by their paths in it; no link is followed."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from agents.tools.rooted import is_absolute, looked_at

SKIPPED = frozenset({
    ".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", "node_modules", "__pycache__", ".pytest_cache",
    ".mypy_cache", ".ruff_cache", ".hypothesis", "site-packages",
})  # fmt: skip
MOST = 50_000
"""Files that are looked at."""
LARGEST = 2 * 1024 * 1024
"""Bytes of a file that is read."""
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)"
)


class Outside(Exception):
    """A path is not one of the project's; the message is one line that says what to give instead."""


def paths(project: Path, under: str = "") -> Iterator[str]:
    """Yield the regular files below a folder of the project, sorted by folder and name, relative to the project."""
    start = place(project, under) if under else project
    if start.is_file():
        yield relative(project, start)
        return
    seen = 0
    for folder, names, files in os.walk(start):
        names[:] = sorted(name for name in names if name not in SKIPPED)
        for name in sorted(files):
            path = Path(folder, name)
            if stat.S_ISREG(path.lstat().st_mode):
                seen += 1
                if seen > MOST:
                    return
                yield relative(project, path)


def place(project: Path, path: str) -> Path:
    """Return where a path of the project is on the disk; raise Outside for one that leads elsewhere.

    To look at, an absolute path of another machine is the one it can mean here.
    """
    path = here(project, path)
    if "\0" in path or path.startswith(("/", "~")) or ".." in Path(path).parts:
        raise Outside(f"{plain(path)!r} is not a path in the project: give one relative to it, without `..`")
    found = project / path
    try:
        real = found.resolve()
    except (OSError, RuntimeError) as error:
        raise Outside(f"{plain(path)!r} cannot be followed: give the path of a regular file") from error
    if not real.is_relative_to(project.resolve()):
        raise Outside(f"{plain(path)!r} is a link that leads out of the project: it is not read")
    if any(part in (".git", ".hg", ".svn") for part in Path(path).parts):
        raise Outside(f"{plain(path)!r} belongs to version control, not to the project")
    return found


def here(project: Path, path: str) -> str:
    """Return a path with the project's own way of writing it, where an absolute one or backslashes can mean one."""
    slashed = path.replace("\\", "/")
    if slashed != path and not (project / path).exists():
        path = slashed
    if not is_absolute(path) or "\0" in path or ".." in Path(path).parts:
        return path
    if Path(path).is_relative_to(project):
        return Path(path).relative_to(project).as_posix()
    found = looked_at(path, lambda end: (project / end).exists())
    return path if found is None else found


def read(project: Path, path: str, most: int = LARGEST) -> bytes | None:
    """Return the content of a regular file; None for what is none, is a link, or is larger than `most`."""
    try:
        descriptor = os.open(project / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode) or about.st_size > most:
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as stream:
        content = stream.read(most + 1)
    return content if len(content) <= most else None


def named(path: str) -> str:
    """Name what a call reads as resources are named: one file or folder, or the whole tree."""
    tidy = posixpath.normpath(path) if path else "."
    return "tree" if tidy == "." or is_absolute(tidy) else f"file:{tidy}"


def relative(project: Path, path: Path) -> str:
    """Name a file as the model does."""
    return path.relative_to(project).as_posix()


def plain(text: str) -> str:
    """Show control characters, halves of others and what turns the writing as codes; lines and tabs stay."""
    return _CONTROL.sub(
        lambda found: f"\\u{ord(found[0]):04x}" if ord(found[0]) > 255 else f"\\x{ord(found[0]):02x}", text
    )
