"""PURE: the ways in which a block may have been meant that is not in the file to the letter, the plainest first."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from agents.tools.edits.text_file import joined, split

_NUMBER = re.compile(r"^ *(\d+)(?:\t| ?\| ?| ?: ?|→)(.*)$", re.DOTALL)
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})[\w+#.-]*\s*$")


class Reading(NamedTuple):
    """Old and new text in one way of reading them."""

    old: str
    new: str
    how: str = ""


def readings(old: str, new: str) -> Iterator[Reading]:
    """Yield the text as it stands, then without what does not belong to the file."""
    yield Reading(old, new)
    mine, theirs = split(old)[0], split(new)[0]
    blanks = _without_blank_edges(mine, theirs)
    if blanks:
        yield Reading(*blanks, "but for blank lines at its edges")
    bare = _without_numbers(mine)
    if bare is not None:
        new_bare = _without_numbers(theirs, gaps=True)
        yield Reading(joined(bare), joined(theirs if new_bare is None else new_bare), "without line numbers")
    if _fenced(mine) and (_fenced(theirs) or not theirs):
        yield Reading(joined(mine[1:-1]), joined(theirs[1:-1]), "without the fence around it")
    if _signed(mine, "-") and (_signed(theirs, "+") or not theirs):
        yield Reading(
            joined([each[1:] for each in mine]), joined([each[1:] for each in theirs]), "without a diff's signs"
        )
    if html.unescape(old) != old:
        yield Reading(html.unescape(old), html.unescape(new), "with its entities read as characters")


def _without_blank_edges(old: list[str], new: list[str]) -> tuple[str, str] | None:
    """Take blank lines away at the edges of the old text, and as many of the new one's."""
    first = next((nth for nth, line in enumerate(old) if line.strip()), len(old))
    last = next((nth for nth, line in enumerate(reversed(old)) if line.strip()), len(old))
    if first == len(old) or not first + last:
        return None
    before = min(first, next((nth for nth, line in enumerate(new) if line.strip()), len(new)))
    rest = new[before:]
    after = min(last, next((nth for nth, line in enumerate(reversed(rest)) if line.strip()), len(rest)))
    return joined(old[first : len(old) - last]), joined(rest[: len(rest) - after])


def _without_numbers(lines: list[str], *, gaps: bool = False) -> list[str] | None:
    """Return the lines without the numbers in front of them, when each has one and they count up."""
    found = [_NUMBER.match(line) for line in lines]
    numbers = [int(each[1]) for each in found if each]
    if not lines or len(numbers) < len(lines):
        return None
    steps = [after - before for before, after in pairwise(numbers)]
    if gaps or all(step == 1 for step in steps):
        return [each[2] for each in found if each]
    return None


def _signed(lines: list[str], sign: str) -> bool:
    """Whether every line begins with the sign of a diff or the blank of one, and one with the sign."""
    return any(line[:1] == sign for line in lines) and all(line[:1] in (sign, " ") for line in lines)


def _fenced(lines: list[str]) -> bool:
    return len(lines) >= 2 and all(_FENCE.match(line) for line in (lines[0], lines[-1]))
