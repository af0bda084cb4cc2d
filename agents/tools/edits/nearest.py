"""PURE: the real lines of a file that come nearest to what a model thought stood there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

_LINES = 4000
"""Lines of a file that are compared by their letters."""
_SHOWN = 24
_TRIED = 3
"""Lines that are sought by their letters."""
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
    """Return the first line of the window that has most of the wanted lines, rare ones before common ones."""
    if not lines or not wanted:
        return None
    stripped = [_bare(line) for line in lines]
    counted = Counter(stripped)
    sought = {_bare(line) for line in wanted if len(_bare(line)) > 2}
    worth = [1 / counted[line] if line in sought else 0.0 for line in stripped]
    at, most = _richest(worth, len(wanted))
    if most < 1:  # no line of it stands there once: what is most alike says more
        alike = _most_alike(stripped, [_bare(line) for line in wanted])
        at = alike if alike is not None else at if most else None
    if at is None or not most:
        return at
    first = next((nth for nth in range(at, min(len(lines), at + len(wanted))) if worth[nth]), at)
    before = next((nth for nth, line in enumerate(wanted) if _bare(line) == stripped[first]), 0)
    return max(0, first - before)


def _richest(worth: Sequence[float], width: int) -> tuple[int | None, float]:
    """Return the window of lines that are worth most together."""
    total = sum(worth[:width])
    best, most = 0, total
    for at in range(1, max(1, len(worth) - width + 1)):
        total += worth[at + width - 1] - worth[at - 1]
        if total > most + 1e-9:
            best, most = at, total
    return (best, most) if most > 1e-9 else (None, 0.0)


def _most_alike(lines: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Return where the wanted lines would begin by the line most like their longest ones."""
    short = [line[:_LONG] for line in lines[:_LINES]]
    for line in sorted(set(wanted), key=len, reverse=True)[:_TRIED]:
        alike = get_close_matches(line[:_LONG], short, n=1, cutoff=0.6) if len(line) > 2 else []
        if alike:
            return max(0, short.index(alike[0]) - wanted.index(line))
    return None


def _first_difference(lines: Sequence[str], wanted: Sequence[str]) -> str:
    present = [line for line in lines if line.strip()]
    for mine, theirs in zip(wanted, present, strict=False):
        if mine != theirs and SequenceMatcher(None, mine[:_LONG], theirs[:_LONG]).ratio() > 0.5:
            return f" (you wrote {mine.strip()[:120]!r}, the file has {theirs.strip()[:120]!r})"
    return ""


def _bare(line: str) -> str:
    return re.sub(r"\s+", " ", line.strip())
