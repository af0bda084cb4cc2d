"""What a call gives may look as before and behave otherwise: that explains a test that passes now."""

from __future__ import annotations

import pytest

from director.referee.heldout import _has_ways, _says_nothing


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
    assert _has_ways(told) is has


@pytest.mark.parametrize(
    ("told", "nothing"),
    [('["gave", ["int", "0"]]', True), ('["gave", ["NoneType", "None"]]', True), ('["gave", ["int", "2"]]', False)],
)
def test_a_program_that_went_well_is_called_for_what_it_writes(told: str, nothing: bool) -> None:
    assert _says_nothing(told) is nothing
