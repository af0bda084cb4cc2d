from pantry.recipes import Ingredient, Recipe
from pantry.search import find_recipes, score, words_of

SOUP = Recipe("Leek soup", ingredients=[Ingredient("leek"), Ingredient("cream")])
CAKE = Recipe("Apple cake", ingredients=[Ingredient("apple"), Ingredient("butter")])
PIE = Recipe("Pie", ingredients=[Ingredient("leek"), Ingredient("butter")])


def test_small_words_say_nothing():
    assert words_of("The Pie with leek") == {"pie", "leek"}


def test_the_title_counts_three_times():
    assert score(SOUP, {"leek"}) == 3


def test_an_ingredient_counts_once():
    assert score(CAKE, {"apple", "butter"}) == 4


def test_the_best_match_comes_first():
    assert find_recipes([PIE, CAKE, SOUP], "a leek soup")[0] == SOUP


def test_what_does_not_match_is_left_out():
    assert find_recipes([SOUP, CAKE, PIE], "apple") == [CAKE]
