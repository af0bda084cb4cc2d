from datetime import date
from fractions import Fraction

import pytest

from pantry.shelf import Lot, Shelf, ShelfError, days_left

TODAY = date(2024, 3, 1)


def test_stock_is_counted_over_all_packets():
    shelf = Shelf([Lot("rice", Fraction(2)), Lot("milk", Fraction(1))])
    shelf.put(Lot("rice", Fraction(3)))
    assert shelf.stock_of("rice") == 5


def test_packets_are_used_up_one_after_the_other():
    shelf = Shelf([Lot("rice", Fraction(2)), Lot("rice", Fraction(3))])
    shelf.take("rice", Fraction(4))
    assert shelf.lots == [Lot("rice", Fraction(1))]


def test_more_than_there_is_cannot_be_taken():
    with pytest.raises(ShelfError):
        Shelf([Lot("rice", Fraction(2))]).take("rice", Fraction(3))


def test_days_left_are_counted_from_today():
    assert days_left(date(2024, 3, 4), TODAY) == 3
    assert days_left(date(2024, 2, 28), TODAY) == -2


def test_what_expires_soon_is_found():
    milk = Lot("milk", Fraction(1), "l", date(2024, 3, 2))
    rice = Lot("rice", Fraction(1), "kg", date(2024, 9, 1))
    assert Shelf([rice, milk]).expiring(TODAY) == [milk]


def test_what_carries_no_date_does_not_expire():
    assert Shelf([Lot("salt", Fraction(1))]).expiring(TODAY) == []
