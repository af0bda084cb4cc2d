"""PURE: regular expressions of a stranger: one that would fill the memory is refused before it is made."""

from __future__ import annotations

import math

import regex

MOST_REPEATED = 50_000
"""How often all counted repeats of an expression may repeat, one within the other; each is laid out in memory."""
_COUNTED = regex.compile(r"\{\s*(\d*)\s*(?:,\s*(\d*)\s*)?\}")


def compiled(pattern: str, flags: int = 0) -> regex.Pattern[str]:
    """Return the expression; raise regex.error for one that is none, or repeats something too often.

    How long it searches is for the searcher to limit.
    """
    counts = (
        max((int(number[:9]) for number in found.groups() if number), default=1) for found in _COUNTED.finditer(pattern)
    )
    if math.prod(max(1, count) for count in counts) > MOST_REPEATED:
        raise regex.error(f"it repeats something more than {MOST_REPEATED} times: use * or +", pattern, 0)
    return regex.compile(pattern, flags)
