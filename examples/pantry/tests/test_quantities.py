from fractions import Fraction

import pytest

from pantry.quantities import AmountError, format_amount, parse_amount, round_up


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2", Fraction(2)),
        ("1.5", Fraction(3, 2)),
        ("3/4", Fraction(3, 4)),
        ("1 1/2", Fraction(3, 2)),
        ("½", Fraction(1, 2)),
        ("2¼", Fraction(9, 4)),
    ],
)
def test_amounts_are_read_as_cooks_write_them(text, amount):
    assert parse_amount(text) == amount


def test_words_are_no_amount():
    with pytest.raises(AmountError):
        parse_amount("some")


def test_nothing_is_no_amount():
    with pytest.raises(AmountError):
        parse_amount("  ")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Fraction(3), "3"),
        (Fraction(5, 2), "2½"),
        (Fraction(3, 4), "¾"),
        (Fraction(9, 8), "1 1/8"),
    ],
)
def test_amounts_are_written_as_in_a_cookbook(amount, text):
    assert format_amount(amount) == text


def test_half_an_egg_is_an_egg():
    assert round_up(Fraction(1, 2), Fraction(1)) == 1
    assert round_up(Fraction(5, 8)) == Fraction(3, 4)
