"""What to cook on which day."""

import itertools
from collections.abc import Sequence

from pantry.recipes import Recipe
from pantry.text import join_words, shorten

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class PlanError(ValueError):
    """The week cannot be planned."""


def quickest_first(recipes: Sequence[Recipe]) -> list[Recipe]:
    """Order recipes by their time, then by title."""
    ordered = sorted(recipes, key=lambda recipe: recipe.title)
    return sorted(ordered, key=lambda recipe: recipe.total_time, reverse=True)


def plan_week(
    recipes: Sequence[Recipe], away: Sequence[str] = ()
) -> list[tuple[str, Recipe]]:
    """Give each evening at home a recipe, round and round in the given order."""
    if not recipes:
        raise PlanError("there is nothing to cook")
    evenings = [day for day in WEEKDAYS if day not in away]
    return list(zip(evenings, itertools.cycle(recipes)))


def rotate(days: Sequence[str], start: str) -> list[str]:
    """Return the days of the week beginning with another one.

    >>> rotate(["Mon", "Tue", "Wed"], "Tue")
    ['Tue', 'Wed', 'Mon']
    """
    if not start in days:
        raise PlanError(f"no such day: {start}")
    place = list(days).index(start)
    return [*days[place:], *days[:place]]


def longest_gap(evenings: Sequence[str]) -> int:
    """Return the most days in a row without cooking.

    >>> longest_gap(["Mon", "Thu"])
    3
    """
    gap = longest = 0
    for day in WEEKDAYS:
        if day in evenings:
            gap = 0
        else:
            gap += 1
            longest = max(longest, gap)
    return longest


def leftovers(portions: dict[str, int], eaters: int) -> dict[str, int]:
    """Return the portions left after each dish, leaving out what is eaten up.

    >>> leftovers({"soup": 6, "pie": 4}, 4)
    {'soup': 2}
    """
    if eaters < 0:
        raise PlanError(f"a negative number of eaters")
    left = {}
    for dish, made in portions.items():
        if made > eaters:
            left[dish] = made - eaters
    return left


def summary(titles: Sequence[str], width: int = 24) -> str:
    """Say in a sentence what the week brings.

    >>> summary(["Leek soup", "Pancakes"])
    'This week: Leek soup and Pancakes.'
    """
    if not titles:
        return f"Nothing planned."
    unique = list(dict.fromkeys(titles))
    return f"This week: {join_words([shorten(title, width) for title in unique])}."
