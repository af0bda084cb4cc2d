"""Patches that wait while others land are confirmed together, and only what is not good itself is rejected."""

from __future__ import annotations

from math import ceil, log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from director.core.commands import Ask, Broken, Command
from director.core.decide import decide
from director.core.effects import Land, Measure, Stack, WakeAt, Work, key_of, pending
from director.core.evolve import fold
from director.core.state import State
from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptId,
    CheckpointCreated,
    LandDecided,
    PatchesDoubted,
    PatchLanded,
    PatchProposed,
    PatchRejected,
    RequestId,
    RequestRefused,
    RollbackDecided,
    RollbackRequested,
    RunEnded,
    StopRequested,
)
from tests.core.slow_world import TESTS, SlowWorld, failing_on, patches_in, tree_of
from tests.core.world import start

BUGS = frozenset({"b1", "b2", "b3", "b4", "b5"})


def _begin(bugs: frozenset[str] = BUGS, parallel: int = 5) -> Command:
    return start(commit="k0", tree=tree_of(bugs), gates=TESTS, parallel=parallel)


def _world(bugs: frozenset[str] = BUGS, **said: object) -> SlowWorld:
    return SlowWorld(trees={"k0": tree_of(bugs)}, **said)  # type: ignore[arg-type]


def _play(world: SlowWorld, log: list[AnyEvent], choices: list[int] | None = None, until: int = 10_000) -> State:
    """Carry out what is owed: work before everything else, or as the choices say; stop once the log is long enough."""
    state, turns = fold(State(), log), iter(choices or [])
    while len(log) < until:
        owed = [e for e in pending(state) if not isinstance(e, WakeAt)]
        if not owed:
            break
        owed.sort(key=lambda effect: not isinstance(effect, Work))
        chosen = owed[next(turns, 0) % len(owed)]
        events = decide(state, world.carry_out(chosen, state))
        state = fold(state, events)
        log.extend(events)
    return state


def _begun(bugs: frozenset[str] = BUGS, parallel: int = 5) -> list[AnyEvent]:
    return list(decide(State(), _begin(bugs, parallel)))


def _of(log: list[AnyEvent], kind: type) -> list[str]:
    return [e.attempt for e in log if isinstance(e, kind)]  # type: ignore[attr-defined]


def test_patches_that_wait_are_confirmed_by_one_whole_run() -> None:
    world = _world()
    log = _begun()

    _play(world, log)

    assert _of(log, PatchLanded) == _of(log, PatchProposed)
    assert len(_of(log, PatchLanded)) == 5
    assert len(world.runs) == 2, "the first one was alone when it came; the others waited"


def test_each_landing_is_a_checkpoint_and_a_commit_on_the_one_before_it() -> None:
    world = _world()
    log = _begun()

    _play(world, log)

    points = [e for e in log if isinstance(e, CheckpointCreated)]
    trees = [failing_on(e.tree) for e in points]
    assert [len(failing) for failing in trees] == [5, 4, 3, 2, 1, 0]
    assert [e.checkpoint for e in points] == ["c1", "c2", "c3", "c4", "c5", "c6"]


@pytest.mark.parametrize("bad", sorted(BUGS))
def test_the_one_patch_that_is_not_good_is_found_and_it_alone_is_rejected(bad: str) -> None:
    world = _world(bad=frozenset({bad}))
    log = _begun()

    state = _play(world, log)

    assert len(_of(log, PatchLanded)) == 4
    assert {e.attempt for e in log if isinstance(e, PatchRejected)}.isdisjoint(_of(log, PatchLanded))
    assert state.branch is not None
    assert failing_on(state.branch.tree) == {bad}


def test_a_fast_suite_is_run_for_each_patch() -> None:
    world = _world(seconds=1.0)
    log = _begun()

    _play(world, log)

    assert len(world.runs) == 5


def test_who_mends_more_lands_first_and_others_have_nothing_left_to_mend() -> None:
    """Of two patches that please one test, the one that mends other tests too is the likelier to be right."""
    world = _world(seconds=1.0, kin={"b4": BUGS})
    log = _begun()

    _play(world, log)

    titles = {e.attempt: e.title for e in log if isinstance(e, PatchProposed)}
    assert [titles[AttemptId(a)] for a in _of(log, PatchLanded)] == ["mend b1", "mend b4"], "b1 came before all others"
    assert len(_of(log, AttemptCancelled)) == 3
    assert len(world.runs) == 2


def test_who_comes_while_others_are_measured_waits_for_the_next_turn() -> None:
    world = _world()
    log = _begun()
    state = _play(world, log, until=len(log) + 1)
    while not any(isinstance(e, PatchProposed) for e in log):
        state = _play(world, log, until=len(log) + 1)
    before = [e for e in pending(state) if isinstance(e, Measure)]

    state = _play(world, log, until=len(log) + 1)

    assert len(state.run.queue) == 2 if state.run else False
    assert [e for e in pending(state) if isinstance(e, Measure)] == before, "what is being measured goes on"


def test_what_cannot_be_confirmed_with_others_waits_until_they_have_landed() -> None:
    world = _world(apart=frozenset({"b3"}))
    log = _begun()

    _play(world, log)

    assert _of(log, PatchLanded) == _of(log, PatchProposed)
    assert [len(patches_in(tree)) for tree in world.runs] == [1, 2, 3, 5]


def test_patches_that_land_together_move_the_branch_at_once_and_no_rollback_comes_between() -> None:
    world = _world()
    log = _begun()
    state = fold(State(), log)
    while not any(isinstance(e, Land) and len(e.decided) > 1 for e in pending(state)):
        state = _play(world, log, until=len(log) + 1)
    assert state.branch is not None
    asked = RollbackRequested(request=RequestId("q1"), checkpoint=next(iter(state.checkpoints)), head=state.branch.head)

    refused = decide(state, Ask(1.0, asked))
    stopped = fold(state, decide(state, Ask(2.0, StopRequested(request=RequestId("q2")))))

    assert [type(e) for e in refused] == [RequestRefused]
    assert [len(e.decided) for e in pending(stopped) if isinstance(e, Land)] == [4]
    assert _landed_after(world, stopped) == 5


def _landed_after(world: SlowWorld, state: State) -> int:
    log: list[AnyEvent] = []
    while state.run is not None:
        events = decide(state, world.carry_out(pending(state)[0], state))
        state, log = fold(state, events), [*log, *events]
    ended = [e for e in log if isinstance(e, RunEnded)]
    return ended[0].landed


def test_a_rollback_while_patches_are_put_together_puts_them_on_the_branch_as_it_is_then() -> None:
    world = _world()
    log = _begun()
    state = fold(State(), log)
    while not any(isinstance(e, Stack) for e in pending(state)):
        state = _play(world, log, until=len(log) + 1)
    while not any(isinstance(e, Measure) for e in pending(state)):
        state = _play(world, log, until=len(log) + 1)
    assert state.branch is not None
    assert len(state.checkpoints) == 2
    asked = RollbackRequested(request=RequestId("q1"), checkpoint=next(iter(state.checkpoints)), head=state.branch.head)

    log.extend(decide(state, Ask(5000.0, asked)))
    state = _play(world, log)

    assert len(_of(log, PatchLanded)) == 5
    assert len({tuple(sorted(failing_on(e.tree))) for e in log if isinstance(e, CheckpointCreated)}) > 4
    assert state.branch is not None
    undone = next(e for e in log if isinstance(e, RollbackDecided)).undone
    assert len(patches_in(state.branch.tree)) == 5 - len(undone)


def test_a_landing_that_git_refuses_rejects_all_that_were_to_land_with_it() -> None:
    world = _world()
    log = _begun()
    state = fold(State(), log)
    while not any(isinstance(e, Land) and len(e.decided) > 1 for e in pending(state)):
        state = _play(world, log, until=len(log) + 1)
    owed = next(e for e in pending(state) if isinstance(e, Land))

    events = decide(state, Broken(1.0, key_of(owed), "the branch has moved"))

    assert [e.attempt for e in events if isinstance(e, PatchRejected)] == [d.attempt for d in owed.decided]


CHOICES = st.lists(st.integers(0, 6), max_size=60)
SETS = st.sets(st.sampled_from(sorted(BUGS))).map(frozenset)


@settings(max_examples=30, deadline=None)
@given(CHOICES, SETS, SETS, st.integers(1, 5))
def test_in_whatever_order_work_ends_what_is_good_lands_once_and_nothing_else(
    choices: list[int], bad: frozenset[str], apart: frozenset[str], parallel: int
) -> None:
    world = _world(bad=bad, apart=apart)
    log = _begun(parallel=parallel)

    state = _play(world, log, choices)

    _check(log, state, bad)
    doubted = sum(isinstance(e, PatchesDoubted) for e in log)
    assert doubted <= len(bad) * (ceil(log2(len(BUGS))) + 1)


@pytest.mark.parametrize("bad", [frozenset[str](), frozenset({"b3"}), frozenset({"b2", "b4"})])
def test_killed_before_each_report_it_goes_on_and_lands_the_same(bad: frozenset[str]) -> None:
    whole = _begun()
    _play(_world(bad=bad), whole)
    world = _world(bad=bad)
    log = _begun()
    lost = -1
    while len(log) > lost:
        lost = len(log)
        state = fold(State(), log)
        for effect in pending(state):
            world.carry_out(effect, state)

        state = _play(world, log, until=lost + 1)

    _check(log, state, bad)
    assert [type(e) for e in log] == [type(e) for e in whole]


def _check(log: list[AnyEvent], state: State, bad: frozenset[str]) -> None:
    landed = _of(log, PatchLanded)
    asked_for = {e.attempt: e.patch.removeprefix("p-") for e in log if isinstance(e, PatchProposed)}
    assert len(landed) == len(set(landed)), "a patch landed twice"
    assert {asked_for[a] for a in map(AttemptId, landed)} == BUGS - bad
    queued = [a for a in _of(log, PatchProposed) if a in landed]
    assert landed == queued, "order is kept"
    for decided in (e for e in log if isinstance(e, LandDecided)):
        assert not {asked_for[a] for a in map(AttemptId, patches_in(decided.tree))} & bad
    assert state.branch is not None
    assert failing_on(state.branch.tree) == bad
    assert fold(State(), log) == state, "replay differs from live"
