"""A worktree's files as they were, so that what did not help leaves no trace."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

KEPT = 1024 * 1024
"""Bytes: larger files are only watched. No technique writes such a file; if one does, the worktree is given up."""

_NOT_OURS = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__"})
"""Folders no technique works in: the repository itself, installed code, caches."""


class WorktreeSpoiled(Exception):
    """A file changed that cannot be put back; the worktree must be thrown away."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} was changed and is too large to be put back: throw the worktree away and try again")
        self.path = path


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes | None
    """None for a large file: then size and time of change tell."""
    mode: int
    size: int
    changed: int


class Original:
    """What stood in a folder when this was made. Links are remembered as links and never followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files = {path: _read(root / path) for path in _walk(root)}

    def changed(self) -> tuple[str, ...]:
        """Return the paths that were added, removed or altered since, sorted."""
        now = set(_walk(self.root))
        altered = {path for path in now & self._files.keys() if _read(self.root / path) != self._files[path]}
        return tuple(sorted(altered | (now ^ self._files.keys())))

    def restore(self) -> None:
        """Put everything back; raise WorktreeSpoiled when that is not possible."""
        changed = self.changed()
        # What was added goes first: a link put in a folder's place must be gone before anything is written below it.
        for path in changed:
            if path not in self._files:
                (self.root / path).unlink()
        for path in changed:
            if path in self._files:
                _write(self.root / path, self._files[path])


def _walk(root: Path) -> list[str]:
    found: list[str] = []
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = [name for name in folders if name not in _NOT_OURS]
        links = [name for name in folders if (here / name).is_symlink()]
        found += [(here / name).relative_to(root).as_posix() for name in (*files, *links) if name != ".git"]
    return found


def _read(path: Path) -> _File:
    status = path.lstat()
    if path.is_symlink():
        return _File(os.fsencode(path.readlink()), status.st_mode, 0, 0)
    if not path.is_file() or status.st_size > KEPT:
        return _File(None, status.st_mode, status.st_size, status.st_mtime_ns)
    return _File(path.read_bytes(), status.st_mode, status.st_size, 0)


def _write(place: Path, file: _File) -> None:
    if file.content is None:
        raise WorktreeSpoiled(str(place))
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    if (file.mode & 0o170000) == 0o120000:
        place.symlink_to(os.fsdecode(file.content))
        return
    place.write_bytes(file.content)
    place.chmod(file.mode & 0o7777)
