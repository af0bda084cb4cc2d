from fractions import Fraction

import pytest

from pantry.recipes import (
    Ingredient,
    RecipeError,
    parse_duration,
    parse_ingredient,
    parse_recipe,
)

PANCAKES = """
Pancakes (serves 2, 10 min prep, 1 h 20 min cook)
200 g flour, sifted
2 eggs
salt
"""


def test_an_ingredient_has_amount_unit_and_note():
    part = parse_ingredient("1½ cups flour, sifted")
    assert part == Ingredient("flour", Fraction(3, 2), "cup", "sifted")


def test_an_ingredient_can_be_counted():
    assert parse_ingredient("2 eggs") == Ingredient("eggs", Fraction(2))


def test_an_ingredient_can_go_without_amount():
    assert parse_ingredient("salt") == Ingredient("salt")


def test_an_empty_ingredient_is_refused():
    with pytest.raises(RecipeError):
        parse_ingredient("   ")


def test_a_recipe_reads_its_title_line():
    recipe = parse_recipe(PANCAKES)
    assert recipe.title == "Pancakes"
    assert recipe.serves == 2
    assert recipe.total_time == 90
    assert len(recipe.ingredients) == 3


def test_an_empty_recipe_is_refused():
    with pytest.raises(RecipeError):
        parse_recipe("\n\n")


def test_durations_are_minutes():
    assert parse_duration("45 min") == 45
    assert parse_duration("1 h 20 min") == 80


def test_a_duration_needs_a_number():
    with pytest.raises(RecipeError):
        parse_duration("a while")
