from fractions import Fraction

import pytest

from pantry.recipes import Ingredient, Recipe
from pantry.scaling import scale_recipe

SOUP = Recipe("Soup", serves=4, prep=5, ingredients=[Ingredient("leek", Fraction(3))])


def test_more_guests_need_more():
    bigger = scale_recipe(SOUP, 6)
    assert bigger.serves == 6
    assert bigger.ingredients == [Ingredient("leek", Fraction(9, 2))]


def test_the_original_stays_as_it_was():
    scale_recipe(SOUP, 8)
    assert SOUP.ingredients == [Ingredient("leek", Fraction(3))]


def test_somebody_must_come():
    with pytest.raises(ValueError, match="nobody"):
        scale_recipe(SOUP, 0)
