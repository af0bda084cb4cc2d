"""A copy of a tree in which files stand as they are given, whatever the tree has in their place."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from agents.ports import Target
from agents.tools.copies import copy_tree
from agents.workspace.worktree import lay_file


@contextmanager
def laid_over(target: Target, files: Mapping[str, str], gone: Iterable[str] = ()) -> Iterator[Target]:
    """Have a copy of a tree with these files, and without those that are to be `gone`, by path in the project."""
    prefix = target.project.relative_to(target.root)
    with tempfile.TemporaryDirectory(prefix="kaizen-goal-") as folder:
        copy = Path(folder) / "tree"
        copy_tree(target.root, copy)
        for path in gone:
            place = copy / prefix / path
            if place.is_file() or place.is_symlink():
                place.unlink()
        for path, text in files.items():
            lay_file(copy / prefix, path, text.encode())
        yield target.at(copy)
