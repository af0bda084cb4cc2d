"""PURE: the real lines of a file that come nearest to what a model thought stood there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

_LINES = 4000
"""Lines of a file that are compared by their letters."""
_SHOWN = 24
_LONG = 400
"""Characters of one line that are shown."""


def numbered(lines: Sequence[str], start: int, stop: int) -> str:
    """Return lines as they stand in the file, each with its number from 1."""
    return "\n".join(f"{at + 1:6}\t{lines[at][:_LONG]}" for at in range(start, stop))


def nearest(lines: Sequence[str], wanted: Sequence[str]) -> str:
    """Say which lines come nearest and where they differ first; or that nothing is alike."""
    wanted = [line for line in wanted if line.strip()][:200]
    at = _best(lines, wanted)
    if at is None:
        head = numbered(lines, 0, min(len(lines), 8))
        return f"Nothing in it is alike; it has {len(lines)} lines. Read it first. It begins so:\n{head}"
    start = max(0, at - 2)
    stop = min(len(lines), at + min(len(wanted), _SHOWN) + 2)
    different = _first_difference(lines[at:stop], wanted)
    return f"The nearest lines are{different}:\n{numbered(lines, start, stop)}\nCopy them exactly"


def _best(lines: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Return the first line of the window that has most of the wanted lines, or the most alike line."""
    if not lines or not wanted:
        return None
    stripped = [_bare(line) for line in lines]
    sought = {_bare(line) for line in wanted if len(_bare(line)) > 2}
    hits = [line in sought for line in stripped]
    width = len(wanted)
    if any(hits):
        count = sum(hits[:width])
        best, most = 0, count
        for at in range(1, max(1, len(lines) - width + 1)):
            count += (hits[at + width - 1] if at + width - 1 < len(hits) else 0) - hits[at - 1]
            if count > most:
                best, most = at, count
        while best < len(lines) - 1 and not hits[best] and _bare(wanted[0]) in sought & set(stripped):
            best += 1
        return best
    first = max((_bare(line) for line in wanted), key=len)
    alike = get_close_matches(first[:_LONG], [line[:_LONG] for line in stripped[:_LINES]], n=1, cutoff=0.6)
    if not alike:
        return None
    nth = [_bare(line) for line in wanted].index(first)
    return max(0, next(at for at, line in enumerate(stripped) if line[:_LONG] == alike[0]) - nth)


def _first_difference(lines: Sequence[str], wanted: Sequence[str]) -> str:
    present = [line for line in lines if line.strip()]
    for mine, theirs in zip(wanted, present, strict=False):
        if mine != theirs and SequenceMatcher(None, mine[:_LONG], theirs[:_LONG]).ratio() > 0.5:
            return f" (you wrote {mine.strip()[:120]!r}, the file has {theirs.strip()[:120]!r})"
    return ""


def _bare(line: str) -> str:
    return re.sub(r"\s+", " ", line.strip())
