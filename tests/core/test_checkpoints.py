"""Going back to a checkpoint: what it brings back, what it teaches, and when it is refused."""

from __future__ import annotations

import msgspec
import pytest

from director.core.commands import Ask, Report
from director.core.decide import decide
from director.core.effects import Work, pending
from director.core.evolve import fold
from director.core.state import State
from ledger.events import (
    AnyEvent,
    CheckpointCreated,
    CheckpointId,
    CheckpointRequested,
    PatchProposed,
    PatchRejected,
    RequestId,
    RequestRefused,
    RollbackRequested,
    RolledBack,
)
from tests.core.world import World, play, start


def only(log: list[AnyEvent], kind: type) -> list[AnyEvent]:
    return [e for e in log if isinstance(e, kind)]


def test_a_rollback_after_the_run_brings_back_the_tree_and_is_a_lesson() -> None:
    world = World()
    log = play(world, [start()])
    state = fold(State(), log)
    assert state.branch is not None
    ask = RollbackRequested(request=RequestId("q1"), checkpoint=CheckpointId("c1"), head=state.branch.head)

    log = play(world, [Ask(9000.0, ask)], log)

    state = fold(State(), log)
    assert state.branch is not None and state.branch.tree == "bugs=2,lint=1"
    undone = {e.patch for e in only(log, PatchProposed)}
    assert undone <= state.refused


def test_a_checkpoint_after_the_run_says_what_was_measured_of_its_tree() -> None:
    log = play(World(), [start()])
    last = only(log, CheckpointCreated)[-1]
    ask = CheckpointRequested(request=RequestId("q1"), title="before the holidays")

    log = play(World(), [Ask(9000.0, ask)], log)

    made = only(log, CheckpointCreated)[-1]
    assert made.title == "before the holidays" and made.tree == last.tree
    assert (made.gates, made.score) == (last.gates, last.score) != ({}, 0.0)


def test_a_rollback_can_itself_be_rolled_back() -> None:
    world = World()
    log = play(world, [start()])
    before = fold(State(), log)
    assert before.branch is not None
    back = RollbackRequested(request=RequestId("q1"), checkpoint=CheckpointId("c1"), head=before.branch.head)
    log = play(world, [Ask(9000.0, back)], log)
    head = only(log, RolledBack)[-1].commit
    last = [c for c in before.checkpoints.values() if c.tree == before.branch.tree][-1]

    log = play(world, [Ask(9001.0, RollbackRequested(request=RequestId("q2"), checkpoint=last.id, head=head))], log)

    after = fold(State(), log)
    assert after.branch is not None and after.branch.tree == before.branch.tree
    assert after.on_branch == before.on_branch
    assert not after.refused & {before.patches[a] for a in before.on_branch}


@pytest.mark.parametrize(
    ("checkpoint", "head", "why"),
    [("c99", None, "there is no checkpoint c99"), ("c1", "stale", "moved since"), ("c4", None, "already has the tree")],
)
def test_a_rollback_that_cannot_be_is_refused_with_its_reason(checkpoint: str, head: str | None, why: str) -> None:
    log = play(World(), [start()])
    branch = fold(State(), log).branch
    assert branch is not None
    ask = RollbackRequested(request=RequestId("q"), checkpoint=CheckpointId(checkpoint), head=head or branch.head)

    log = play(World(), [Ask(9000.0, ask)], log)

    assert isinstance(log[-1], RequestRefused) and why in log[-1].why


def test_a_patch_that_was_rolled_back_is_not_landed_again_by_the_next_run() -> None:
    world = World()
    log = play(world, [start()])
    branch = fold(State(), log).branch
    assert branch is not None
    log = play(
        world,
        [Ask(9000.0, RollbackRequested(request=RequestId("q"), checkpoint=CheckpointId("c1"), head=branch.head))],
        log,
    )
    known = next(iter(only(log, PatchProposed)))
    log = play(world, [start(at=10000.0)], log, stop_after=len(log) + 9)
    state = fold(State(), log)
    work = next(e for e in pending(state) if isinstance(e, Work))
    again = msgspec.structs.replace(known, attempt=work.attempt, base=work.base)
    events = decide(state, Report(10001.0, (again,)))

    assert any(isinstance(e, PatchRejected) and e.reasons[0].code == "known-bad" for e in events)
