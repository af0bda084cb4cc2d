"""In which order tasks are taken up."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from director.core.decide import decide
from director.core.evolve import fold
from director.core.policy import eligible, tasks
from director.core.state import State
from ledger.events import AttemptScheduled, Reading
from tests.core.world import World, play, readings, start


def test_what_fails_is_looked_at_before_anything_is_tidied() -> None:
    """A lint finding is mended in a moment, but its landing is measured whole and moves the tree under the searches."""
    world = World(trees={"k0": "bugs=2,lint=3"})

    log = play(world, [start(tree="bugs=2,lint=3")])

    roles = [e.role for e in log if isinstance(e, AttemptScheduled)]
    assert roles[:2] == ["debugger", "debugger"] and "coder" in roles


def test_safe_fixes_are_made_before_unused_code_is_looked_for_as_that_begins_with_the_same_ones() -> None:
    state = fold(State(), decide(State(), start(tree="bugs=0,lint=2")))
    mixed = [
        _one_not_fixable(reading, nth=1) if reading.gate == "lint" else reading for reading in readings("bugs=0,lint=2")
    ]
    assert state.run is not None
    run = replace(state.run, readings=tuple(mixed))

    assert {task.kind for task in tasks(run)} >= {"lint", "dead_code"}
    assert [task.kind for task in eligible(run) if task.gate == "lint"] == ["lint"]


def _one_not_fixable(reading: Reading, nth: int) -> Reading:
    """Return the reading with one finding that no safe fix removes."""
    findings = [
        msgspec.structs.replace(each, fixable=each.fixable and place != nth)
        for place, each in enumerate(reading.findings)
    ]
    return msgspec.structs.replace(reading, findings=tuple(findings))
