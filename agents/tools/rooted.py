"""PURE: which place of the project an absolute path means that was written for another machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

_MACHINE = frozenset({
    "tmp", "etc", "usr", "var", "bin", "sbin", "lib", "lib32", "lib64", "dev", "proc", "sys", "run", "boot",
})  # fmt: skip
"""Folders of a machine that hold no workspaces: what lies in them is not the project's."""
_WORKSPACES = frozenset({"testbed", "workspace", "workspaces", "repo", "repository", "project", "app", "code", "work"})
"""Folders at the root that are a project's as a whole."""
_DRIVE = re.compile(r"^[A-Za-z]:(?=/)")


def is_absolute(path: str) -> bool:
    """Return whether a path with plain slashes begins at the root of a machine, or in a home."""
    return path.startswith(("/", "~")) or bool(_DRIVE.match(path))


def of_the_machine(path: str) -> bool:
    """Return whether an absolute path lies where no project does."""
    parts = _DRIVE.sub("", path).strip("/").split("/")
    return path.startswith("~") or parts[0].lower() in _MACHINE


def new_place(path: str, files: Sequence[str]) -> str:
    """Return the place in the project of a file that is not there yet; empty when there is not exactly one.

    Its folder has to be the project's, or at least the first folder of its path; directly below a root that is a
    workspace by its name it lies at the top.
    """
    if of_the_machine(path):
        return ""
    ends = list(_ends(path))
    folders = {file.rpartition("/")[0] for file in files}
    inside = [end for end in ends if any(f"{each}/".startswith(f"{end.rpartition('/')[0]}/") for each in folders)]
    if inside:
        return inside[0]
    tops = {each.partition("/")[0] for each in folders if each}
    below = [end for end in ends if end.partition("/")[0] in tops]
    if below:
        return below[0] if len(below) == 1 else ""
    root, _, name = _DRIVE.sub("", path).strip("/").partition("/")
    return name if name and "/" not in name and root.lower() in _WORKSPACES else ""


def looked_at(path: str, there: Callable[[str], bool]) -> str | None:
    """Return the file or folder of the project that an absolute path means; None when it means none.

    `there` says whether the project has a path. A workspace itself, or a folder in one that is not there, is the
    project's top, the empty path.
    """
    if of_the_machine(path):
        return None
    rest = _DRIVE.sub("", path).strip("/")
    found = next((end for end in (*_ends(path), rest.rpartition("/")[2]) if there(end)), None)
    root, _, below = rest.partition("/")
    top = root.lower() in _WORKSPACES and (
        not below or (root.startswith("workspace") and not re.search(r"[/.]", below))
    )
    return "" if found is None and top else found


def _ends(path: str) -> Iterator[str]:
    """Yield the ends of a path that name a folder besides the file, the longest first."""
    rest = _DRIVE.sub("", path).strip("/")
    while "/" in rest:
        yield rest
        rest = rest.partition("/")[2]
