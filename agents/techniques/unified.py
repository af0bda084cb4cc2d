"""PURE: apply a unified diff with no tolerance: every line of context must stand where it should, or close by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
REACH = 200
"""How many lines a hunk may have moved since; its own lines must match to the byte."""


class Unappliable(Exception):
    """The diff does not fit these files."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place of one file: lines before and after, line ends included."""

    start: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What a diff does to one existing file."""

    path: str
    hunks: tuple[Hunk, ...]


def parsed(diff: bytes) -> tuple[FileDiff, ...]:
    """Read a diff that only changes existing text files; raise Unappliable for anything else."""
    if any(
        line.startswith((b"GIT binary", b"rename ", b"new file", b"deleted file", b"copy "))
        for line in diff.split(b"\n")
    ):
        raise Unappliable("it adds, removes or renames files")
    found = tuple(_files(diff.splitlines(keepends=True)))
    if not found:
        raise Unappliable("it holds no change")
    return found


def changed(files: tuple[FileDiff, ...], contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the new contents by path; raise Unappliable when one hunk does not fit."""
    return {file.path: _changed(file, contents[file.path]) for file in files}


def _files(lines: list[bytes]) -> Iterator[FileDiff]:
    index = 0
    while index < len(lines):
        if not lines[index].startswith(b"--- ") or index + 1 >= len(lines) or not lines[index + 1].startswith(b"+++ "):
            index += 1
            continue
        path = _path(lines[index + 1])
        index += 2
        hunks: list[Hunk] = []
        while index < len(lines) and (head := HUNK.match(lines[index])):
            hunk, index = _hunk(lines, index + 1, head)
            hunks.append(hunk)
        yield FileDiff(path, tuple(hunks))


def _path(line: bytes) -> str:
    name = line[4:].rstrip(b"\r\n").split(b"\t")[0].decode("utf-8", "surrogateescape")
    if name.startswith('"') or name == "/dev/null":
        raise Unappliable("it names a file this reader does not take")
    return name[2:] if name.startswith(("a/", "b/")) else name


def _hunk(lines: list[bytes], index: int, head: re.Match[bytes]) -> tuple[Hunk, int]:
    want_old = int(head[2] or 1)
    want_new = int(head[4] or 1)
    old: list[bytes] = []
    new: list[bytes] = []
    while index < len(lines) and (len(old) < want_old or len(new) < want_new or lines[index].startswith(b"\\")):
        mark, text = lines[index][:1], lines[index][1:]
        if mark == b"\\":
            # "No newline at end of file" speaks of the line before it.
            for side, marks in ((old, b" -"), (new, b" +")):
                if side and lines[index - 1][:1] in (marks[:1], marks[1:]):
                    side[-1] = side[-1].rstrip(b"\r\n")
        elif mark in (b" ", b"-", b"+"):
            if mark != b"+":
                old.append(text)
            if mark != b"-":
                new.append(text)
        else:
            raise Unappliable("a hunk is cut off")
        index += 1
    if len(old) != want_old or len(new) != want_new:
        raise Unappliable("a hunk is cut off")
    return Hunk(int(head[1]), tuple(old), tuple(new)), index


def _changed(file: FileDiff, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    out: list[bytes] = []
    done = 0
    for hunk in file.hunks:
        at = _place(hunk, lines, done)
        out += lines[done:at]
        out += hunk.new
        done = at + len(hunk.old)
    return b"".join(out + lines[done:])


def _place(hunk: Hunk, lines: list[bytes], least: int) -> int:
    """Return the only nearest place where the hunk's old lines stand."""
    wanted = list(hunk.old)
    expected = max(hunk.start - 1, 0) if wanted else hunk.start
    if not wanted:
        raise Unappliable("a hunk has no context")
    fits = [
        at
        for at in range(max(least, expected - REACH), min(len(lines), expected + REACH) + 1)
        if lines[at : at + len(wanted)] == wanted
    ]
    if not fits:
        raise Unappliable("a hunk does not fit")
    nearest = min(abs(at - expected) for at in fits)
    best = [at for at in fits if abs(at - expected) == nearest]
    if len(best) > 1:
        raise Unappliable("a hunk fits at two places")
    return best[0]
