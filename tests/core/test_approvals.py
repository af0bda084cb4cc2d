"""Calls that wait for a person: a state that holds nothing, answered by people alone, about exactly what was shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from director.core.commands import Ask, Tick
from director.core.decide import decide
from director.core.effects import WakeAt, Work, key_of, pending
from director.core.evolve import fold
from director.core.state import State
from ledger.events import (
    AnyEvent,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalId,
    ApprovalRequested,
    ApproveRequested,
    AttemptScheduled,
    DenyRequested,
    RequestHonoured,
    RequestId,
    RequestRefused,
    RunEnded,
)
from tests.core.thinking_world import CHEAP, STRONG, ThinkingWorld, thinking
from tests.core.world import play


def asked(world: ThinkingWorld, **changes: object) -> tuple[list[AnyEvent], ApprovalRequested]:
    """Play until a call waits for a person and nothing else is left to do."""
    log: list[AnyEvent] = []
    state = State()
    for command in [thinking(**changes)]:
        events = decide(state, command)
        log.extend(events)
        state = fold(state, events)
    while owed := [e for e in pending(state) if not isinstance(e, WakeAt)]:
        events = decide(state, world.carry_out(owed[0], state))
        log.extend(events)
        state = fold(state, events)
    return log, next(e for e in reversed(log) if isinstance(e, ApprovalRequested))


def approve(question: ApprovalRequested, **changes: object) -> Ask:
    said: dict[str, object] = {"request": RequestId("q1"), "approval": question.approval, "digest": question.digest}
    return Ask(2000.0, ApproveRequested(**{**said, "by": "command", **changes}), actor="user")  # type: ignore[arg-type]


def deny(question: ApprovalRequested, **changes: object) -> Ask:
    said: dict[str, object] = {"request": RequestId("q2"), "approval": question.approval, "by": "command"}
    return Ask(2000.0, DenyRequested(**{**said, **changes}), actor="user")  # type: ignore[arg-type]


def world() -> ThinkingWorld:
    return ThinkingWorld(says={CHEAP: ["ask", "patch"], STRONG: ["no"]})


def test_an_attempt_that_waits_holds_no_place_and_the_run_neither_ends_nor_spins() -> None:
    log, question = asked(world())
    state = fold(State(), log)

    assert [type(e) for e in pending(state)] == [WakeAt]
    assert pending(state)[0] == WakeAt(question.expires)
    assert decide(state, Tick(1500.0)) == ()
    assert state.run is not None and state.run.open[question.attempt].step == "asked"


def test_other_work_goes_on_while_a_call_waits() -> None:
    log, _ = asked(ThinkingWorld(trees={"k0": "bugs=1,lint=2"}, says={CHEAP: ["ask"]}), tree="bugs=1,lint=2")

    run = fold(State(), log).run

    assert run is not None and run.landed == 2


def test_an_approved_call_lets_the_attempt_go_on_from_where_it_was() -> None:
    here = world()
    log, question = asked(here)

    log = play(here, [approve(question)], log)

    granted = next(e for e in log if isinstance(e, ApprovalGranted))
    assert (granted.by, granted.digest, granted.arguments) == ("command", question.digest, question.arguments)
    assert here.thought[-1].attempt == question.attempt
    assert key_of(here.thought[0]) != key_of(here.thought[1]), "the effect is a new one, else it would not begin"
    assert isinstance(log[-1], RunEnded) and log[-1].state == "completed"


def test_a_person_may_edit_what_is_approved() -> None:
    log, question = asked(world())

    log = play(world(), [approve(question, arguments="edited")], log)

    assert next(e for e in log if isinstance(e, ApprovalGranted)).arguments == "edited"


def test_a_denied_call_is_told_to_the_attempt_and_the_attempt_goes_on() -> None:
    here = world()
    log, question = asked(here)

    log = play(here, [deny(question, why="not that host")], log)

    denied = next(e for e in log if isinstance(e, ApprovalDenied))
    assert (denied.by, denied.why) == ("command", "not that host")
    assert len(here.thought) == 2


def test_a_call_nobody_answers_in_time_is_denied() -> None:
    here = world()
    log, question = asked(here)

    log = play(here, [Tick(question.expires)], log)

    denied = next(e for e in log if isinstance(e, ApprovalDenied))
    assert denied.by == "" and denied.approval == question.approval


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"digest": "of another call"}, "not the one that was shown"),
        ({"approval": ApprovalId("a-99")}, "no call waits"),
        ({"by": "r1.i2.a3"}, "a person must answer"),
        ({"by": "debugger"}, "a person must answer"),
    ],
)
def test_an_answer_that_does_not_count_is_refused_with_its_reason(changes: dict[str, object], why: str) -> None:
    log, question = asked(world())
    state = fold(State(), log)

    events = decide(state, approve(question, **changes))

    assert [type(e) for e in events] == [RequestRefused]
    assert why in events[0].why  # type: ignore[union-attr]


def test_the_attempt_that_asks_cannot_allow_itself() -> None:
    log, question = asked(world())
    said = ApproveRequested(request=RequestId("q"), approval=question.approval, digest=question.digest, by="user")

    events = decide(fold(State(), log), Ask(2000.0, said, actor=question.attempt))

    assert [type(e) for e in events] == [RequestRefused]


def test_an_answer_for_the_whole_run_lets_the_same_tool_with_the_same_risk_pass() -> None:
    here = ThinkingWorld(says={CHEAP: ["ask", "ask", "patch"]})
    log, question = asked(here)

    log = play(here, [approve(question, whole_run=True)], log)

    assert len([e for e in log if isinstance(e, ApprovalRequested)]) == 2
    assert len([e for e in log if isinstance(e, ApprovalGranted)]) == 2
    assert isinstance(log[-1], RunEnded) and log[-1].state == "completed"


def test_a_question_is_answered_once() -> None:
    here = world()
    log, question = asked(here)

    log = play(here, [approve(question), approve(question, request=RequestId("q9"))], log)

    assert len([e for e in log if isinstance(e, ApprovalGranted)]) == 1
    assert [e.request for e in log if isinstance(e, RequestRefused)] == ["q9"]
    assert [e.request for e in log if isinstance(e, RequestHonoured)] == ["q1"]


def test_a_question_survives_a_restart_after_any_append() -> None:
    here = world()
    log, question = asked(here)
    for stop in range(len(log) - 2, len(log) + 1):
        again = world()
        again.thought = list(here.thought)[:1] if stop == len(log) else []
        whole = play(again, [], list(log[:stop]), stop_after=len(log) + 1) if stop < len(log) else list(log)
        state = fold(State(), whole)
        assert state.run is not None
    assert fold(State(), log).run.open[question.attempt].asked == question  # type: ignore[union-attr]


def test_a_run_that_completes_does_not_wait_for_an_answer_nobody_needs_any_more() -> None:
    here = ThinkingWorld(says={CHEAP: ["ask"], STRONG: ["patch"]})
    log, question = asked(here, models=(CHEAP, STRONG))
    state = fold(State(), log)
    assert state.run is not None

    events = decide(state, Ask(3000.0, _stop(), actor="user"))

    assert fold(state, events).run is None or question.attempt not in fold(state, events).run.open  # type: ignore[union-attr]


def _stop():  # type: ignore[no-untyped-def]
    from ledger.events import StopRequested

    return StopRequested(request=RequestId("stop"))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(["approve", "deny", "tick", "late", "wrong", "self", "work"]), max_size=25))
def test_no_order_of_answers_lets_a_call_pass_that_no_person_allowed(plan: list[str]) -> None:
    here = ThinkingWorld(says={CHEAP: ["ask", "ask", "patch"], STRONG: ["ask", "no"]})
    state = fold(State(), decide(State(), thinking()))
    log: list[AnyEvent] = []
    allowed: set[str] = set()
    for number, what in enumerate(plan):
        owed = [e for e in pending(state) if not isinstance(e, WakeAt)]
        waiting = [a.asked for a in state.run.open.values() if a.asked] if state.run else []
        request = RequestId(f"q{number}")
        if what in ("work", "late") and owed:
            command = here.carry_out(owed[-1 if what == "late" else 0], state)
        elif what == "approve" and waiting:
            allowed.add(waiting[0].digest)
            command = approve(waiting[0], request=request)
        elif what == "deny" and waiting:
            command = deny(waiting[0], request=request)
        elif what == "wrong" and waiting:
            command = approve(waiting[0], request=request, digest="other")
        elif what == "self" and waiting:
            command = approve(waiting[0], request=request, by=waiting[0].attempt)
        else:
            command = Tick(1000.0 + 40 * number)
        events = decide(state, command)
        state = fold(state, events)
        log.extend(events)
        granted = {e.digest for e in log if isinstance(e, ApprovalGranted)}
        assert granted <= allowed
        _one_step_each(state)


def _one_step_each(state: State) -> None:
    if state.run is None:
        return
    at_work = {e.attempt for e in pending(state) if isinstance(e, Work)}
    for attempt in state.run.open.values():
        assert (attempt.asked is not None) == (attempt.step == "asked")
        assert attempt.step != "asked" or attempt.id not in at_work, "an attempt both waits and works"


def test_an_attempt_that_goes_on_is_scheduled_again_under_its_own_name() -> None:
    here = world()
    log, question = asked(here)

    log = play(here, [approve(question)], log)

    again = [e for e in log if isinstance(e, AttemptScheduled) and e.attempt == question.attempt]
    assert [(e.tries, e.model) for e in again] == [(1, CHEAP), (1, CHEAP)]
