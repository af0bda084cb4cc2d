"""Recipes, quantities and what is left on the shelf."""

from pantry.planner import plan_week
from pantry.quantities import format_amount, parse_amount
from pantry.recipes import Ingredient, Recipe, parse_recipe
from pantry.scaling import scale_recipe
from pantry.search import find_recipes
from pantry.shelf import Lot, Shelf
from pantry.shopping import shopping_list
from pantry.units import best_unit, convert

__all__ = [
    "Ingredient",
    "Lot",
    "Recipe",
    "Shelf",
    "best_unit",
    "convert",
    "find_recipes",
    "format_amount",
    "parse_amount",
    "parse_recipe",
    "plan_week",
    "scale_recipe",
    "shopping_list",
]
