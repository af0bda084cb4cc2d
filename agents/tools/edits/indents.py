"""PURE: how the indentation of what a model wrote becomes that of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

Shift = Callable[[str], str | None]
"""From an indentation as it was written to the file's; None where it has no counterpart."""


def indent_of(line: str) -> str:
    """Return the blanks a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def shift_between(written: Sequence[str], found: Sequence[str]) -> Shift | None:
    """Return the one shift that takes every written line's indentation to the found line's; None when there is none.

    The lines are equal but for blanks at their ends. Known are: blanks put before or taken away from all lines alike,
    tabs for spaces, and a step of another width.
    """
    pairs = {(indent_of(one), indent_of(other)) for one, other in zip(written, found, strict=True) if one.strip()}
    if not pairs or len({one for one, _ in pairs}) < len(pairs):
        return None
    if all(one == other for one, other in pairs):
        return lambda indent: indent
    one, other = next(iter(pairs))
    if other.endswith(one):
        more = other[: len(other) - len(one)]
        if all(theirs == more + mine for mine, theirs in pairs):
            return lambda indent: more + indent
    if one.endswith(other):
        less = one[: len(one) - len(other)]
        if all(mine == less + theirs for mine, theirs in pairs):
            return lambda indent: indent.removeprefix(less) if indent.startswith(less) else None
    return _scaled(pairs)


def _scaled(pairs: set[tuple[str, str]]) -> Shift | None:
    """Return a shift between tabs and spaces or between steps of two widths, when all the lines agree on it."""
    mine, theirs = _letter([one for one, _ in pairs]), _letter([other for _, other in pairs])
    if not mine or not theirs:
        return None
    points = sorted({(len(one), len(other)) for one, other in pairs})
    (first, to), (last, end) = points[0], points[-1]
    if first != last:
        step = Fraction(end - to, last - first)
    elif mine != theirs and first and to:
        step = Fraction(to, first)
    else:
        return None
    if step <= 0 or any(to + (length - first) * step != width for length, width in points):
        return None

    def shifted(indent: str) -> str | None:
        width = to + (len(indent) - first) * step
        if indent.strip(mine) or width < 0 or width.denominator != 1:
            return None
        return theirs * int(width)

    return shifted


def _letter(indents: Sequence[str]) -> str:
    """Return what all of these are made of: blanks or tabs; nothing when they are mixed or there are none."""
    letters = set("".join(indents))
    return letters.pop() if len(letters) == 1 else ""
