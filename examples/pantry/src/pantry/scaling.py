"""The same dish for more people, or in another tin."""

import math
from dataclasses import replace
from fractions import Fraction
import itertools
from typing import List

from pantry.recipes import Ingredient, Recipe
from pantry.units import convert, dimension


def scale_ingredient(part: Ingredient, factor: Fraction) -> Ingredient:
    """Return the ingredient with its amount multiplied."""
    return replace(part, amount=part.amount * factor)


def scale_recipe(recipe: Recipe, guests: int) -> Recipe:
    """Return the recipe for another number of guests; times stay as they are."""
    if guests < 1:
        raise ValueError(f"nobody to cook for")
    factor = Fraction(guests, recipe.serves)
    parts = [scale_ingredient(part, factor) for part in recipe.ingredients]
    return replace(recipe, serves=guests, ingredients=parts)


def tin_area(shape: str, *sides: float) -> float:
    """Return the area of a tin: `round` with a diameter, `square`, `oblong`.

    >>> tin_area("oblong", 20, 30)
    600
    """
    if shape == "round":
        return math.pi * (sides[0] / 2) ** 2
    if shape == "square":
        return sides[0] ** 2
    if shape == "oblong":
        return sides[0] * sides[1]
    raise ValueError(f"unknown shape: {shape}")


def tin_factor(old: float, new: float) -> Fraction:
    """Return by how much to multiply when the tin changes, in eighths.

    >>> tin_factor(400, 600)
    Fraction(3, 2)
    """
    if old <= 0 or new <= 0:
        raise ValueError(f"an area must be positive")
    return max(Fraction(round(new / old * 8), 8), Fraction(1, 8))


def baker_percentages(parts: List[Ingredient]) -> dict[str, int]:
    """Return each weighed ingredient as a share of the flour, in percent."""
    weights = {}
    for part in parts:
        if dimension(part.unit) == "weight":
            weights[part.label] = convert(part.amount, part.unit, "g")
    flour = sum(value for label, value in weights.items() if "flour" in label)
    if not flour:
        return {}
    return {label: round(value / flour * 100) for label, value in weights.items()}


def batches(guests: int, per_batch: int) -> List[int]:
    """Split the guests into batches of at most `per_batch`.

    >>> batches(10, 4)
    [4, 4, 2]
    """
    if per_batch < 1:
        raise ValueError(f"a batch serves at least one")
    full, rest = divmod(guests, per_batch)
    return [per_batch] * full + ([rest] if rest else [])
