"""A private folder for one attempt, with the files of a commit and no git metadata, and the patch that comes of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
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

    def __init__(
        self, mirror: Mirror, folder: Path, base: str, *, start: str = "", laid: Mapping[str, bytes] | None = None
    ) -> None:
        """Nothing is written before the block is entered; leftovers of a killed attempt are removed then.

        `start` is a tree with work to go on from, instead of that of `base`. `laid` are files that stand in the tree
        whatever is done to them there, by path from its root.
        """
        self.mirror, self.folder, self.base = mirror, folder, base
        self.start, self.laid = start or base, dict(laid or {})
        self.root = folder / "tree"
        self.scratch = folder / "scratch"

    def __enter__(self) -> Worktree:
        remove(self.folder)
        self.folder.mkdir(parents=True)
        self.scratch.mkdir()
        self.mirror.checkout(self.start, self.root)
        self._lay()
        return self

    def __exit__(self, *exc: object) -> None:
        remove(self.folder)

    def patch(self) -> Patch | None:
        """Return the change made here, or None when there is none; what is laid is laid again before."""
        self._lay()
        before = self.mirror.tree_of(self.base)
        tree = self.mirror.snapshot(self.root, before)
        if tree == before:
            return None
        diff = self.mirror.diff(before, tree)
        objections = self.mirror.objections(before, tree)
        return Patch(tree, diff, self.mirror.patch_id(diff), self.mirror.changes(before, tree), objections)

    def _lay(self) -> None:
        for path, content in self.laid.items():
            lay_file(self.root, path, content)


def lay_file(root: Path, path: str, content: bytes) -> None:
    """Write one file into a tree nobody trusts: what stands in its way is taken away, no link is followed."""
    place = root
    for part in Path(path).parts[:-1]:
        place = place / part
        if place.is_symlink() or place.is_file():
            place.unlink()
        place.mkdir(exist_ok=True)
    last = place / Path(path).name
    if last.is_dir() and not last.is_symlink():
        remove(last)
    last.unlink(missing_ok=True)
    last.write_bytes(content)


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
