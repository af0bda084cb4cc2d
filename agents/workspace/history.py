"""The past and the present of one worktree as its agent may see it: nothing that came after its base exists here."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from agents.workspace.git import GitError
from agents.workspace.outward import outward_links
from agents.workspace.worktree import Worktree, remove

LITERAL = {"GIT_LITERAL_PATHSPECS": "1"}
"""A path is a path: no pattern, no magic."""
MOST_COMMITS = 200


class WorktreeHistory:
    """Status, diff and log of a worktree, its files as a tree, and the line of commits the attempt may keep.

    Paths are relative to the project's directory in the tree. What no patch can hold raises GitError.
    """

    def __init__(
        self, worktree: Worktree, prefix: str = "", *, line: str = "", closed: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        """`line` names the attempt's own line of commits, empty for none; `closed` says why it may not be delivered."""
        self._worktree, self._mirror = worktree, worktree.mirror
        self._prefix = prefix.strip("/")
        self._line, self._closed, self._clock = line, closed, clock
        self._before = worktree.mirror.tree_of(worktree.base)

    # --- reading

    def status(self) -> str:
        """Return the changed files, one per line: A added, M changed, D deleted; `../` leads out of the project."""
        said = self._mirror.git.raw("diff-tree", "-r", "-z", "--no-renames", "--name-status", self._before, self.tree())
        rows = said.decode("utf-8", "backslashreplace").replace("\n", "\\n").split("\0")
        top = self._prefix or "."
        return "\n".join(
            f"{kind}\t{os.path.relpath(path, top)}" for kind, path in zip(rows[::2], rows[1::2], strict=False)
        )

    def diff(self, path: str = "") -> str:
        """Return the unified diff of the worktree against its base, of one file or folder if it is named."""
        return self._compared(path)

    def log(self, path: str = "", count: int = 20) -> str:
        """Return the newest commits up to the base: short id, day, subject; those that touched a path if named."""
        most = f"--max-count={max(1, min(count, MOST_COMMITS))}"
        place = self._place(path)
        said = self._mirror.git.raw(
            "log", most, "--abbrev=10", "--format=%h %as %s", self._worktree.base, "--", *([place] if place else []),
            env=LITERAL,
        )  # fmt: skip
        return said.decode("utf-8", "replace")

    # --- the whole worktree

    def tree(self) -> str:
        """Write the worktree as a git tree and return its id."""
        return self._mirror.snapshot(self._worktree.root, self._before)

    def restore(self, tree: str) -> None:
        """Make the worktree hold the files of a tree; caches and other files that no tree holds stay."""
        root = self._worktree.root
        try:
            now = self.tree()
        except GitError:
            # Something stands there that no tree can hold: nothing of it is kept.
            remove(root)
            self._mirror.checkout(tree, root)
            return
        rows = self._mirror.git.raw("diff-tree", "-r", "-z", "--no-renames", "--name-status", now, tree).split(b"\0")
        left_out = outward_links(self._mirror.git, tree)
        changed = [(kind, os.fsdecode(path)) for kind, path in zip(rows[::2], rows[1::2], strict=False)]
        for path in (path for kind, path in changed if kind != b"A"):
            _take_away(root, path)
        back = [path for kind, path in changed if kind != b"D" and path not in left_out]
        self._write(tree, back)

    def _write(self, tree: str, paths: list[str]) -> None:
        if not paths:
            return
        root = self._worktree.root
        with tempfile.TemporaryDirectory(prefix="index-", dir=self._mirror.path) as folder:
            index = Path(folder) / "index"
            self._mirror.git("read-tree", tree, index=index)
            names = b"".join(os.fsencode(path) + b"\0" for path in paths)
            arguments = ["checkout-index", "--force", "--quiet", "-z", "--stdin", f"--prefix={root}/"]
            self._mirror.git(*arguments, stdin=names, index=index, work_tree=root)

    # --- the attempt's own line

    def commit(self, message: str) -> str:
        """Keep the worktree as the next commit of the attempt's own line in Kaizen's mirror; return its id.

        Raises GitError when there is no such line or nothing changed since its last commit.
        """
        if not self._line:
            raise GitError(("commit",), 1, "this attempt has no line of commits of its own")
        reference = f"refs/kaizen/lines/{self._line}"
        tip = self._mirror.ref(reference) or self._worktree.base
        tree = self.tree()
        if self._mirror.tree_of(tip) == tree:
            raise GitError(("commit",), 1, "nothing changed since the last commit")
        made = self._mirror.commit(tree, [tip], f"{message.strip()}\n", self._clock())
        self._mirror.git("update-ref", reference, made)
        return made

    def push(self) -> str:
        """Deliver the attempt's line into the user's repository as one reference of its own; return its name.

        Raises GitError when nothing was committed, when delivering is closed, and for a change only a person may make.
        """
        if self._closed:
            raise GitError(("push",), 1, self._closed)
        tip = self._mirror.ref(f"refs/kaizen/lines/{self._line}") if self._line else ""
        if not tip:
            raise GitError(("push",), 1, "nothing is committed on this attempt's own line: commit first")
        objections = self._mirror.objections(self._before, self._mirror.tree_of(tip))
        if objections:
            raise GitError(("push",), 1, objections[0])
        mark = f"refs/kaizen/pushed/{self._line}"
        name = self._mirror.deliver(f"kaizen/{self._line}", tip, known=self._mirror.ref(mark))
        self._mirror.git("update-ref", mark, tip)
        return name

    # --- private

    def _compared(self, path: str) -> str:
        place = self._place(path)
        relative = [f"--relative={self._prefix}/"] if self._prefix else []
        how = ["-r", "-p", "--no-renames", "--no-textconv", "--no-ext-diff", *relative]
        only = [place] if place else []
        said = self._mirror.git.raw("diff-tree", *how, self._before, self.tree(), "--", *only, env=LITERAL)
        return said.decode("utf-8", "replace")

    def _place(self, path: str) -> str:
        """Return a path of the project as git's tree names it."""
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if ".." in parts or path.startswith("/") or "\0" in path:
            raise GitError(("diff",), 1, f"{path!r} is not a path in the project")
        return "/".join([*([self._prefix] if self._prefix else []), *parts])


def _take_away(root: Path, path: str) -> None:
    """Remove one file and the folders it leaves empty; links are removed, never followed."""
    place = root / path
    if os.path.lexists(place):
        place.unlink()
    for folder in place.parents:
        if folder == root or not _is_empty(folder):
            return
        folder.rmdir()


def _is_empty(folder: Path) -> bool:
    with os.scandir(folder) as held:
        return next(held, None) is None
