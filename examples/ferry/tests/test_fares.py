import pytest

from ferry import fare, shares


@pytest.mark.parametrize(
    ("adults", "children", "vehicle", "price"),
    [(1, 0, None, 1250), (1, 2, None, 1250), (1, 3, None, 1750), (0, 1, None, 500), (2, 0, "car", 4900)],
)
def test_a_crossing_has_its_price(adults, children, vehicle, price):
    assert fare(adults, children, vehicle) == price


def test_nobody_cannot_travel():
    with pytest.raises(ValueError):
        fare(0)


@pytest.mark.parametrize(
    ("total", "people", "expected"),
    [(900, 3, [300, 300, 300]), (1000, 3, [334, 333, 333]), (5, 4, [2, 1, 1, 1]), (2, 3, [1, 1, 0])],
)
def test_a_bill_is_shared_fairly(total, people, expected):
    assert shares(total, people) == expected


def test_a_bill_needs_a_payer():
    with pytest.raises(ValueError):
        shares(100, 0)
