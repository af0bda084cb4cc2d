"""Two releases of a package as commits of one repository, and what lies between them in pieces."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from agents.workspace.layout import read_layout
from agents.workspace.mirror import Mirror
from benchmarks.real_projects.release import NotEnough, unpacked
from director.referee.changes import Change, changes_between

GIT = ("git", "-c", "user.name=release", "-c", "user.email=release@localhost", "-c", "commit.gpgsign=false")
MADE = ("PKG-INFO", "*.egg-info", "__pycache__")
"""What building a release adds to what its authors keep."""
FILES = 2
"""Single files of a change that are tried by themselves."""


class Piece(NamedTuple):
    """A part of what a release changed, as a commit upon the release before."""

    name: str
    commit: str
    paths: tuple[str, ...]
    """Files that it changes."""


class Pair(NamedTuple):
    """A release, and what came after it."""

    repository: Path
    base: str
    pieces: tuple[Piece, ...]
    """The whole change first."""


def pair(package: str, old: str, new: str, cache: Path, place: Path) -> Pair:
    """Fetch two releases and put them under git, the second and its pieces upon the first."""
    shutil.rmtree(place, ignore_errors=True)
    folders = [_cleaned(unpacked(package, cache, place / version, version)) for version in (old, new)]
    repository = place / package
    repository.mkdir()
    _git(repository, "init", "-q", "-b", "main")
    base = _commit(repository, folders[0], f"{package} {old}")
    candidate = _commit(repository, folders[1], f"{package} {new}")
    mirror = Mirror(place / "mirror.git", repository)
    trees = [mirror.adopt(revision) for revision in (base, candidate)]
    layouts = [read_layout(folder, folder) for folder in folders]
    changes = changes_between(mirror.entries(trees[0]), mirror.entries(trees[1]), "", layouts)
    pieces = [Piece("whole", candidate, tuple(change.path for change in changes.all))]
    for name, part in _parts(changes.all):
        if 0 < len(part) < len(changes.all):
            branch = f"piece-{name}"
            made = _checked_out(folders[0], folders[1], part, place / branch)
            _git(repository, "checkout", "-q", "-B", branch, base)
            commit = _commit(repository, made, f"{package} {old}, and {name} of {new}")
            pieces.append(Piece(name, commit, tuple(change.path for change in part)))
    _git(repository, "checkout", "-q", "main")
    return Pair(repository, base, tuple(pieces))


def is_kept_apart(package: str) -> bool:
    """Return whether a package is judged only when nothing will be mended any more."""
    return int(hashlib.sha256(package.encode()).hexdigest(), 16) % 3 == 0


def _parts(changes: Sequence[Change]) -> Iterator[tuple[str, list[Change]]]:
    sources = [change for change in changes if change.kind == "source"]
    yield "source", sources
    yield "tests", [change for change in changes if change.kind in ("test", "data")]
    yield "rest", [change for change in changes if change.kind in ("settings", "read", "docs")]
    if len(sources) > 1:
        there = [one for one in sources if one.before is not None and one.after is not None]
        drawn = sorted(there, key=lambda change: hashlib.sha256(change.path.encode()).digest())
        for number, change in enumerate(drawn[:FILES], 1):
            yield f"file-{number}", [change]


def _cleaned(folder: Path) -> Path:
    if (folder / ".git").exists():
        raise NotEnough("the release brings a .git of its own")
    for pattern in MADE:
        for path in sorted(folder.rglob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return folder


def _checked_out(old: Path, new: Path, changed: Sequence[Change], to: Path) -> Path:
    shutil.copytree(old, to, symlinks=True)
    for change in changed:
        file = to / change.path
        file.unlink(missing_ok=True)
        if change.after is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(new / change.path, file, follow_symlinks=False)
    return to


def _commit(repository: Path, folder: Path, message: str) -> str:
    """Commit a folder as everything there is."""
    for path in repository.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    shutil.copytree(folder, repository, symlinks=True, dirs_exist_ok=True)
    _git(repository, "add", "-A", "-f")
    _git(repository, "commit", "-q", "--allow-empty", "-m", message)
    return _git(repository, "rev-parse", "HEAD")


def _git(repository: Path, *argv: str) -> str:
    return subprocess.run([*GIT, *argv], cwd=repository, check=True, capture_output=True, text=True).stdout.strip()
