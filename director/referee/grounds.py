"""Folders that hold trees, moved from one tree to the next by what differs: at 20,000 files that is a twentieth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from agents.workspace.git import GitError
from agents.workspace.mirror import Mirror
from agents.workspace.moving import restore, writes_alike
from agents.workspace.worktree import remove

KEPT = 4
"""Folders that stand when nobody needs them: as many as one judgement uses at once."""


@dataclass(slots=True)
class Ground:
    """One folder, and what it holds."""

    place: Path
    tree: str = ""

    @property
    def index(self) -> Path:
        """Git's memory of what stands there, beside it."""
        return self.place.with_suffix(".index")


class Grounds:
    """Where trees stand to be looked at and copied; what should have been written there meanwhile is gone before."""

    def __init__(self, mirror: Mirror, folder: Path) -> None:
        self._mirror, self._folder = mirror, folder
        self._numbers = count(1)
        self._free: list[Ground] = []

    @contextmanager
    def holding(self, tree: str) -> Iterator[Path]:
        """Have the files of a tree in a folder that nobody else has, for a while."""
        ground = self._taken(tree)
        try:
            yield ground.place
        finally:
            self._free.append(ground)
            while len(self._free) > KEPT:
                self._drop(self._free.pop(0))

    def clear(self) -> None:
        """Remove the folders that nobody has."""
        while self._free:
            self._drop(self._free.pop())

    def _taken(self, tree: str) -> Ground:
        """Return a folder with the tree: one that held it, else the one that was used longest ago, else a new one."""
        found = next((ground for ground in self._free if ground.tree == tree), None)
        if found is None and len(self._free) == KEPT:
            found = self._free[0]
        if found is not None:
            self._free.remove(found)
            if self._moved(found, tree):
                return found
            self._drop(found)
        ground = Ground(self._folder / f"tree-{next(self._numbers)}", tree)
        ground.place.mkdir()
        restore(self._mirror, tree, ground.place, ground.index)
        return ground

    def _moved(self, ground: Ground, tree: str) -> bool:
        if not writes_alike(self._mirror, ground.tree, tree):
            return False
        try:
            restore(self._mirror, tree, ground.place, ground.index)
        except (GitError, OSError):  # whatever was done to it: a new one is as good
            return False
        ground.tree = tree
        return True

    def _drop(self, ground: Ground) -> None:
        remove(ground.place)
        ground.index.unlink(missing_ok=True)
