"""Throw-away copies of a tree, and what a command left in one, read without following anything it may have planted."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from agents.ports import TargetBroken

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".hg", ".venv", "venv", ".tox", ".nox", "node_modules", "__pycache__", ".pytest_cache", ".mypy_cache",
    ".ruff_cache", ".hypothesis",
)  # fmt: skip
KEPT = 64 * 1024 * 1024
"""Bytes of all collected files together."""
FILES = 5000
PATIENCE = 20.0
"""Seconds within which all names are compared with what a project asks for."""
_SMALL = 1 << 20
"""Bytes up to which a file is copied whole, holes and all."""


class Collected(NamedTuple):
    """Files of a copy by their path, and whether there was more than is kept."""

    files: Mapping[str, bytes]
    cut: bool


def copy_tree(tree: Path, to: Path) -> None:
    """Copy a tree that a command may have worked in, without what only a build or a tool needs; raise TargetBroken.

    Links stay links, holes stay holes; pipes, sockets and devices are left out.
    """
    try:
        shutil.copytree(tree, to, symlinks=True, ignore=LEFT_OUT, copy_function=_copy_file)
    except (OSError, RecursionError) as error:
        why = error.strerror or "some of its files cannot be read" if isinstance(error, OSError) else "it is too deep"
        raise TargetBroken(f"{tree} cannot be copied: {why}; throw away what a command left there") from error


def _copy_file(source: str, to: str) -> None:
    found = os.lstat(source)
    if not stat.S_ISREG(found.st_mode):
        return
    if found.st_size <= _SMALL or found.st_blocks * 512 >= found.st_size:
        shutil.copy2(source, to, follow_symlinks=False)
        return
    with open(source, "rb") as old, open(to, "xb") as new:  # noqa: PTH123 - the words of shutil
        for begin, end in _written(old.fileno(), found.st_size):
            new.seek(begin)
            while begin < end:
                begin += os.sendfile(new.fileno(), old.fileno(), begin, min(end - begin, _SMALL))
        new.truncate(found.st_size)
    shutil.copystat(source, to)


def _written(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where a file holds anything."""
    end = 0
    while end < size:
        try:
            begin = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            raise
        end = os.lseek(descriptor, begin, os.SEEK_HOLE)
        yield begin, end


def lay(project: Path, laid: Mapping[str, Path]) -> None:
    """Put files into a copy before anything of it has run; a link in the way is replaced, not followed."""
    for name, source in laid.items():
        place = project
        for part in Path(name).parts[:-1]:
            place = place / part
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                place.unlink()
            place.mkdir(exist_ok=True)
        place = place / Path(name).name
        if place.is_symlink() or place.is_file():
            place.unlink()
        elif place.is_dir():
            shutil.rmtree(place)
        shutil.copyfile(source, place, follow_symlinks=False)


def lend_packages(project: Path, own: Path) -> tuple[Path, ...]:
    """Link the `node_modules` of the user's own project into a copy of it; return them, to be shown read-only."""
    lent = []
    for folder in _with_package_json(project):
        theirs = own / folder / "node_modules"
        if theirs.is_dir() and not theirs.is_symlink() and not os.path.lexists(project / folder / "node_modules"):
            (project / folder / "node_modules").symlink_to(theirs.resolve())
            lent.append(theirs.resolve())
    return tuple(lent)


def collect(project: Path, patterns: Sequence[str]) -> Collected:
    """Return the regular files that match a glob (`**` crosses folders), sorted by path."""
    files: dict[str, bytes] = {}
    kept = 0
    for path in files_like(project, patterns):
        content = _read(project / path, KEPT - kept)
        if content is None or len(files) == FILES:
            return Collected(files, cut=True)
        kept += len(content)
        files[path] = content
    return Collected(files, cut=False)


def files_like(project: Path, patterns: Sequence[str]) -> Iterator[str]:
    """Yield the regular files that match a glob, sorted within their folders; links are not followed.

    Raise TargetBroken for globs that take longer than anybody waits.
    """
    if not patterns:
        return
    import regex

    wanted = [regex.compile(as_expression(pattern)) for pattern in patterns]
    ends = time.monotonic() + PATIENCE
    for path in _regular(project):
        try:
            if any(pattern.fullmatch(path, timeout=max(0.01, ends - time.monotonic())) for pattern in wanted):
                yield path
        except TimeoutError as error:
            why = f"{path[:100]!r} is compared with {', '.join(patterns)[:100]!r} for more than {PATIENCE:g} s"
            raise TargetBroken(f"{why}: write simpler patterns") from error


def as_expression(pattern: str) -> str:
    """Return a glob as a regular expression over whole paths."""
    written = ""
    for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./")):
        written += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part))
    return written


def _regular(project: Path) -> Iterator[str]:
    for folder, names, found in os.walk(project):
        names[:] = sorted(name for name in names if name not in (".git", "node_modules"))
        for name in sorted(found):
            path = Path(folder, name)
            if stat.S_ISREG(path.lstat().st_mode):
                yield path.relative_to(project).as_posix()


def _read(path: Path, most: int) -> bytes | None:
    """Return the content of a regular file; None when it is larger than `most`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        content = stream.read(most + 1)
    return content if len(content) <= most else None


def _with_package_json(project: Path) -> Iterator[Path]:
    for folder, names, found in os.walk(project):
        names[:] = sorted(name for name in names if not name.startswith(".") and name != "node_modules")
        if "package.json" in found:
            yield Path(folder).relative_to(project)
