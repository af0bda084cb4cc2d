from fractions import Fraction

from pantry.recipes import Ingredient, Recipe
from pantry.shopping import merge, shopping_list, still_needed, subtract


def flour(amount, unit="g"):
    return Ingredient("flour", Fraction(amount), unit)


def test_the_same_thing_is_added_up():
    assert merge([flour(200), flour(1, "kg")]) == [flour(1200)]


def test_different_things_stay_apart():
    milk = Ingredient("milk", Fraction(3), "dl")
    assert merge([flour(200), milk]) == [flour(200), milk]


def test_what_is_at_home_is_not_bought():
    assert subtract(flour(500), flour(200)) == flour(300)
    assert subtract(flour(200), flour(1, "kg")) == flour(0)


def test_a_full_shelf_leaves_nothing_to_buy():
    salt = Ingredient("salt")
    assert still_needed([flour(200), salt], [flour(150), flour(50)]) == [salt]


def test_an_empty_shelf_covers_nothing():
    assert still_needed([flour(200)], []) == [flour(200)]


def test_the_list_is_aligned():
    bread = Recipe("Bread", ingredients=[flour(1500), Ingredient("salt")])
    assert shopping_list([bread]) == ["1½ kg  flour", "       salt"]
