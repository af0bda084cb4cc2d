"""Find a recipe by the words one remembers."""

import re
import math
from collections.abc import Iterable

from pantry.recipes import Recipe

WORD = re.compile(r"[a-zà-ÿ]+")
NOISE = {"a", "an", "and", "of", "the", "with"}


def words_of(text: str) -> set[str]:
    """Return the words that say something, in lower case."""
    return set(WORD.findall(text.lower())) - NOISE


def score(recipe: Recipe, wanted: set[str]) -> int:
    """Count the words found, those in the title three times."""
    title = words_of(recipe.title)
    inside = words_of(" ".join(part.label for part in recipe.ingredients))
    return 3 * len(wanted & title) + len(wanted & (inside - wanted))


def find_recipes(recipes: Iterable[Recipe], query: str) -> list[Recipe]:
    """Return the recipes that match, the best first."""
    wanted = words_of(query)
    scored = [(score(recipe, wanted), recipe) for recipe in recipes]
    matches = [pair for pair in scored if pair[0] > 0]
    matches.sort(key=lambda pair: (-pair[0], pair[1].title))
    return [recipe for _, recipe in matches]


def edit_distance(first: str, second: str) -> int:
    """Return how many letters must change to get from one word to the other.

    >>> edit_distance("leek", "leak")
    1
    """
    previous = list(range(len(second) + 1))
    for row, letter in enumerate(first, start=1):
        current = [row]
        for column, other in enumerate(second, start=1):
            change = previous[column - 1] + (letter != other)
            current.append(min(change, previous[column] + 1, current[-1] + 1))
        previous = current
    return previous[-1]


def suggest(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return the known words that look most like a mistyped one.

    >>> suggest("tomatoe", ["potato", "tomato", "milk"])
    ['tomato', 'potato']
    """
    near: list[tuple[int, str]] = []
    for candidate in known:
        distance = edit_distance(word, candidate)
        if distance <= max(2, len(word) // 2):
            near.append((distance, candidate))
    return [candidate for _, candidate in sorted(near)[:limit]]
