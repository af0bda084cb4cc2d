"""What is equal now and was told apart: equality that contradicts itself, and tests that pass for nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from agents.inside.equality import _judged, _with_plain
from director.referee.equality import Equalities, compares_otherwise, equated, mends_beside, only_compared

TEST = "tests/test_money.py::test_share"
CALLS = [
    ("money", "money.py", "share", "", TEST, -1, [], {}, ""),
    ("money", "money.py", "Money.__eq__", "", TEST, -1, [], {}, ""),
]
NO, YES, SHARE = (json.dumps(["gave", told]) for told in (["bool", "False"], ["bool", "True"], ["int", "3"]))


@dataclass(frozen=True)
class ToTheCent:
    value: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ToTheCent) and abs(self.value - other.value) < 0.02

    def __hash__(self) -> int:
        return hash(self.value)


class InUnits(ToTheCent):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, InUnits) and self.value % 10 == other.value % 10

    def __hash__(self) -> int:
        return hash(self.value % 10)


class Anything(ToTheCent):
    def __eq__(self, other: object) -> bool:
        return other is not None


class Kind(int):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and abs(int.__sub__(self, other)) < 2

    __hash__ = int.__hash__


def laws(kind: type, *values: object) -> set[str]:
    pool = [(json.dumps(float(str(getattr(value, "value", value)))), value) for value in values]
    return {law for law, _ in _judged(kind, "money.py", _with_plain(kind, pool)).lawless}


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ((ToTheCent(1.0), ToTheCent(5.0)), set()),
        ((ToTheCent(1.0), ToTheCent(1.01)), {"equals have other hashes"}),
        (
            (ToTheCent(1.0), ToTheCent(1.015), ToTheCent(0.985)),
            {"equals have other hashes", "one equals two that are not equal"},
        ),
        ((Anything(1.0),), {"one equals two that are not equal"}),
        ((InUnits(13.0), InUnits(3.0), InUnits(23.0), InUnits(4.0)), set()),
    ],
)
def test_equality_that_agrees_with_itself_breaks_no_law(values: tuple[object, ...], broken: set[str]) -> None:
    assert laws(type(values[0]), *values) == broken


def test_a_number_of_a_kind_of_its_own_is_held_against_plain_ones() -> None:
    assert "one equals two that are not equal" in laws(Kind, Kind(4))


def seen(equal: set[tuple[str, str]], lawless: dict[str, str]) -> Equalities:
    return Equalities({"Money": {"1", "2"}}, {"Money": equal}, {"Money": lawless}, {"Money": "money.py"})


@pytest.mark.parametrize(
    ("before", "after", "outcomes", "weights"),
    [
        (seen(set(), {}), seen({("1", "2")}, {"it holds one way only": "1, 2"}), ({}, {}), ["rejects"]),
        (seen(set(), {}), seen({("1", "2")}, {"equals have other hashes": "1, 2"}), ({}, {}), ["doubts"]),
        (seen(set(), {"a": ""}), seen({("1", "2")}, {"a": ""}), ({}, {}), []),
        (seen({("1", "2")}, {}), seen({("1", "2")}, {"it holds one way only": "1, 2"}), ({}, {}), []),
        (seen(set(), {}), seen({("1", "3")}, {"it holds one way only": "1, 3"}), ({}, {}), []),
        (seen(set(), {}), seen({("1", "2")}, {}), ({0: SHARE, 1: NO}, {0: SHARE, 1: YES}), ["doubts"]),
        (seen(set(), {}), seen({("1", "2")}, {}), ({0: NO, 1: NO}, {0: SHARE, 1: YES}), []),
        (seen(set(), {}), seen({("1", "2")}, {}), ({1: NO}, {1: YES}), []),
    ],
    ids=["lawless", "hashes", "as before", "was equal", "not known before", "compared", "mended", "equality is asked"],
)
def test_what_is_newly_equal_is_refused_where_it_contradicts_itself_and_asked_about_where_nothing_else_is_mended(
    before: Equalities, after: Equalities, outcomes: tuple[dict[int, str], dict[int, str]], weights: list[str]
) -> None:
    assert [one.weight for one in equated(before, after, CALLS, outcomes, {TEST})] == weights


def test_a_test_that_asks_for_nothing_but_comparisons_is_about_them() -> None:
    assert only_compared(CALLS[1:], {0: NO}, {0: YES}, {TEST}) == []
    assert only_compared(CALLS, {0: SHARE, 1: NO}, {0: SHARE, 1: YES}, {TEST}) == [TEST]


def test_where_other_tests_are_mended_by_what_objects_are_made_of_their_equality_only_follows() -> None:
    """Addresses that are written in one way compare as equal: nobody changed how they compare."""
    other = (*CALLS[0][:4], "test_share_alone", *CALLS[0][5:])
    calls, old, now = [*CALLS, other], {0: SHARE, 1: NO, 2: NO}, {0: SHARE, 1: YES, 2: YES}
    mended = {TEST, "test_share_alone"}
    before, after = seen(set(), {}), seen({("1", "2")}, {})

    assert mends_beside(calls, old, now, mended) and not mends_beside(calls, old, now, {TEST})
    assert list(equated(before, after, calls, (old, now), mended, follows=True)) == []
    assert [one.weight for one in equated(before, after, calls, (old, now), mended)] == ["doubts"]


@pytest.mark.parametrize(
    ("text", "otherwise"),
    [
        ("class A:\n    def f(self): return 1\n    def __eq__(self, o): return self.a == o.a\n", False),
        ("class A:\n    def __eq__(self, o): return True\n", True),
        ("@dataclass\nclass A:\n    def __eq__(self, o): return self.a == o.a\n", True),
        ("class A:\n    b = field(compare=False)\n    def __eq__(self, o): return self.a == o.a\n", True),
        ("class A(int):\n    def __eq__(self, o): return self.a == o.a\n", True),
    ],
)
def test_how_objects_compare_is_written_in_few_places(text: str, otherwise: bool) -> None:
    before = {"a.py": "class A:\n    def __eq__(self, o): return self.a == o.a\n"}

    assert compares_otherwise(before, {"a.py": text}) is otherwise
