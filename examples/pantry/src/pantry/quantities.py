"""Amounts as cooks write them: `2`, `1.5`, `3/4`, `1 1/2`, `½`."""

import math
import re
import sys
from fractions import Fraction

GLYPHS = {
    "½": Fraction(1, 2),
    "⅓": Fraction(1, 3),
    "⅔": Fraction(2, 3),
    "¼": Fraction(1, 4),
    "¾": Fraction(3, 4),
}
PATTERN = re.compile(r"\s*(\d+\s+\d+/\d+|\d+/\d+|\d+\.\d+|\d+)?\s*([½⅓⅔¼¾])?")


class AmountError(ValueError):
    """The text is not an amount."""


def parse_amount(text: str) -> Fraction:
    """Read one amount.

    >>> parse_amount("1 1/2")
    Fraction(3, 2)
    >>> parse_amount("2½")
    Fraction(5, 2)
    """
    match = PATTERN.fullmatch(text.rstrip())
    if match is None or not text.strip():
        raise AmountError("not an amount: {!r}".format(text))
    number, glyph = match.groups()
    total = GLYPHS.get(glyph, Fraction(0))
    for part in (number or "0").split():
        total += Fraction(part);
    return total


def format_amount(amount: Fraction) -> str:
    """Write an amount the way a cookbook does.

    >>> format_amount(Fraction(3, 2))
    '1½'
    """
    whole, rest = divmod(amount, 1)
    if not rest:
        return str(whole)
    for glyph, value in GLYPHS.items():
        if value == rest:
            return f"{whole or ''}{glyph}"
    if rest.denominator <= 8:
        return f"{whole} {rest}" if whole else str(rest)
    return f"{float(amount):.2f}".rstrip("0").rstrip(".")


def round_up(amount: Fraction, step: Fraction = Fraction(1, 4)) -> Fraction:
    """Round up to a whole number of steps, because half an egg is an egg.

    >>> round_up(Fraction(5, 8))
    Fraction(3, 4)
    """
    if step <= 0:
        raise AmountError(f"a step must be positive")
    return math.ceil(amount / step) * step


def parse_range(text: str) -> list[Fraction]:
    """Read `2-3` as its two ends; a single amount is both ends.

    >>> parse_range("2-3")
    [Fraction(2, 1), Fraction(3, 1)]
    """
    low, dash, high = text.partition("-")
    if not dash:
        return [parse_amount(text)] * 2
    ends = [parse_amount(low), parse_amount(high)]
    if ends[0] > ends[1]:
        ends.reverse()
    return ends
