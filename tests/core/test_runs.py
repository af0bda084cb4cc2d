"""Whole runs of the pure core: what happens, in which order, and that a restart anywhere changes nothing."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from director.core.commands import Ask, Broken, Report, Tick
from director.core.decide import decide
from director.core.effects import Deliver, Measure, Rebase, Work, key_of, pending
from director.core.evolve import fold
from director.core.policy import tasks
from director.core.state import State
from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptFailed,
    AttemptScheduled,
    BranchDelivered,
    Budget,
    Finding,
    Fingerprint,
    IterationStarted,
    PatchLanded,
    PatchProposed,
    PatchRebased,
    PatchRejected,
    PauseRequested,
    Reading,
    RequestHonoured,
    RequestId,
    ResumeRequested,
    RunClosing,
    RunEnded,
    RunPaused,
    StopRequested,
)
from tests.core.world import World, play, readings, start

SIX_BUGS = "bugs=6,lint=0"


def kinds(log: list[AnyEvent]) -> list[str]:
    return [type(e).__name__ for e in log]


def only(log: list[AnyEvent], kind: type) -> list[AnyEvent]:
    return [e for e in log if isinstance(e, kind)]


def ended(log: list[AnyEvent]) -> RunEnded:
    last = log[-1]
    assert isinstance(last, RunEnded)
    return last


def test_a_run_ends_completed_when_all_gates_pass() -> None:
    log = play(World(), [start()])

    end = ended(log)
    assert end.state == "completed"
    assert [(g.name, g.before, g.after, g.met) for g in end.gates] == [("tests", 2, 0, True), ("lint", 1, 0, True)]
    assert end.landed == 3
    assert end.branch == "kaizen/run-1"


def test_a_landing_names_every_error_it_makes_go_away() -> None:
    log = play(World(), [start()])

    solved = [fingerprint for e in only(log, PatchLanded) for fingerprint in e.solved]  # type: ignore[attr-defined]

    assert sorted(solved) == ["E-0", "E-1"]


def test_a_project_that_is_good_already_is_left_alone() -> None:
    world = World(trees={"k0": "bugs=0,lint=0"})

    log = play(world, [start(tree="bugs=0,lint=0")])

    assert ended(log).state == "completed"
    assert not only(log, AttemptScheduled)


def test_at_least_two_attempts_work_at_the_same_time() -> None:
    log = play(World(), [start()])
    first = next(i for i, e in enumerate(log) if isinstance(e, PatchProposed))

    assert len(only(log[:first], AttemptScheduled)) == 2


def test_a_run_stalls_and_says_what_is_left() -> None:
    log = play(World(stubborn=frozenset({"failing_test"})), [start()])

    end = ended(log)
    assert end.state == "stalled"
    assert [left.what for left in end.left] == ["AssertionError: t::test_0: wrong", "AssertionError: t::test_1: wrong"]
    assert all(left.remedy for left in end.left)


def test_a_technique_that_answered_no_is_not_asked_again_about_the_same_tree() -> None:
    world = World(stubborn=frozenset({"failing_test"}), trees={"k0": "bugs=1,lint=0"})

    log = play(world, [start(tree="bugs=1,lint=0")])

    tried = [e for e in only(log, AttemptScheduled) if e.role == "debugger"]
    assert len(tried) == 1


def test_what_nobody_has_looked_at_comes_before_a_second_longer_look() -> None:
    world = World(hard=frozenset({"failing_test:E-0"}), trees={"k0": "bugs=3,lint=0"})

    log = play(world, [start(tree="bugs=3,lint=0")])

    tried = [e.task for e in only(log, AttemptScheduled) if e.role == "debugger"]
    second = tried.index("failing_test:E-0", tried.index("failing_test:E-0") + 1)
    assert second > tried.index("failing_test:E-2")
    assert ended(log).state == "completed"


def test_a_spent_iteration_budget_ends_the_run_as_exhausted_with_the_work_kept() -> None:
    world = World(trees={"k0": "bugs=9,lint=9"})

    log = play(world, [start(tree="bugs=9,lint=9", budget=Budget(iterations=1))])

    end = ended(log)
    assert end.state == "exhausted"
    assert len(only(log, IterationStarted)) == 1
    assert end.landed > 0 and end.branch


def test_a_spent_time_budget_cancels_what_works_and_ends_the_run() -> None:
    log = play(World(), [start(budget=Budget(minutes=1.0))], stop_after=9)
    state = fold(State(), log)

    log += decide(state, Tick(1000.0 + 61))
    log = play(World(), [], log)

    assert ended(log).state == "exhausted"


def test_a_patch_that_makes_a_gate_worse_is_rejected_with_its_reason() -> None:
    log = play(World(), [start()], stop_after=8)
    state = _until_measured(log, State(), better="bugs=2,lint=2")

    rejected = only(log, PatchRejected)
    assert rejected and {r.code for r in rejected[0].reasons} == {"away"}
    assert rejected[0].attempt not in state.run.open  # type: ignore[union-attr]


def _until_measured(log: list[AnyEvent], state: State, better: str) -> State:
    """Play on, but let the first measured patch give the readings of another tree."""
    world = World()
    state = fold(state, log)
    while True:
        effect = pending(state)[0]
        command = world.carry_out(effect, state)
        if isinstance(effect, Measure) and isinstance(command, Report):
            command = replace(command, facts=(_with_readings(command.facts[0], better),))
        events = decide(state, command)
        log.extend(events)
        state = fold(state, events)
        if isinstance(effect, Measure):
            return state


def _with_readings(fact: AnyEvent, tree: str) -> AnyEvent:
    return msgspec.structs.replace(fact, readings=readings(tree))


def test_a_failing_environment_is_tried_three_times_with_waits_of_one_and_two_seconds() -> None:
    log = play(World(), [start(parallel=8)], stop_after=8)
    state = fold(State(), log)
    waits = []

    for _ in range(3):
        work = next(e for e in pending(state) if isinstance(e, Work))
        events = decide(state, Broken(5000.0, key_of(work), "crashed", work.attempt))
        state = fold(state, events)
        failed = next(e for e in events if isinstance(e, AttemptFailed))
        waits.append(None if failed.retry_at is None else failed.retry_at - 5000.0)
        state = fold(state, decide(state, Tick(6000.0)))

    assert waits == [1.0, 2.0, None]


def test_a_patch_whose_change_has_landed_meanwhile_is_not_measured_again() -> None:
    world = World()
    state = fold(State(), play(world, [start(parallel=8)], stop_after=8))
    while not any(isinstance(e, Rebase) for e in pending(state)):
        state = fold(state, decide(state, world.carry_out(pending(state)[0], state)))
    rebase = next(e for e in pending(state) if isinstance(e, Rebase))
    assert state.run is not None

    same = PatchRebased(attempt=rebase.attempt, base=rebase.onto, tree=state.run.tree)
    events = list(decide(state, Report(2000.0, (same,))))

    assert not only(events, PatchRejected), "it was not refused: it is not needed"
    assert [e.why for e in only(events, AttemptCancelled)] == ["its whole change has landed already"]
    assert not any(isinstance(e, Measure) and e.attempt == rebase.attempt for e in pending(fold(state, events)))


def test_a_stop_cancels_work_and_ends_the_run_as_stopped() -> None:
    log = play(World(), [start()], stop_after=8)

    log = play(World(), [Ask(2000.0, StopRequested(request=RequestId("q1"), by="user"))], log)

    assert ended(log).state == "stopped"
    assert RequestHonoured(request=RequestId("q1")) in log


def test_a_paused_run_begins_nothing_new_until_it_is_resumed() -> None:
    pause = Ask(2000.0, PauseRequested(request=RequestId("q1")))
    log = play(World(), [start(), pause])

    assert only(log, RunPaused)
    assert not only(log, AttemptScheduled)

    log = play(World(), [Ask(3000.0, ResumeRequested(request=RequestId("q2")))], log)
    assert ended(log).state == "completed"


def test_a_request_is_answered_once_however_often_it_is_heard() -> None:
    log = play(World(), [start()], stop_after=8)
    ask = Ask(2000.0, StopRequested(request=RequestId("q1")))

    log = play(World(), [ask, ask, ask], log)

    assert len(only(log, RequestHonoured)) == 1


def test_killed_after_any_append_and_started_again_the_ledger_becomes_the_same() -> None:
    whole = play(World(), [start()])
    for stop in range(1, len(whole)):
        world = World()
        log = play(world, [start()], stop_after=stop)
        log = play(world, [], log)
        assert kinds(log)[-1] == "RunEnded"
        assert ended(log).state == "completed"
        landed = [e.attempt for e in only(log, PatchLanded)]
        assert len(landed) == len(set(landed)) == 3


def test_a_commit_that_could_not_be_written_rejects_its_patch_and_the_run_goes_on() -> None:
    log = play(World(), [start()], stop_after=8)
    world, state = World(), fold(State(), log)
    while not any(a.step == "land" for a in state.run.open.values()):  # type: ignore[union-attr]
        state = fold(state, decide(state, world.carry_out(pending(state)[0], state)))
    owed = next(e for e in pending(state) if key_of(e).startswith("land:"))

    events = decide(state, Broken(5000.0, key_of(owed), "the disk is full"))

    rejected = next(e for e in events if isinstance(e, PatchRejected))
    assert rejected.reasons[0].code == "not-landed"
    assert fold(state, events).run is not None


def test_a_run_says_at_its_end_why_its_branch_is_not_in_the_repository() -> None:
    log = play(World(), [start()])
    before = log[: next(n for n, event in enumerate(log) if isinstance(event, BranchDelivered))]
    owed = next(e for e in pending(fold(State(), before)) if isinstance(e, Deliver))

    log = [*before, *decide(fold(State(), before), Broken(5000.0, key_of(owed), "a read-only disk"))]

    end = ended(play(World(), [], log))
    assert (end.state, end.branch, end.undelivered) == ("completed", "", "a read-only disk")


def test_what_is_left_says_whether_it_was_tried_and_what_the_answer_was() -> None:
    tried = play(World(stubborn=frozenset({"failing_test"})), [start()])
    log = play(World(), [start(budget=Budget(minutes=1.0))], stop_after=9)
    cut_off = list(decide(fold(State(), log), Tick(1000.0 + 61)))

    assert {left.why for left in ended(tried).left} == {"no"}
    closing = only(cut_off, RunClosing)[0]
    assert {left.why.partition(" it was")[0] for left in closing.left} >= {"the run ended while"}


def test_failures_at_another_place_are_tried_before_more_of_the_same_place() -> None:
    places = {"E-0": "tests/test_a.py", "E-1": "tests/test_a.py", "E-2": "tests/test_a.py", "E-3": "src/b.py"}
    findings = tuple(
        Finding(rule="AssertionError", message="wrong", symbol=f"t::{key}", path=path, fingerprint=Fingerprint(key))
        for key, path in places.items()
    )
    log = play(World(), [start()], stop_after=4)
    run = fold(State(), log).run
    assert run is not None

    found = tasks(replace(run, readings=(Reading(gate="tests", value=4.0, findings=findings),)))

    order = [task.fingerprint for task in found if task.kind == "failing_test"]
    assert order[:2] == ["E-0", "E-3"] and set(order[2:]) == {"E-1", "E-2"}


def test_many_ways_to_fail_are_looked_at_together_once_one_gave_no_answer_and_said_one_by_one() -> None:
    mended, stuck = (
        play(World(stubborn=frozenset(stubborn), trees={"k0": SIX_BUGS}), [start(tree=SIX_BUGS)])
        for stubborn in ((), ("failing_test",))
    )

    assert "failing_test:*" not in {event.task for event in only(mended, AttemptScheduled)}
    assert "failing_test:*" in {event.task for event in only(stuck, AttemptScheduled)}
    assert len(ended(stuck).left) == 6


def test_failures_of_the_surroundings_are_tried_last_however_many_they_are() -> None:
    fixture = [("tests/conftest.py", "Error", f"t::locale_{n}", "E-fixture") for n in range(50)]
    network = [("src/a.py", "gaierror", f"t::network_{n}", "E-network") for n in range(9)]
    own = [("src/a.py", "TypeError", "t::own", "E-own")]
    findings = tuple(
        Finding(rule=rule, message="wrong", symbol=symbol, path=path, fingerprint=Fingerprint(key))
        for path, rule, symbol, key in [*fixture, *network, *own]
    )
    run = fold(State(), play(World(), [start()], stop_after=4)).run
    assert run is not None

    found = tasks(replace(run, readings=(Reading(gate="tests", value=60.0, findings=findings),)))

    assert next(task for task in found if task.kind == "failing_test").fingerprint == "E-own"


def test_what_only_a_person_can_decide_is_left_with_its_reason_and_how_to_look_at_it() -> None:
    world = World(doubted=frozenset({"failing_test:E-0"}), trees={"k0": "bugs=1,lint=0"})

    (left,) = ended(play(world, [start(tree="bugs=1,lint=0")])).left

    assert left.why == "its patch was rejected: a person must decide: who knows"
    assert "kaizen open" in left.remedy
