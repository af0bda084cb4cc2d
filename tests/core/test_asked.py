"""Work by request: taken up by the run at work or by a run of its own, and answered whatever comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from director.core.commands import Ask, Broken, Start
from director.core.decide import decide
from director.core.effects import Begin, Effect, MeasureBranch, pending
from director.core.evolve import fold
from director.core.state import State
from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptScheduled,
    PatchLanded,
    PatchProposed,
    RequestHonoured,
    RequestId,
    RequestRefused,
    RoleChanged,
    RoleRequested,
    RunEnded,
    RunStarted,
    StopRequested,
    TaskAnswered,
    TaskRequested,
)
from tests.core.thinking_world import BOTH, CHEAP, STRONG, ThinkingWorld, models_of, thinking
from tests.core.world import World, play, start


class Asking(ThinkingWorld):
    """Begins a run for what is asked for, as the host does."""

    models: tuple[str, ...] = BOTH

    def carry_out(self, effect: Effect, state: State) -> Any:
        if isinstance(effect, Begin):
            return start(at=self.at, asked=effect.taken.request, models=self.models, tree="bugs=1,lint=0")
        return super().carry_out(effect, state)


def wish(number: int = 1, **changes: object) -> Ask:
    asked: dict[str, object] = {"request": RequestId(f"t{number}"), "role": "coder", "text": "Explain the shop\n\nall"}
    return Ask(900.0, TaskRequested(**{**asked, **changes}), actor="user")  # type: ignore[arg-type]


def answers(log: list[AnyEvent]) -> list[TaskAnswered]:
    return [e for e in log if isinstance(e, TaskAnswered)]


def test_work_asked_for_while_idle_gets_a_run_of_its_own_with_that_alone() -> None:
    log = play(Asking(says={CHEAP: ["answer"]}), [wish(apply="none")])

    assert [e.asked for e in log if isinstance(e, RunStarted)] == ["t1"]
    assert [e.task for e in log if isinstance(e, AttemptScheduled)] == ["asked:t1"]
    assert [(a.state, a.text) for a in answers(log)] == [("done", "blob")]
    assert isinstance(log[-1], RunEnded) and log[-1].state == "completed"
    assert RequestHonoured(request=RequestId("t1"), note="asked:t1") in log


def test_work_asked_for_while_a_run_is_ending_gets_a_run_after_it() -> None:
    """Nobody who asks can know what the director is just about."""
    stop = Ask(901.0, StopRequested(request=RequestId("s1"), by="Ada"), actor="user")

    log = play(Asking(says={CHEAP: ["answer"]}), [thinking(), stop, wish(apply="none")])

    assert [e.asked for e in log if isinstance(e, RunStarted)] == ["", "t1"]
    assert [(a.request, a.state) for a in answers(log)] == [("t1", "done")]
    assert [type(e).__name__ for e in log].count("RunEnded") == 2
    assert not [e for e in log if isinstance(e, RequestRefused)]


def test_a_question_alone_measures_no_gate() -> None:
    world, state = Asking(says={CHEAP: ["answer"]}), State()
    state = fold(state, decide(state, wish(apply="none")))
    seen: list[Effect] = []
    while owed := pending(state):
        seen += owed
        state = fold(state, decide(state, world.carry_out(owed[0], state)))

    assert not [e for e in seen if isinstance(e, MeasureBranch)]


def test_work_asked_for_joins_the_run_at_work_and_comes_first() -> None:
    log = play(ThinkingWorld(says={CHEAP: ["answer", "patch"]}), [thinking(), wish(apply="none")])

    assert len([e for e in log if isinstance(e, RunStarted)]) == 1
    assert [a.request for a in answers(log)] == ["t1"]
    assert isinstance(log[-1], RunEnded) and log[-1].state == "completed"


@pytest.mark.parametrize(("apply", "lands"), [("none", 0), ("propose", 0), ("land", 1)])
def test_what_becomes_of_a_patch_is_what_was_asked_for(apply: str, lands: int) -> None:
    log = play(Asking(), [wish(apply=apply)])

    assert len([e for e in log if isinstance(e, PatchProposed)]) == 1
    assert len([e for e in log if isinstance(e, PatchLanded)]) == lands
    assert [a.state for a in answers(log)] == ["done"]


@pytest.mark.parametrize(
    ("apply", "asked", "state"), [("none", [CHEAP], "done"), ("propose", [CHEAP], "done"), ("land", BOTH, "failed")]
)
def test_a_question_that_is_answered_is_done_unless_a_change_was_to_land(
    apply: str, asked: tuple[str, ...], state: str
) -> None:
    log = play(Asking(says={CHEAP: ["words"], STRONG: ["words"]}), [wish(apply=apply)])

    assert models_of(log) == list(asked)
    assert [(a.state, a.text) for a in answers(log)] == [(state, "blob" if state == "done" else "")]


def test_a_stronger_model_is_asked_before_the_work_counts_as_failed() -> None:
    log = play(Asking(says={CHEAP: ["no"], STRONG: ["no"]}), [wish()])

    assert models_of(log) == [CHEAP, STRONG]
    assert [(a.state, a.why) for a in answers(log)] == [("failed", f"{STRONG} has no idea")]
    assert isinstance(log[-1], RunEnded)


def test_without_a_model_work_is_answered_by_how_to_connect_one() -> None:
    idle = Asking()
    idle.models = ()

    alone = play(idle, [wish()])
    joined = play(World(), [start(), wish()])

    assert [a.state for a in answers(alone)] == ["failed"] and "KAIZEN_MODEL" in answers(alone)[0].why
    refused = [e for e in joined if isinstance(e, RequestRefused)]
    assert "KAIZEN_MODEL" in refused[0].why


def test_a_run_that_comes_too_late_for_its_work_fails_no_other() -> None:
    state = fold(State(), decide(State(), wish(2)))

    events = decide(state, start(asked=RequestId("t1"), models=BOTH))

    assert events == ()
    assert [e.taken.request for e in pending(state) if isinstance(e, Begin)] == ["t2"]


def test_a_run_that_cannot_begin_fails_the_work_with_the_reason() -> None:
    state = fold(State(), decide(State(), wish()))

    events = decide(state, Broken(901.0, "begin:t1", "there is no commit yet"))

    assert [(e.state, e.why) for e in answers(list(events))] == [("failed", "there is no commit yet")]
    assert pending(fold(state, events)) == ()


def test_work_of_a_run_that_is_stopped_is_answered_too() -> None:
    stop = Ask(2000.0, StopRequested(request=RequestId("s")), actor="user")
    log = play(ThinkingWorld(), [thinking(), wish(), stop])

    assert [(a.request, a.state) for a in answers(log)] == [("t1", "failed")]


def test_every_piece_of_work_is_answered_once_however_often_it_is_heard() -> None:
    log = play(Asking(says={CHEAP: ["answer"]}), [wish(apply="none"), wish(apply="none"), wish(2, apply="none")])

    assert sorted(a.request for a in answers(log)) == ["t1", "t2"]


def test_a_start_for_work_nobody_asked_for_begins_nothing() -> None:
    command = Start(**{**_fields(start()), "asked": RequestId("t9"), "models": BOTH})

    assert decide(State(), command) == ()


def _fields(command: Start) -> dict[str, Any]:
    return {name: getattr(command, name) for name in Start.__slots__}


# --- roles


def role(what: str, name: str = "debugger", number: int = 1) -> Ask:
    return Ask(2000.0, RoleRequested(request=RequestId(f"r{number}"), role=name, what=what), actor="user")  # type: ignore[arg-type]


def test_a_paused_role_gets_no_attempt_and_the_run_waits_for_it() -> None:
    world = World()
    log = play(world, [role("pause"), start()])

    assert not [e for e in log if isinstance(e, AttemptScheduled) and e.role == "debugger"]
    assert not isinstance(log[-1], RunEnded)

    log = play(world, [role("start", number=2)], log)
    assert isinstance(log[-1], RunEnded) and log[-1].state == "completed"


def test_a_stopped_role_loses_its_attempts_and_the_run_ends_without_it() -> None:
    log = play(World(), [start(parallel=4)], stop_after=8)

    log = play(World(), [role("stop")], log)

    assert [e for e in log if isinstance(e, AttemptCancelled)]
    assert [e.state for e in log if isinstance(e, RoleChanged)] == ["stopped"]
    assert isinstance(log[-1], RunEnded) and log[-1].state == "stalled"


def test_a_role_that_is_as_wanted_already_changes_nothing() -> None:
    events = decide(State(), role("start"))

    assert [type(e) for e in events] == [RequestHonoured]
