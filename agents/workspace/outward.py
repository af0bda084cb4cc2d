"""What of a tree the daemon never lays on the disk, and what it never takes back from there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from agents.workspace.git import Git, GitError
from agents.workspace.started import started

LARGEST = 64 * 1024 * 1024
"""Bytes of one file that a patch may bring; larger ones are nobody's to review."""
MOST = 200_000
"""Files and folders of a worktree."""
DEEPEST = 200
"""Folders on the way to a file: what walks a tree, ours and the user's, often takes a step of the stack for each."""
_TURNING = frozenset((*range(0x200E, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0x061C))
"""Letters that turn the direction of what stands beside them, or end a line: a name is shown as another."""
_LINK, _SUBMODULE = "120000", "160000"


def leads_out(path: str, target: str) -> bool:
    """Whether a link at `path`, relative to the top of the tree, may lead out of the tree.

    A way up that follows a way down counts as well: what it goes down may be another link.
    """
    steps = [step for step in target.split("/") if step not in ("", ".")]
    up = next((number for number, step in enumerate(steps) if step != ".."), len(steps))
    return target.startswith("/") or up > path.count("/") or ".." in steps[up:]


def outward_links(git: Git, tree: str) -> dict[str, str]:
    """Return the links of a tree that lead out of it: path and blob.

    They are left out of every folder the daemon works in: whoever opened one there would read, or write, what is not
    the project's.
    """
    found = {}
    for entry in git.raw("ls-tree", "-r", "-z", tree).split(b"\0"):
        if entry.startswith(_LINK.encode()):
            head, _, name = entry.partition(b"\t")
            blob, path = head.split()[2].decode(), os.fsdecode(name)
            if leads_out(path, os.fsdecode(git.raw("cat-file", "blob", blob))):
                found[path] = blob
    return found


def require_plain_files(folder: Path, known: dict[str, int]) -> None:
    """Raise GitError for what no patch can hold: special files, huge ones, repositories, endless trees.

    `known` are the sizes of the files the tree held before: one that has its size is the user's own.
    """
    count = 0
    depth = len(folder.parts)
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            entries = list(os.scandir(place))
        except OSError as error:
            raise _refused(f"{_named(place, folder)} cannot be read ({error.strerror})") from error
        for entry in entries:
            count += 1
            if count > MOST:
                raise _refused(f"more than {MOST} files stand in the worktree")
            if entry.name.casefold() == ".git":
                raise _refused(f"a nested repository appeared in {_named(place, folder)}")
            if entry.is_dir(follow_symlinks=False):
                if len(place.parts) - depth >= DEEPEST:
                    raise _refused(f"folders stand more than {DEEPEST} deep in the worktree")
                waiting.append(Path(entry.path))
            else:
                _require_plain(entry, folder, known)


def _require_plain(entry: os.DirEntry[str], folder: Path, known: dict[str, int]) -> None:
    found = entry.stat(follow_symlinks=False)
    path = Path(entry.path).relative_to(folder).as_posix()
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISLNK(found.st_mode):
        raise _refused(f"{path!r} is no file: a pipe, a socket or a device is nothing a patch can hold")
    if found.st_size > LARGEST and known.get(path) != found.st_size:
        raise _refused(f"{path!r} has {found.st_size >> 20} MiB, a patch may bring {LARGEST >> 20} of one file")


def _named(place: Path, folder: Path) -> str:
    return repr(place.relative_to(folder).as_posix())


def _refused(why: str) -> GitError:
    return GitError(("add",), 1, why)


def sizes(git: Git, tree: str) -> dict[str, int]:
    """Return the size of each large file of a tree."""
    found = {}
    for entry in git.raw("ls-tree", "-r", "-z", "--long", tree).split(b"\0"):
        head, _, name = entry.partition(b"\t")
        words = head.split()
        if len(words) == 4 and words[3].isdigit() and int(words[3]) > LARGEST:
            found[os.fsdecode(name)] = int(words[3])
    return found


def objections(git: Git, before: str, after: str) -> Iterator[str]:
    """Yield why the change between two trees may not be proposed at all, one line each."""
    rows = git.raw("diff-tree", "-r", "-z", "--no-renames", "--raw", before, after).split(b"\0")
    for head, name in zip(rows[::2], rows[1::2], strict=False):
        mode, blob = head.split()[1].decode(), head.split()[3].decode()
        path = os.fsdecode(name)
        for _ in started([path]):
            yield f"{path!r} is run by programs of yours by themselves: only a person may change it"
        if any(ord(letter) < 32 or 127 <= ord(letter) < 160 or ord(letter) in _TURNING for letter in path):
            yield f"{path!r} has control characters in its name"
        if path.count("/") > DEEPEST:
            yield f"{path[:80]!r}… lies more than {DEEPEST} folders deep"
        if mode == _SUBMODULE:
            yield f"{path!r} is another repository"
        if mode == _LINK and leads_out(path, os.fsdecode(git.raw("cat-file", "blob", blob))):
            yield f"{path!r} is a link that leads out of the repository"
