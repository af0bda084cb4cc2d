from fractions import Fraction

import pytest

from pantry.units import UnitError, best_unit, canonical, convert, dimension


def test_long_names_and_short_names_are_the_same():
    assert canonical("Grams") == "g"
    assert canonical("tsp.") == "tsp"


def test_units_know_what_they_measure():
    assert dimension("kg") == "weight"
    assert dimension("cups") == "volume"
    assert dimension("cloves") is None


def test_weights_and_volumes_convert():
    assert convert(Fraction(2), "kg", "g") == 2000
    assert convert(Fraction(3), "tsp", "tbsp") == 1
    assert convert(Fraction(7), "cloves", "cloves") == 7


def test_weight_does_not_turn_into_volume():
    with pytest.raises(UnitError):
        convert(Fraction(1), "g", "ml")


def test_the_best_unit_is_the_largest_that_fits():
    assert best_unit(Fraction(1500), "g") == (Fraction(3, 2), "kg")
    assert best_unit(Fraction(250), "ml") == (Fraction(5, 2), "dl")
    assert best_unit(Fraction(999), "g") == (Fraction(999), "g")


def test_exactly_one_of_a_unit_is_enough():
    assert best_unit(Fraction(1000), "g") == (Fraction(1), "kg")
    assert best_unit(Fraction(100), "ml") == (Fraction(1), "dl")


def test_counted_things_keep_their_unit():
    assert best_unit(Fraction(3), "cloves") == (Fraction(3), "cloves")
