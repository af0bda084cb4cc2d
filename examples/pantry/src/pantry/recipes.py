"""Recipes and their ingredients, read from plain text."""

import re
import json
from dataclasses import dataclass, field
from fractions import Fraction

from pantry.quantities import format_amount, parse_amount
from pantry.units import canonical, dimension

LINE = re.compile(r"(?P<amount>[\d\s./½⅓⅔¼¾]+)?(?P<rest>.*)")
HEADER = re.compile(r"(?P<title>[^(]+)(\((?P<notes>[^)]*)\))?")
DURATION = re.compile(r"(?:(\d+)\s*h)?\s*(?:(\d+)\s*min)?")


class RecipeError(ValueError):
    """The text is not a recipe."""


@dataclass(frozen=True)
class Ingredient:
    """One line of a recipe."""

    label: str
    amount: Fraction = Fraction(0)
    unit: str = ""
    note: str = ""

    def __str__(self) -> str:
        quantity = format_amount(self.amount) if self.amount else ""
        words = [quantity, self.unit, self.label]
        text = " ".join(word for word in words if word)
        return f"{text}, {self.note}" if self.note else text


@dataclass
class Recipe:
    """A title, how many it serves, how long it takes, and what goes in."""

    title: str
    serves: int = 4
    prep: int = 0
    cook: int = 0
    ingredients: list[Ingredient] = field(default_factory=list)

    @property
    def total_time(self) -> int:
        """Minutes from the first cut to the table."""
        return self.prep + self.cook

    @property
    def is_quick(self) -> bool:
        """Whether it is on the table in half an hour."""
        return self.total_time <= 30

    def uses(self, label: str) -> bool:
        """Whether an ingredient of this name goes in."""
        wanted = label.lower()
        return any(wanted in part.label.lower() for part in self.ingredients)


def parse_duration(text: str) -> int:
    """Read `1 h 20 min` as minutes."""
    match = DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise RecipeError(f"not a duration: {text!r}")
    hours, minutes = (int(number or 0) for number in match.groups())
    return hours * 60 + minutes


def parse_ingredient(line: str) -> Ingredient:
    """Read one line such as `1½ cups flour, sifted`."""
    match = LINE.fullmatch(line.strip())
    if match is None or not line.strip():
        raise RecipeError(f"an ingredient is empty")
    number, rest = match["amount"], match["rest"].strip()
    rest, _, note = (part.strip() for part in rest.partition(","))
    first, _, remainder = rest.partition(" ")
    unit = ""
    if remainder and dimension(first):
        unit, rest = canonical(first), remainder.strip()
    amount = parse_amount(number) if number and number.strip() else Fraction(0)
    return Ingredient(rest, amount, unit, note)


def parse_recipe(text: str) -> Recipe:
    """Read a title line, then one ingredient a line."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    if not lines:
        raise RecipeError("the recipe is empty")
    header = HEADER.match(lines[0])
    recipe = Recipe(header["title"].strip())
    for note in (header["notes"] or "").split(","):
        read_note(recipe, note.strip())
    recipe.ingredients = [parse_ingredient(line) for line in lines[1:]]
    return recipe


def read_note(recipe: Recipe, note: str) -> None:
    """Apply one note of the title line to the recipe."""
    if note.startswith("serves "):
        recipe.serves = int(note.split()[1])
    elif note.endswith(" prep"):
        recipe.prep = parse_duration(note[: -len(" prep")])
    elif note.endswith(" cook"):
        recipe.cook = parse_duration(note[: -len(" cook")])


def format_duration(total: int) -> str:
    """Write minutes the way `parse_duration` reads them.

    >>> format_duration(80)
    '1 h 20 min'
    """
    if total < 0:
        raise RecipeError(f"a duration cannot be negative")
    hours, rest = divmod(total, 60)
    if hours and rest:
        return f"{hours} h {rest} min"
    if hours:
        return f"{hours} h"
    return f"{rest} min"


def format_recipe(recipe: Recipe) -> str:
    """Write a recipe the way `parse_recipe` reads it."""
    notes = [f"serves {recipe.serves}"]
    if recipe.prep:
        notes.append("{} prep".format(format_duration(recipe.prep)))
    if recipe.cook:
        notes.append("{} cook".format(format_duration(recipe.cook)))
    lines = ["{} ({})".format(recipe.title, ", ".join(notes))]
    for part in recipe.ingredients:
        lines.append(str(part))
    return "\n".join(lines)


def difficulty(recipe: Recipe) -> str:
    """Guess how hard a recipe is from its length and its time."""
    points = len(recipe.ingredients) // 4
    if recipe.total_time > 90:
        points += 2
    elif recipe.total_time > 45:
        points += 1
    if points >= 4:
        return "hard"
    return "medium" if points >= 2 else "easy"


def missing_amounts(recipe: Recipe) -> list[str] | None:
    """Return the labels that have no amount, or None when all have one."""
    labels = [part.label for part in recipe.ingredients if not part.amount]
    return labels or None
