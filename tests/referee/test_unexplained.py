"""What a call gives may look as before and behave otherwise: that explains a test that passes now."""

from __future__ import annotations

import pytest

from director.referee.examples import Examples
from director.referee.heldout import HeldOut
from director.referee.watched import Watched, has_ways, says_nothing


@pytest.mark.parametrize(
    ("told", "has"),
    [
        (["gave", ["int", "3"]], False),
        (["gave", ["list", [["int", "3"], ["str", "'object'"]]]], False),
        (["gave", ["object", ["Compose"], {"first": ["opaque", "inc"]}]], True),
        (["gave", ["list", [["opaque", "inc"]]]], True),
        (["raised", ["ValueError"]], False),
    ],
)
def test_objects_and_functions_have_ways_of_their_own(told: list[object], has: bool) -> None:
    assert has_ways(told) is has


@pytest.mark.parametrize(
    ("before", "found"),
    [({}, 0), ({0: '["everything", "Truth"]'}, 0), ({0: '["gave", ["int", "3"]]'}, 1)],
)
def test_an_object_equals_everything_newly_only_where_it_is_known_what_was_given(
    before: dict[int, str], found: int
) -> None:
    call = ("shop", "shop.py", "truth", "", "tests/test_shop.py::test_truth", -1, [], {}, "")
    check = HeldOut(Examples((call,), before), frozenset(), frozenset(), {}, {})

    assert len(list(check._everything({0: '["everything", "Truth"]'}))) == found


@pytest.mark.parametrize(
    ("told", "nothing"),
    [('["gave", ["int", "0"]]', True), ('["gave", ["NoneType", "None"]]', True), ('["gave", ["int", "2"]]', False)],
)
def test_a_program_that_went_well_is_called_for_what_it_writes(told: str, nothing: bool) -> None:
    assert says_nothing(told) is nothing


@pytest.mark.parametrize(
    ("second", "found"), [({1: '["gave", ["int", "2"]]'}, 1), ({1: '["absent", "TypeError"]'}, 0), ({}, 0)]
)
def test_a_test_is_unexplained_only_where_all_it_calls_could_be_asked(second: dict[int, str], found: int) -> None:
    """An object that cannot be brought elsewhere, and a call that did not give the same twice, say nothing."""
    test = "tests/test_shop.py::test_sum"
    calls = tuple(("shop", "shop.py", name, "", test, -1, [], {}, "") for name in ("made", "summed"))
    examples = Examples(calls, {0: '["gave", ["int", "1"]]', **second})
    check = Watched(examples, frozenset({test}), frozenset(), {}, {})

    assert len(list(check._unexplained([0], {test}))) == found
