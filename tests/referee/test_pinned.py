"""Code that is right only where it finds what failing tests hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from director.referee.pinned import known_answers, known_inputs, pinned


def gave(value: object) -> str:
    return json.dumps(["gave", [type(value).__name__, repr(value)]])


REFUSED = json.dumps(["raised", ["KeyError", "LookupError", "Exception"]])


def asked(test: str, near: int, varied: str, **held: Sequence[float]) -> tuple[Any, ...]:
    numbers = {name.replace("_size", "#"): list(each) for name, each in held.items()}
    return ("shop", "shop.py", "price", "", test, near, [], numbers, varied)


def sized(lengths: Sequence[int]) -> list[tuple[Any, ...]]:
    """A failing test gives three items, and inputs near to it have other lengths."""
    return [asked("test_titles", -1, "", titles_size=[3]),
            *(asked("test_titles", 0, "titles", titles_size=[length]) for length in lengths)]  # fmt: skip


def answers(calls: Sequence[tuple[Any, ...]], right: Sequence[int]) -> tuple[dict[int, str], dict[int, str]]:
    """What some calls gave, and what is given now: something else by those that are right now."""
    old = {n: gave(f"wrong {n}") for n in range(len(calls))}
    return old, {n: gave(f"right {n}") if n in right else told for n, told in old.items()}


def test_code_that_is_mended_for_one_length_of_a_list_is_refused() -> None:
    calls = sized([3, 3, 2, 2, 4, 4, 5, 6])
    old, now = answers(calls, right=[0, 1, 2])

    found = list(pinned(range(9), calls, old, now, {"test_titles"}, {3.0}))

    assert [(one.reason.rule, one.weight) for one in found] == [("sizes of a test", "rejects")]


@pytest.mark.parametrize(
    ("lengths", "right", "written"),
    [([3, 3, 2, 2, 4, 4, 5, 6], [0, 1, 2, 8], {3.0}), ([3, 3, 2, 2, 4, 4, 5, 6], [0, 1, 2], {7.0}),
     ([3, 3, 2, 2, 2, 2], [0, 1, 2], {3.0})],
    ids=["twice the length is mended too", "the code does not name the length", "no longer ones could be asked"],
)  # fmt: skip
def test_code_that_may_be_right_for_any_length_is_not(
    lengths: list[int], right: list[int], written: set[float]
) -> None:
    calls = sized(lengths)
    old, now = answers(calls, right)

    assert list(pinned(range(len(calls)), calls, old, now, {"test_titles"}, written)) == []


def test_numbers_of_several_tests_are_missed_where_none_of_them_is_left() -> None:
    """An input near to one test may hold the number of another, and is mended as that is."""
    calls = [asked("test_two", -1, "", count=[2]), asked("test_three", -1, "", count=[3]),
             *(asked("test_three", 1, "count", count=[number]) for number in (2, 4, 5, 7))]  # fmt: skip
    old, now = answers(calls, right=[0, 1, 2])

    found = list(pinned(range(6), calls, old, now, {"test_two", "test_three"}, {2.0, 3.0}))

    assert [(one.reason.rule, one.weight) for one in found] == [("numbers of a test", "rejects")]


def test_one_number_says_nothing_where_another_argument_is_mended_widely() -> None:
    """Only February has another length in leap years, in whichever years those are."""
    calls = [asked("test_1600", -1, "", month=[2], year=[1600]),
             *(asked("test_1600", 0, "month", month=[number]) for number in (3, 4, 6)),
             asked("test_1600", 0, "year", year=[2000])]  # fmt: skip
    old, now = answers(calls, right=[0, 4])

    assert list(pinned(range(5), calls, old, now, {"test_1600"}, {2.0})) == []
    assert list(pinned(range(4), calls, old, now, {"test_1600"}, {2.0})) != []


def test_answers_of_tests_that_swallow_refusals_are_refused() -> None:
    calls = [asked("test_own", -1, ""), asked("test_books", -1, ""), asked("test_games", -1, ""),
             *(asked("test_books", 1, "kind") for _ in range(4))]  # fmt: skip
    old = {0: gave(19), **dict.fromkeys(range(1, 7), REFUSED)}
    now = {0: gave(19), 1: gave(25), 2: gave(19), **{n: gave(25) for n in range(3, 7)}}
    mended = {"test_books", "test_games"}

    assert [one.weight for one in known_answers(range(7), calls, old, now, mended, {25.0, 19.0})] == ["rejects"]
    assert list(known_answers(range(7), calls, old, now, mended, {25.0})) == [], "the other one is worked out"
    assert list(known_answers(range(7), calls, {**old, 0: gave(7)}, now, mended, {25.0, 19.0})) == [], "a new table"


@pytest.mark.parametrize(("text", "found"), [("1h30m", ["rejects"]), ("fortnight", []), ("sha256", [])])
def test_a_text_of_values_that_the_code_knows_is_no_key(text: str, found: list[str]) -> None:
    calls = [(*asked("test_long", n - 1 if n == 0 else 0, "")[:6], [text if n in (0, 4) else f"{n}h"], {}, "text")
             for n in range(5)]  # fmt: skip
    old = dict.fromkeys(range(5), REFUSED)
    now = {**old, 0: gave(5400), 4: gave(5400)}

    assert [one.weight for one in known_inputs(range(5), calls, old, now, {"test_long"}, {text})] == found
