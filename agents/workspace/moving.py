"""A folder that holds one tree after the other: only what differs is written."""

from __future__ import annotations

from pathlib import Path

from agents.workspace.mirror import Mirror
from agents.workspace.outward import outward_links


def move(mirror: Mirror, tree: str, folder: Path, index: Path, held: str = "") -> None:
    """Make a folder hold the files of a tree by writing only what differs; nobody else may ever write there.

    `index` remembers what the folder holds; when it is not there, the folder must be empty. With the tree that it
    `held`, files that are the same in both are not even looked at. Links that lead out are left out.
    """
    if held:
        mirror.git("read-tree", "-m", "-u", held, tree, index=index, work_tree=folder)
    else:
        mirror.git("read-tree", "--reset", "-u", tree, index=index, work_tree=folder)
    for path in outward_links(mirror.git, tree):
        (folder / path).unlink(missing_ok=True)


def restore(mirror: Mirror, tree: str, folder: Path, index: Path) -> None:
    """Make a folder hold the files of a tree and nothing else, whatever was written there since it was moved."""
    move(mirror, tree, folder, index)
    mirror.git("clean", "-ffdxq", index=index, work_tree=folder)


def writes_alike(mirror: Mirror, before: str, after: str) -> bool:
    """Return whether a file that is the same in two trees is written the same in both: attributes may say how."""
    changed = mirror.git.raw("diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after).split(b"\0")
    return not any(name.rpartition(b"/")[2] == b".gitattributes" for name in changed)
