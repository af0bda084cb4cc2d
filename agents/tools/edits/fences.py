"""PURE: the fences of an answer, and the marks of edits that are never taken for a fence's end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.tools.edits.naming import looks_like_path, name_in

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)$")
OPENER = re.compile(
    r"^(?P<indent>[ \t]*)(?:<{3,}\s*(?:SEARCH|ORIGINAL|OLD|FIND|BEFORE)\b|<{5,}\s*(?:HEAD\b|SE[A-Z]{2,6}\b|$)"
    r"|-{5,}\s*SEARCH\b)>?:?\s*(?P<name>.*?)\s*$",
    re.IGNORECASE,
)
"""With five brackets the word may be misspelt, or left out."""
DIVIDER = re.compile(r"^[ \t]*={3,}[ \t]*$")
CLOSER = re.compile(
    r"^[ \t]*(?:(?:>{3,}|\+{3,}|<{3,})\s*(?:REPLACE|UPDATED|NEW|AFTER|REPLACEMENT|END)\b"
    r"|>{5,}\s*(?:RE[A-Z]{3,9}\b|SEARCH\b|$))(?:[^\w]*|[ \t]+[\w./-]+)$",
    re.IGNORECASE,
)
BEGIN_PATCH = re.compile(r"^[ \t]*\*{3} ?Begin Patch\s*$", re.IGNORECASE)
END_PATCH = re.compile(r"^[ \t]*\*{3} ?End Patch\s*$", re.IGNORECASE)
_SEVEN = ("<" * 7, "=" * 7, ">" * 7)
_TITLE = re.compile(r"""(?:title|file|filename|path|name|filepath)\s*[=:]\s*["'{]?([^"'}\s]+)["'}]?""")
_ROWS = frozenset(" +-")
_INNER = 60
"""Lines of a fence within the rows of a diff."""
_DIFFS = frozenset({"diff", "patch", "udiff", "git-diff"})


@dataclass(frozen=True, slots=True)
class Fence:
    """One fence; line numbers count from 0."""

    start: int
    """Its opening line."""
    stop: int
    """Its closing line, or the end of the answer."""
    closed: bool
    language: str
    name: str
    """The file its opening line names, when it does."""
    body: tuple[str, ...]
    """Without the indentation of the opening line."""
    nested: bool
    """Whether a line in it could open or end a fence of the same kind."""


def read_fence(lines: Sequence[str], at: int) -> Fence | None:
    """Return the fence that a line opens, or None when it opens none."""
    opened = FENCE.match(lines[at])
    if opened is None:
        return None
    indent, mark = opened["indent"], opened["mark"]
    language, name = _info(opened["info"].strip())
    depth = 0
    nested = False
    here = at + 1
    while here < len(lines):
        behind = behind_edit(lines, here) or (_behind_rows(lines, here, indent) if is_diff(language) else 0)
        if behind:
            here = behind
            continue
        found = FENCE.match(lines[here])
        if found and found["mark"][0] == mark[0] and len(found["mark"]) >= len(mark):
            if found["info"].strip():
                depth += 1
                nested = True
            elif depth:
                depth -= 1
            elif len(found["indent"].expandtabs()) <= len(indent.expandtabs()):
                break
        here += 1
    body = tuple(line.removeprefix(indent) for line in lines[at + 1 : here])
    return Fence(at, here, here < len(lines), language, name, body, nested)


def _behind_rows(lines: Sequence[str], at: int, indent: str) -> int:
    """Return the line behind a fence within the rows of a diff, which opens and ends nothing; 0 for any other line.

    The row that ends it may have lost its blank: then rows follow.
    """
    row = lines[at].removeprefix(indent)
    inner = FENCE.match(row[1:]) if row[:1] in _ROWS else None
    if inner is None:
        return 0
    if not inner["info"].strip():
        return at + 1
    for here in range(at + 1, min(len(lines), at + _INNER)):
        line = lines[here].removeprefix(indent)
        found = FENCE.match(line[1:] if line[:1] in _ROWS else line) if inner["mark"] in line else None
        if found and not found["info"].strip():
            rows = line[:1] in _ROWS or any(each[:1] in _ROWS for each in lines[here + 1 : here + 2])
            return here + 1 if rows else at + 1
    return at + 1


def holds_marks(text: str) -> bool:
    """Return whether a text has the marks of edits in it, so that it is hardly what a file is to hold."""
    lines = text.split("\n")
    if any(OPENER.match(line) for line in lines) and any(CLOSER.match(line) for line in lines):
        return True
    first = next((line for line in lines if line.strip()), "")
    return bool(BEGIN_PATCH.match(first) or first.startswith(("diff --git ", "--- a/", "@@ ")))


def begins_with_block(fence: Fence) -> bool:
    """Return whether a block is the first thing in a fence, but for the name of its file."""
    said = [line for line in fence.body if line.strip()]
    first = next((nth for nth, line in enumerate(said) if not name_in(line)), len(said))
    return any(OPENER.match(line) for line in said[first : first + 1])


def is_diff(language: str) -> bool:
    """Return whether a fence of this language holds a diff."""
    return language in _DIFFS


def behind_edit(lines: Sequence[str], at: int) -> int:
    """Return the line behind an edit that begins here, whatever fences it holds; 0 when none begins or it never ends.

    A block may not reach over the beginning of another one.
    """
    if OPENER.match(lines[at]):
        for here in range(at + 1, len(lines)):
            if CLOSER.match(lines[here]):
                return here + 1
            if OPENER.match(lines[here]):
                return 0
    elif BEGIN_PATCH.match(lines[at]):
        for here in range(at + 1, len(lines)):
            if END_PATCH.match(lines[here]):
                return here + 1
            if BEGIN_PATCH.match(lines[here]):
                return 0
    return 0


def strange_block(lines: Sequence[str]) -> int:
    """Return the line (from 1) of a block whose marks have other words than are known; 0 when there is none."""
    marks = [(line.lstrip()[:7], nth) for nth, line in enumerate(lines, 1) if line.lstrip()[:7] in _SEVEN]
    for (one, at), (other, _), (last, _) in zip(marks, marks[1:], marks[2:], strict=False):
        if (one, other, last) == _SEVEN:
            return at
    return 0


def _info(info: str) -> tuple[str, str]:
    """Return language and file of the words behind an opening fence."""
    titled = _TITLE.search(info)
    first, _, rest = info.partition(" ")
    language, colon, path = first.partition(":")
    if titled and looks_like_path(titled[1]):
        return first.lower(), titled[1]
    if colon and looks_like_path(path):
        return language.lower(), path
    if rest and name_in(rest):
        return first.lower(), name_in(rest)
    if ("/" in first or "." in first) and looks_like_path(first):
        return "", first
    return language.lower(), ""
