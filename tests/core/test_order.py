"""In which order tasks are taken up."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from director.core.decide import decide
from director.core.evolve import fold
from director.core.policy import eligible, tasks
from director.core.state import Run, State
from ledger.events import AttemptScheduled, Finding, Reading
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


def test_first_tests_are_written_where_there_are_none_and_not_where_something_keeps_them_from_being_found() -> None:
    none = Reading(gate="tests", value=None, detail="no tests were found", counts={"total": 0.0})
    wrong = Finding(rule="RuntimeError", message="no database", path="tests/conftest.py", symbol="tests/conftest.py")
    kept = msgspec.structs.replace(none, detail="pytest began no session: no database", findings=(wrong,))
    ended = msgspec.structs.replace(none, detail="the run stopped with 2 of 9 tests not run", counts={"total": 7.0})

    titles = [{task.title for task in tasks(_measured(reading))} for reading in (none, kept, ended)]

    assert ["the project has no tests" in each for each in titles] == [True, False, False]


def _measured(reading: Reading) -> Run:
    """Return a run whose tests read so."""
    state = fold(State(), decide(State(), start(tree="bugs=0,lint=0")))
    assert state.run is not None
    rest = [each for each in readings("bugs=0,lint=0") if each.gate != reading.gate]
    return replace(state.run, readings=(*rest, reading))


def _one_not_fixable(reading: Reading, nth: int) -> Reading:
    """Return the reading with one finding that no safe fix removes."""
    findings = [
        msgspec.structs.replace(each, fixable=each.fixable and place != nth)
        for place, each in enumerate(reading.findings)
    ]
    return msgspec.structs.replace(reading, findings=tuple(findings))
