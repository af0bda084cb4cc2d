"""Failing tests that are likely of one bug are not searched twice at the same time."""

from __future__ import annotations

from director.core.decide import decide
from director.core.effects import WakeAt, Work, pending
from director.core.evolve import fold
from director.core.state import State
from ledger.events import AnyEvent, AttemptCancelled, AttemptScheduled, PatchLanded, RunEnded, TaskId
from tests.core.slow_world import TESTS, SlowWorld, tree_of
from tests.core.world import start

FAILING = frozenset({"x[1]", "x[2]", "y"})


def test_one_test_that_fails_for_two_values_is_searched_once_at_a_time() -> None:
    world = SlowWorld(trees={"k0": tree_of(FAILING)})
    state = fold(State(), decide(State(), start(commit="k0", tree=tree_of(FAILING), gates=TESTS, parallel=3)))

    at_once: list[set[str]] = []
    log: list[AnyEvent] = []
    while state.run is not None:
        owed = [e for e in pending(state) if not isinstance(e, WakeAt)]
        at_once.append({str(a.task.fingerprint) for a in state.run.open.values()})
        events = decide(state, world.carry_out(next((e for e in owed if not isinstance(e, Work)), owed[0]), state))
        state, log = fold(state, events), [*log, *events]

    assert any({"x[1]", "y"} <= tasks for tasks in at_once), "what has nothing to do with it goes on beside it"
    assert not any({"x[1]", "x[2]"} <= tasks for tasks in at_once)
    assert sum(isinstance(e, PatchLanded) for e in log) == 3, "who waited is not forgotten"
    assert sum(isinstance(e, AttemptScheduled) and e.role == "debugger" for e in log) == 3


def test_what_a_patch_that_waits_to_land_mends_as_well_is_not_searched_any_longer() -> None:
    bugs = frozenset({"b1", "b2", "b3", "b4"})
    world = SlowWorld(trees={"k0": tree_of(bugs)}, also=frozenset({"b4"}))
    state = fold(State(), decide(State(), start(commit="k0", tree=tree_of(bugs), gates=TESTS, parallel=4)))

    log: list[AnyEvent] = []
    while state.run is not None:
        owed = [e for e in pending(state) if not isinstance(e, WakeAt)]
        owed.sort(key=lambda e: isinstance(e, Work) + 2 * (isinstance(e, Work) and e.task.fingerprint == "b4"))
        first = [e for e in owed if isinstance(e, Work) and e.task.fingerprint != "b4"] or owed
        events = decide(state, world.carry_out(first[0], state))
        state, log = fold(state, events), [*log, *events]

    cancelled = [e.why for e in log if isinstance(e, AttemptCancelled)]
    assert [why.partition(" ")[2] for why in cancelled] == ["mends it and waits to land"]
    assert sum(isinstance(e, PatchLanded) for e in log) == 3
    assert next(e for e in log if isinstance(e, RunEnded)).state == "completed"


def test_what_a_patch_says_it_mends_as_well_is_left_alone_until_it_has_landed_or_not() -> None:
    """One bug makes tests fail in many ways: the search that is at work is ended, the others are not begun."""
    bugs = frozenset({"b1", "b2", "b3"})
    for good in (True, False):
        world = SlowWorld(
            trees={"k0": tree_of(bugs)},
            kin=dict.fromkeys(("b1", "b2"), frozenset({"b1", "b2"})),
            bad=frozenset() if good else bugs - {"b3"},
        )
        state = fold(State(), decide(State(), start(commit="k0", tree=tree_of(bugs), gates=TESTS, parallel=3)))

        log: list[AnyEvent] = []
        while state.run is not None:
            owed = [e for e in pending(state) if not isinstance(e, WakeAt)]
            owed.sort(key=lambda e: str(e.task.fingerprint) if isinstance(e, Work) else "")
            first = [e for e in owed if isinstance(e, Work) and e.task.fingerprint] or owed
            events = decide(state, world.carry_out(first[0], state))
            state, log = fold(state, events), [*log, *events]

        whys = [e.why for e in log if isinstance(e, AttemptCancelled) and e.why != "all gates pass"]
        searched = [e.task for e in log if isinstance(e, AttemptScheduled) and e.role == "debugger"]
        assert {why.partition(" ")[2] for why in whys} == {"mends it and waits to land"}
        assert sum(isinstance(e, PatchLanded) for e in log) == (2 if good else 1)
        assert searched.count(TaskId("failing_test:b2")) == 1 or not good
