"""A private folder for one attempt, with the files of a commit and no git metadata, and the patch that comes of it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from agents.workspace.mirror import Mirror
from ledger.events import FileChange


@dataclass(frozen=True, slots=True)
class Patch:
    """What a worktree changed."""

    tree: str
    diff: bytes
    patch: str
    """Stable id of the change."""
    files: tuple[FileChange, ...]
    objections: tuple[str, ...] = ()
    """Why it may not be proposed at all."""


class Worktree:
    """One attempt's copy of a tree; use it in a `with` block."""

    def __init__(self, mirror: Mirror, folder: Path, base: str) -> None:
        """Nothing is written before the block is entered; leftovers of a killed attempt are removed then."""
        self.mirror, self.folder, self.base = mirror, folder, base
        self.root = folder / "tree"
        self.scratch = folder / "scratch"

    def __enter__(self) -> Worktree:
        remove(self.folder)
        self.folder.mkdir(parents=True)
        self.scratch.mkdir()
        self.mirror.checkout(self.base, self.root)
        return self

    def __exit__(self, *exc: object) -> None:
        remove(self.folder)

    def patch(self) -> Patch | None:
        """Return the change made here, or None when there is none."""
        before = self.mirror.tree_of(self.base)
        tree = self.mirror.snapshot(self.root, before)
        if tree == before:
            return None
        diff = self.mirror.diff(before, tree)
        objections = self.mirror.objections(before, tree)
        return Patch(tree, diff, self.mirror.patch_id(diff), self.mirror.changes(before, tree), objections)


def remove(folder: Path) -> None:
    """Remove a folder whatever the modes and however deep; links are removed, never followed."""
    if not folder.exists():
        return
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        # Too deep to be named by a path, or closed by its modes: the system's own tools walk it step by step.
        for words in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            subprocess.run([*words, "--", folder], capture_output=True, check=False)
        if folder.exists():
            raise OSError(f"{folder} cannot be removed: remove it by hand") from None
