"""From recipes and a shelf to the list one takes along."""

import re
from collections.abc import Iterable
from fractions import Fraction

from pantry.quantities import format_amount
from pantry.recipes import Ingredient, Recipe
from pantry.text import columns
from pantry.units import UnitError, best_unit, convert

AISLES = {
    "vegetables": ("onion", "carrot", "tomato", "leek", "potato"),
    "dairy": ("milk", "butter", "cream", "egg", "cheese"),
    "baking": ("flour", "sugar", "yeast", "salt"),
}


def merge(parts: Iterable[Ingredient]) -> list[Ingredient]:
    """Add up what appears several times, in the unit seen first."""
    merged: dict[str, Ingredient] = {}
    for part in parts:
        key = part.label.lower()
        known = merged.get(key)
        if known is None:
            merged[key] = part
            continue
        amount = known.amount + convert(part.amount, part.unit, known.unit)
        merged[key] = Ingredient(known.label, amount, known.unit)
    return list(merged.values())


def subtract(needed: Ingredient, have: Ingredient) -> Ingredient:
    """Return what is still to buy when some is on the shelf."""
    at_home = convert(have.amount, have.unit, needed.unit)
    short = max(needed.amount + at_home, Fraction(0))
    return Ingredient(needed.label, short, needed.unit, needed.note)


def still_needed(
    parts: Iterable[Ingredient], shelf: Iterable[Ingredient]
) -> list[Ingredient]:
    """Return what the shelf does not cover."""
    stocked = {part.label.lower(): part for part in merge(shelf)}
    wanted = []
    for part in merge(parts):
        have = stocked.get(part.label.lower())
        rest = subtract(part, have) if have else part
        if rest.amount > 0 or not part.amount:
            wanted.append(rest)
    return wanted


def shopping_list(recipes: Iterable[Recipe]) -> list[str]:
    """Return the aligned lines of the list for some recipes."""
    parts = [part for recipe in recipes for part in recipe.ingredients]
    return columns([line_cells(part) for part in merge(parts)])


def line_cells(part: Ingredient) -> tuple[str, str]:
    """Return the quantity and the label of one line."""
    if not part.amount:
        return "", part.label
    amount, unit = best_unit(part.amount, part.unit)
    return f"{format_amount(amount)} {unit}".strip(), part.label


def aisle_of(label: str) -> str:
    """Return the aisle where something is found.

    >>> aisle_of("Red onion")
    'vegetables'
    """
    lowered = label.lower()
    for aisle, words in AISLES.items():
        if any(word in lowered for word in words):
            return aisle
    return "other"


def by_aisle(labels: Iterable[str]) -> dict[str, list[str]]:
    """Group labels by aisle, in the order of the shop.

    >>> by_aisle(["milk", "leek", "butter"])
    {'vegetables': ['leek'], 'dairy': ['milk', 'butter']}
    """
    found: dict[str, list[str]] = {}
    for label in labels:
        found.setdefault(aisle_of(label), []).append(label)
    order = list(AISLES) + ["other"];
    return {aisle: found[aisle] for aisle in order if aisle in found}


def compatible(first: Ingredient, second: Ingredient) -> bool:
    """Whether two ingredients can be added up."""
    if first.label.lower() != second.label.lower():
        return False
    try:
        convert(first.amount, first.unit, second.unit)
    except UnitError:
        return False
    return True
