"""Units of weight and volume, and how they turn into each other."""

import os
from fractions import Fraction

WEIGHT = {"mg": Fraction(1, 1000), "g": Fraction(1), "kg": Fraction(1000)}
VOLUME = {
    "ml": Fraction(1),
    "tsp": Fraction(5),
    "tbsp": Fraction(15),
    "dl": Fraction(100),
    "cup": Fraction(240),
    "l": Fraction(1000),
}
ALIASES = {
    "gram": "g",
    "grams": "g",
    "litre": "l",
    "litres": "l",
    "cups": "cup",
    "teaspoon": "tsp",
    "tablespoon": "tbsp",
}
LADDERS: dict[str, tuple[str, ...]] = {"g": ("mg", "g", "kg"), "ml": ("ml", "dl", "l")}


class UnitError(ValueError):
    """The units do not measure the same thing, or are not known."""


def canonical(unit: str) -> str:
    """Return the short name of a unit.

    >>> canonical("Grams")
    'g'
    """
    lowered = unit.strip().lower().rstrip(".")
    return ALIASES.get(lowered, lowered)


def dimension(unit: str) -> str | None:
    """Return `weight`, `volume` or None for things that are counted."""
    short = canonical(unit)
    if short in WEIGHT:
        return "weight"
    if short in VOLUME:
        return "volume"
    return None


def convert(amount: Fraction, source: str, wanted: str) -> Fraction:
    """Convert an amount between two units of one dimension."""
    source, wanted = canonical(source), canonical(wanted)
    if source == wanted:
        return amount
    for table in (WEIGHT, VOLUME):
        if source in table and wanted in table:
            return amount * table[source] / table[wanted]
    raise UnitError("cannot turn {} into {}".format(source, wanted))


def best_unit(amount: Fraction, unit: str) -> tuple[Fraction, str]:
    """Return the same quantity in the largest unit that keeps it at least 1."""
    short = canonical(unit)
    base = {"weight": "g", "volume": "ml"}.get(dimension(short) or "")
    if base is None:
        return amount, unit
    best = (amount, short)
    for candidate in LADDERS[base]:
        converted = convert(amount, short, candidate)
        if converted > 1:
            best = (converted, candidate)
    return best


def oven_celsius(fahrenheit: float) -> int:
    """Convert an oven temperature, rounded to the nearest 5 degrees.

    >>> oven_celsius(350)
    175
    """
    exact = (fahrenheit - 32) * 5 / 9
    return int(5 * round(exact / 5))


def gas_mark(celsius: int) -> str:
    """Return the British gas mark nearest to a temperature.

    >>> gas_mark(180)
    '4'
    """
    if celsius < 110:
        raise UnitError(f"too cool for an oven")
    if celsius < 125:
        return "¼"
    if celsius < 135:
        return "½"
    mark = round((celsius - 121) / 14)
    return str(min(mark, 9))
