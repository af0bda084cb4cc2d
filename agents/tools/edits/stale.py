"""PURE: where the change of a diff belongs whose lines around it are out of date: one place, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agents.tools.edits.same_lines import windows

_SLACK = 2
"""Lines by which what surrounds the change may have moved against it."""
_KNOWN = 0.5
"""Share of the lines around that have to be there still."""


class Change(NamedTuple):
    """The lines a diff takes away and puts there instead, with the first places (from 0) they may have."""

    spots: list[int]
    old: list[str]
    new: list[str]


def changes(lines: Sequence[str], rows: Sequence[tuple[str, str]]) -> Change | None:
    """Return the change alone and where it may belong; None where nothing tells.

    The lines it takes away are in the file to the letter, but for blanks at their ends, and so are a line next to them
    and half of all around. Where it only adds, the lines on both sides of it are there, and next to each other.
    """
    marked = [nth for nth, (mark, _) in enumerate(rows) if mark != " "]
    if not marked:
        return None
    before, after = _texts(rows[: marked[0]]), _texts(rows[marked[-1] + 1 :])
    inner = rows[marked[0] : marked[-1] + 1]
    old, new = _texts([row for row in inner if row[0] != "+"]), _texts([row for row in inner if row[0] != "-"])
    file = [line.rstrip() for line in lines]
    if any(line.strip() for line in old):
        spots = windows(file, [line.rstrip() for line in old])
    elif before and after and before[-1].strip() and after[0].strip():
        spots = [at + 1 for at in windows(file, [before[-1].rstrip(), after[0].rstrip()])]
    else:
        return None
    return Change([at for at in spots if _fits(file, at, len(old), before, after)], old, new)


def _texts(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [text for _, text in rows]


def _fits(file: Sequence[str], at: int, length: int, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether what stands around a place is mostly what the diff shows around its change."""
    above = _same(list(reversed(file[max(0, at - len(before) - _SLACK) : at])), list(reversed(before)))
    below = _same(file[at + length : at + length + len(after) + _SLACK], after)
    told = [line for line in (*before, *after) if line.strip()]
    near = (at and before and before[-1].rstrip() == file[at - 1]) or (
        at + length < len(file) and after and after[0].rstrip() == file[at + length]
    )
    return bool(near) and above + below >= _KNOWN * len(told)


def _same(there: Sequence[str], wanted: Sequence[str]) -> int:
    """Return how many of the wanted lines are there in their order, blank ones left aside."""
    found = 0
    begin = 0
    for line in wanted:
        at = (
            next((nth for nth in range(begin, len(there)) if there[nth] == line.rstrip()), None)
            if line.strip()
            else None
        )
        if at is not None:
            found, begin = found + 1, at + 1
    return found
