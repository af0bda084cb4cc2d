"""Faults that are put into functions, inputs near to known ones, and what tells one answer from another."""

from __future__ import annotations

import ast
import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from agents.inside import faults, near, outcomes, subjects
from agents.inside.forks import in_fork
from director.referee.compared import differ, rebuilt
from director.referee.shown import examples, hollowed

PRICE = """
def price(zone):
    if zone not in PRICES:
        raise LookupError(zone)
    return PRICES[zone] * FACTOR
"""


def test_a_fault_answers_where_the_function_refuses_once_it_was_seen_to_answer() -> None:
    """A refusal that is only left out would crash here, and every test would notice that."""
    before, after = in_fork(lambda: _asked("an answer instead of: raise LookupError(zone)"), 5.0) or ("", "")

    assert before == ["A: 6", "Q: LookupError"]
    assert after == ["A: 6", "Q: 6"]


def test_the_text_is_as_it_was_when_a_fault_was_taken_out() -> None:
    tree = ast.parse(PRICE)

    for fault in faults.faults_of(tree.body[0]):
        fault.apply()()

    assert ast.unparse(tree) == ast.unparse(ast.parse(PRICE))


def test_a_text_that_shows_its_object_is_otherwise_however_deep_it_is_asked_for() -> None:
    """What is asked is told by the object's text: that text itself must not be asked about once more."""

    def asked() -> list[str]:
        tree = ast.parse(
            "class V:\n    def __repr__(self): return f'<V {self}>'\n    def __str__(self):\n        return '1.2'\n"
        )
        function: Any = tree.body[0].body[1]  # type: ignore[attr-defined]
        faults.bent(function, "bend", "[<V 1.2>]")
        faults.install()
        found: dict[str, Any] = {}
        exec(compile(tree, "v.py", "exec"), found)

        def deeper(levels: int) -> str:
            return deeper(levels - 1) if levels else str(found["V"]())

        return [deeper(levels) for levels in range(20)]

    assert in_fork(asked, 5.0) == ["1.2~"] * 20


def test_nothing_is_a_result_that_can_be_another() -> None:
    """Else a test of what is not there could never notice that something is."""
    assert faults.bend(None, "bend") is not None


@pytest.mark.parametrize("value", [b"frame", Decimal("12.5"), date(2024, 2, 29), "parseHTTP"])
def test_there_are_inputs_near_to_values_of_many_kinds(value: Any) -> None:
    inputs = [each["given"] for each in near.neighbours({"given": value}, Random(1), 8)]

    assert len(inputs) >= 6
    assert all(type(each) is type(value) and each != value for each in inputs)


@pytest.mark.parametrize(("one", "other"), [(Decimal(1), Decimal(2)), (date(2024, 1, 1), date(2024, 1, 2)),
                                             (bytearray(b"a"), bytearray(b"b"))])  # fmt: skip
def test_values_without_parts_are_told_apart_by_what_they_say(one: Any, other: Any) -> None:
    assert outcomes.encoded(one) != outcomes.encoded(other)


def test_a_part_of_an_object_is_an_argument_of_its_own() -> None:
    """Whether one is all that matters cannot be told while another part varies beside it."""
    size = SimpleNamespace(cents=5, currency="EUR")

    assert near.parts_of("self", size) == [("self.cents", 5), ("self.currency", "EUR")]
    assert near.parts_of("factor", 2) == [("factor", 2)]


def test_examples_are_the_same_whatever_is_said_between_them() -> None:
    shown = 'def twice(n):\n    """Double it.\n\n    >>> twice(2)\n    4\n    """\n    return 2 * n\n'

    assert examples(shown) == examples(shown.replace("Double it", "Two of it")) == ("twice(2)\n4\n",)
    assert examples(shown.replace(">>> twice(2)\n    4", ">>> four = twice(2)")) != examples(shown)


def test_dots_that_stand_for_most_of_an_answer_show_less_of_it() -> None:
    shown = ">>> wrap('a b', 1)\n['first line', 'second line']\n"

    assert list(hollowed(shown, shown.replace("'first line', 'second line'", "...")))
    assert not list(hollowed(shown, shown.replace("line']", "...']"))), "most of it is still shown"
    assert not list(hollowed(shown, ">>> wrap('a b', 1)\n{...}\n")), "another answer, which the code must give"


def test_an_object_that_keeps_other_parts_is_no_input_of_the_new_code() -> None:
    """What was recorded of the old one says nothing of what the new one does."""
    listed = '["gave", ["object", ["Ring"], {"items": ["list", []], "next": ["int", "0"]}]]'
    queued = '["gave", ["object", ["Ring"], {"items": ["object", ["deque"], {}], "next": ["int", "0"]}]]'
    longer = '["gave", ["object", ["Ring"], {"items": ["list", []], "next": ["int", "1"], "pushed": ["int", "0"]}]]'

    assert rebuilt(listed, queued)
    assert not rebuilt(listed, longer)


@pytest.mark.parametrize(("text", "counts"), [("q=a=b", {2, 4, 5, 6}), ("one two", {1, 3, 4}), ("word", set())])
def test_inputs_near_to_a_text_have_more_and_fewer_parts(text: str, counts: set[float]) -> None:
    sign = "=" if "=" in text else " "

    found = [each["text"] for each in near.resized({"text": text})]

    assert {near.sizes_in(each).get(sign, 1) for each in found} == counts


def test_inputs_near_to_a_pair_are_pairs() -> None:
    """Code that takes it apart refuses anything else, and is none the worse for it."""
    given = {"period": (date(2024, 1, 1), date(2024, 1, 31))}

    found = [each["period"] for each in (*near.neighbours(given, Random(1), 8), *near.resized(given))]

    assert found and {len(each) for each in found} == {2}


def test_an_overload_is_nothing_that_a_fault_could_be_put_into(tmp_path: Path) -> None:
    """It has the name of what is called, and is never called."""
    (tmp_path / "a.py").write_text("@t.overload\ndef f(n: int) -> int: ...\ndef f(n):\n    return n\n")

    assert [place[1] for place in subjects.subjects([str(tmp_path / "a.py")])] == [3]


class Row(list[int]):
    def __eq__(self, other: object) -> bool:
        return len(self) == len(other)  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "does"), [(Row([1, 2]), True), (SimpleNamespace(tags=Row([1, 2])), True),
                                              (SimpleNamespace(tags=[1, 2]), False)])  # fmt: skip
def test_a_list_that_equals_any_of_its_length_is_found_in_what_holds_it_too(value: Any, does: bool) -> None:
    assert outcomes.equals_everything(value) is does


class Rule:
    """Is what it includes and matches; the text it was made of is only kept."""

    def __init__(self, text: str, include: bool | None, found: object) -> None:
        self.text, self.include, self.found = text, include, found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rule):
            return NotImplemented
        return self.include == other.include and self.found == other.found


class Whatever(Rule):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rule)


def test_an_object_equals_another_only_when_no_part_of_it_is_the_same() -> None:
    """Parts that cannot be bent may be all that it compares."""
    assert outcomes.equals_everything(Rule("# nothing", None, None)) is False
    assert outcomes.equals_everything(Whatever("# nothing", None, None)) is True


def test_what_says_that_it_never_changes_is_bent_as_another_one() -> None:
    """A copy of a fraction is the fraction, and a default that everybody shares may be one."""
    shared = Fraction(3, 4)

    bent = faults.bend(shared, "bend")

    assert outcomes.equals_everything(SimpleNamespace(amount=shared)) is False
    assert shared == Fraction(3, 4) and bent != shared


def test_a_plain_object_that_only_marks_something_is_like_another_one() -> None:
    """`object()` has no kind but the one that everything has."""
    mark, other = (json.dumps(["gave", outcomes.encoded(value)]) for value in (object(), SimpleNamespace(a=1)))

    assert not differ(mark, json.dumps(["gave", outcomes.encoded(object())])) and not differ(mark, other)
    assert differ(other, mark)


def _asked(said: str) -> tuple[list[str], list[str]]:
    faults.install()
    tree = ast.parse(PRICE)
    next(fault for fault in faults.faults_of(tree.body[0]) if fault.said == said).apply()
    names: dict[str, Any] = {"PRICES": {"A": 2}, "FACTOR": 3}
    exec(compile(ast.fix_missing_locations(tree), "price.py", "exec"), names)
    before = [_told(names["price"], zone) for zone in "AQ"]
    faults.arm_answers()
    return before, [_told(names["price"], zone) for zone in "AQ"]


def _told(price: Any, zone: str) -> str:
    try:
        return f"{zone}: {price(zone)}"
    except LookupError:
        return f"{zone}: LookupError"


def test_inputs_near_to_a_list_have_more_and_fewer_items_and_twice_as_many() -> None:
    """What is right only for the length that a test asks is as wrong as before for each of them."""
    ring = SimpleNamespace(items=["a", "b"], size=7)

    found = [each["ring"] for each in near.resized({"ring": ring})]

    assert {len(each.items) for each in found} == {1, 2, 3, 4}
    assert {each.size for each in found} == {7, 8, 10, 15}
    assert ring.items == ["a", "b"]
