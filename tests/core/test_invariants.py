"""Any commands in any order: what must never happen does not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from director.core.commands import Ask, Broken, Command, Report, Start, Tick
from director.core.decide import decide
from director.core.effects import Work, key_of, pending
from director.core.evolve import fold
from director.core.state import State
from ledger.events import (
    AnyEvent,
    AttemptId,
    CheckpointId,
    LandDecided,
    PatchLanded,
    PatchMeasured,
    PauseRequested,
    RequestId,
    ResumeRequested,
    RollbackRequested,
    RolledBack,
    StopRequested,
)
from tests.core.thinking_world import CHEAP, STRONG, ThinkingWorld, thinking
from tests.core.world import World, start

COMMANDS = st.sampled_from(["tick", "stop", "pause", "resume", "rollback", "break", "late"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(COMMANDS, st.integers(0, 5)), max_size=40), st.integers(1, 4))
def test_no_order_of_commands_breaks_an_invariant(plan: list[tuple[str, int]], parallel: int) -> None:
    _play(World(), start(parallel=parallel), plan, parallel)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(COMMANDS, st.integers(0, 5)), max_size=40),
    st.integers(1, 4),
    st.lists(st.sampled_from(["patch", "no", "ask", "spent run:cost", "spent task:calls", "answer"]), min_size=1),
)
def test_no_order_of_commands_breaks_an_invariant_where_models_are_asked(
    plan: list[tuple[str, int]], parallel: int, says: list[str]
) -> None:
    world = ThinkingWorld(trees={"k0": "bugs=2,lint=1"}, says={CHEAP: says, STRONG: says[::-1]})
    _play(world, thinking(parallel=parallel, tree="bugs=2,lint=1"), plan, parallel)


def _play(world: World, begin: Start, plan: list[tuple[str, int]], parallel: int) -> None:
    state, log = State(), list[AnyEvent]()
    feed: list[Command] = [begin]
    late: list[Command] = []
    for number, (what, choice) in enumerate(plan):
        owed = list(pending(state))
        if owed:
            command = world.carry_out(owed[choice % len(owed)], state)
            late.append(command)
            feed.append(command)
        feed.append(_command(what, choice, number, state, late))
        while feed:
            command = feed.pop(0)
            events = decide(state, command)
            again = decide(fold(state, events), command)
            if isinstance(command, Report | Start | Ask):
                assert not [e for e in again if isinstance(e, PatchLanded | LandDecided | RolledBack)]
            state = fold(state, events)
            log.extend(events)
            _check(state, log, parallel)


def _command(what: str, choice: int, number: int, state: State, late: list[Command]) -> Command:
    at = 2000.0 + number
    request = RequestId(f"q{number}")
    if what == "stop" and choice == 0:
        return Ask(at, StopRequested(request=request))
    if what == "pause":
        return Ask(at, PauseRequested(request=request))
    if what == "resume":
        return Ask(at, ResumeRequested(request=request))
    if what == "rollback" and state.branch is not None:
        ids = list(state.checkpoints) or [CheckpointId("c1")]
        chosen = ids[choice % len(ids)]
        return Ask(at, RollbackRequested(request=request, checkpoint=chosen, head=state.branch.head))
    if what == "break":
        work = next((e for e in pending(state) if isinstance(e, Work)), None)
        return Broken(at, key_of(work) if work else "work:x:1", "crash", work.attempt if work else AttemptId("x"))
    if what == "late" and late:
        return late[choice % len(late)]
    return Tick(at)


def _check(state: State, log: list[AnyEvent], parallel: int) -> None:
    landed = [e.attempt for e in log if isinstance(e, PatchLanded)]
    assert len(landed) == len(set(landed)), "a patch landed twice"
    decided = {e.attempt for e in log if isinstance(e, LandDecided)}
    assert set(landed) <= decided, "a patch landed that was not decided"
    judged = {e.attempt for e in log if isinstance(e, PatchMeasured)}
    assert set(landed) <= judged, "a patch landed that was not judged"
    assert fold(State(), log) == state, "replay differs from live"
    if state.run is not None:
        assert sum(a.step == "work" for a in state.run.open.values()) <= parallel
        assert sum(a.step == "land" for a in state.run.open.values()) <= 1
        assert set(state.run.queue) <= set(state.run.open)
