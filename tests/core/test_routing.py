"""Who thinks: the classical brain first, then models, cheapest first, by what they achieved for what they cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from director.core.commands import Broken, Report, Tick
from director.core.decide import decide
from director.core.effects import Measure, Work, key_of, pending
from director.core.evolve import fold
from director.core.policy import tasks
from director.core.routing import choose, is_hard, lost
from director.core.state import Lesson, State, lesson_key
from ledger.events import (
    AnyEvent,
    AttemptFailed,
    AttemptId,
    AttemptScheduled,
    Budget,
    BudgetExhausted,
    CallFailed,
    Finding,
    GateSpec,
    NoticeRaised,
    PatchRejected,
    Reading,
    Reason,
    RunEnded,
    RunId,
    Task,
    TaskId,
)
from tests.core.thinking_world import BOTH, CHEAP, STRONG, ThinkingWorld, models_of, thinking
from tests.core.world import GATES, World, play, readings, start


def ended(log: list[AnyEvent]) -> RunEnded:
    assert isinstance(log[-1], RunEnded)
    return log[-1]


def test_a_model_is_asked_when_no_technique_has_an_answer_and_the_cheapest_first() -> None:
    log = play(ThinkingWorld(), [thinking()])

    brains = [e.brain for e in log if isinstance(e, AttemptScheduled) and e.role == "debugger"]
    assert brains == ["classical", "conversational"]
    assert models_of(log) == [CHEAP]
    assert ended(log).state == "completed"


def test_what_techniques_mend_costs_nothing() -> None:
    world = ThinkingWorld(stubborn=frozenset())

    log = play(world, [thinking()])

    assert not world.thought
    assert ended(log).cost == 0.0


def test_a_run_says_what_it_cost() -> None:
    log = play(ThinkingWorld(says={CHEAP: ["no"]}), [thinking()])

    assert models_of(log) == [CHEAP, STRONG]
    assert ended(log).cost == pytest.approx(0.5)


def test_without_a_model_nothing_is_thought_and_what_is_left_says_how_to_connect_one() -> None:
    log = play(World(stubborn=frozenset({"failing_test"})), [start()])

    assert not models_of(log)
    assert all("KAIZEN_MODEL" in left.remedy for left in ended(log).left)


def test_a_failure_is_followed_by_a_stronger_model_and_never_by_a_weaker_one() -> None:
    log = play(ThinkingWorld(says={CHEAP: ["no"], STRONG: ["no"]}), [thinking()])

    assert models_of(log) == [CHEAP, STRONG]
    assert ended(log).state == "stalled"
    assert "has no idea" in ended(log).left[0].why


def test_the_strongest_model_tries_again_when_it_was_told_why_and_the_reason_is_handed_on() -> None:
    world = ThinkingWorld(says={CHEAP: ["no"]})
    log = play(world, [thinking()], stop_after=4)
    state, rejected = fold(State(), log), 0
    while not (log and isinstance(log[-1], RunEnded)):
        effect = pending(state)[0]
        command = world.carry_out(effect, state)
        if isinstance(effect, Measure) and rejected < 1:
            rejected += 1
            reason = Reason(code="no-gain", message="it breaks the till")
            assert isinstance(command, Report)
            command = replace(command, facts=(PatchRejected(attempt=effect.attempt, reasons=(reason,)),))
        events = decide(state, command)
        state = fold(state, events)
        log.extend(events)
        if state.run and rejected and state.run.spent:
            told = [t for spent in state.run.spent.values() for t in spent.told]

    assert models_of(log) == [CHEAP, STRONG, STRONG]
    assert any("it breaks the till" in t for t in told)
    assert ended(log).state == "completed"


def test_what_spans_much_goes_to_the_strong_model_at_once() -> None:
    run = fold(State(), play(ThinkingWorld(), [thinking()], stop_after=4)).run
    assert run is not None
    wide, narrow = findings_of("complexity"), findings_of("types")

    assert is_hard(wide) and not is_hard(narrow)
    assert choose(run, wide) == ("conversational", STRONG)
    assert choose(run, narrow) == ("conversational", CHEAP)


def findings_of(gate: str) -> Task:
    return Task(id=TaskId(f"findings:{gate}:a.py"), kind="findings", gate=gate, role="coder", title="", digest="d")


def test_the_choice_learns_from_what_models_achieved_for_what_they_cost() -> None:
    run = fold(State(), play(ThinkingWorld(), [thinking()], stop_after=4)).run
    assert run is not None
    task = findings_of("types")
    useless = {lesson_key(task, CHEAP): Lesson(tried=40, landed=0, cost=0.4)}
    dear = {**useless, lesson_key(task, STRONG): Lesson(tried=40, landed=30, cost=2.0)}

    assert choose(run, task) == ("conversational", CHEAP)
    assert choose(replace(run, lessons=dear), task) == ("conversational", STRONG)


def test_what_was_learned_outlives_the_run() -> None:
    world = ThinkingWorld(says={CHEAP: ["no"]})
    log = play(world, [thinking()])

    lessons = fold(State(), log).lessons

    by_model = {key.rpartition(":tests:")[2]: (one.tried, one.landed) for key, one in lessons.items()}
    assert by_model == {CHEAP: (1, 0), STRONG: (1, 1)}


def test_a_hard_task_is_raced_by_several_models_when_places_are_free_and_the_first_landing_wins() -> None:
    models = ("a/one", "b/two", "c/three")
    world = ThinkingWorld(says={"a/one": ["no"]})

    log = play(world, [thinking(models=models, parallel=3)])

    assert models_of(log)[0] == "a/one"
    assert set(models_of(log)[1:]) == {"b/two", "c/three"}
    assert ended(log).state == "completed" and ended(log).landed == 1


def test_one_place_is_never_raced_in() -> None:
    log = play(ThinkingWorld(says={CHEAP: ["no"]}), [thinking(parallel=1, models=("a/1", CHEAP, STRONG))])

    state = State()
    for event in log:
        state = fold(state, [event])
        assert not state.run or sum(a.step == "work" for a in state.run.open.values()) <= 1


def test_gates_without_a_technique_get_tasks_for_the_right_role_when_a_model_is_connected() -> None:
    gates = (*GATES, GateSpec(name="types", better="lower", target=0, tolerance=0))
    found = tuple(Finding(rule="arg-type", message=f"wrong {n}", path=f"{n % 2}.py", line=n) for n in range(5))
    read = (*readings("bugs=0,lint=0"), Reading(gate="types", value=5.0, findings=found))
    with_model, without = (
        fold(State(), play(ThinkingWorld(), [thinking(models=models, gates=gates)], stop_after=4)).run
        for models in (BOTH, ())
    )
    assert with_model is not None and without is not None

    owed = [t for t in tasks(replace(with_model, readings=read)) if t.kind == "findings"]

    assert [(t.id, t.role) for t in owed] == [("findings:types:0.py", "coder"), ("findings:types:1.py", "coder")]
    assert not [t for t in tasks(replace(without, readings=read)) if t.kind == "findings"]


def test_a_spent_budget_of_the_run_ends_it_as_exhausted_with_the_work_kept() -> None:
    world = ThinkingWorld(
        trees={"k0": "bugs=2,lint=1"}, stubborn=frozenset({"failing_test"}), says={CHEAP: ["patch", "spent run:cost"]}
    )

    log = play(world, [thinking(tree="bugs=2,lint=1", budget=Budget(cost=0.5), parallel=1)])

    end = ended(log)
    assert end.state == "exhausted" and "0.5 USD" in end.why
    assert end.landed == 2 and end.branch, "classical work and what was thought before are kept"
    assert len([e for e in log if isinstance(e, BudgetExhausted)]) == 1


def test_after_a_spent_budget_no_more_is_thought_but_classical_work_goes_on() -> None:
    world = ThinkingWorld(
        trees={"k0": "bugs=1,lint=3"}, says={CHEAP: ["spent run:tokens"], STRONG: ["spent run:tokens"]}
    )

    log = play(world, [thinking(tree="bugs=1,lint=3", budget=Budget(tokens=10))])

    spent_at = next(i for i, e in enumerate(log) if isinstance(e, BudgetExhausted))
    assert not models_of(log[spent_at:])
    assert ended(log).landed == 3


def test_a_conversation_that_is_taken_up_again_stands_on_its_own_base() -> None:
    world = ThinkingWorld(trees={"k0": "bugs=1,lint=1"})
    log = play(world, [thinking(tree="bugs=1,lint=1")], stop_after=4)
    state = fold(State(), log)
    while not any(isinstance(e, Work) and e.brain == "conversational" for e in pending(state)):
        state = fold(state, decide(state, world.carry_out(pending(state)[0], state)))
    work = next(e for e in pending(state) if isinstance(e, Work) and e.brain == "conversational")
    state = fold(state, decide(state, Broken(5000.0, key_of(work), "the provider is gone", work.attempt)))
    state = fold(state, decide(state, Tick(6000.0)))

    again = next(e for e in pending(state) if isinstance(e, Work) and e.attempt == work.attempt)
    assert (again.base, again.tries, again.model) == (work.base, 2, work.model)


def test_a_project_whose_tests_cannot_be_measured_gives_no_task_to_a_model() -> None:
    run = fold(State(), play(ThinkingWorld(), [thinking()], stop_after=4)).run
    assert run is not None
    broken = (Reading(gate="lint", value=None, detail="ruff is not there"),)

    assert not [t for t in tasks(replace(run, readings=broken)) if t.kind == "findings"]


def test_a_model_that_no_waiting_mends_is_not_asked_again_and_another_one_is() -> None:
    log = play(ThinkingWorld(says={CHEAP: ["lost"]}), [thinking(tree="bugs=3,lint=0", parallel=1)])

    assert models_of(log).count(CHEAP) == 1
    assert ended(log).state == "completed"
    assert [e.subject for e in log if isinstance(e, NoticeRaised)] == [CHEAP]
    assert all(e.retry_at is None for e in log if isinstance(e, AttemptFailed))


def test_a_weaker_model_is_asked_when_the_stronger_one_is_lost_because_that_one_did_not_fail_by_itself() -> None:
    world = ThinkingWorld(says={STRONG: ["lost"]})
    run = fold(State(), play(world, [thinking()], stop_after=4)).run
    assert run is not None

    gone = replace(run, lost={STRONG: "no credit left"})

    assert choose(run, findings_of("complexity")) == ("conversational", STRONG)
    assert choose(gone, findings_of("complexity")) == ("conversational", CHEAP)
    assert choose(replace(run, lost=dict.fromkeys(BOTH, "no")), findings_of("complexity")) is None


def test_when_no_model_can_be_asked_any_more_the_run_ends_and_what_is_left_says_what_to_mend() -> None:
    log = play(ThinkingWorld(says={CHEAP: ["lost"], STRONG: ["lost"]}), [thinking(tree="bugs=2,lint=0", parallel=2)])

    assert sorted(set(models_of(log))) == sorted(BOTH)
    assert sum(isinstance(e, NoticeRaised) for e in log) == 2, "each is told once, however many attempts met it"
    assert ended(log).state == "stalled" and "no model can be asked" in ended(log).why
    assert [left.what for left in ended(log).left if left.remedy == "fix that, then run again"] == [
        f"{model} could not be asked" for model in sorted(BOTH)
    ]


def test_only_a_fault_that_no_waiting_mends_strikes_a_model_off() -> None:
    def failed(model: str, fault: str) -> CallFailed:
        return CallFailed(attempt=AttemptId("r1.i1.a1"), key="act-0", model=model, nth=1, fault=fault, why=f"{fault}!")

    passing = ("rate_limited", "overloaded", "unreachable", "refused", "bad_request", "context_overflow", "deadline")
    for_good = ("unauthorized", "not_found", "quota", "no_key")

    assert not lost(RunId("r1"), [failed(CHEAP, fault) for fault in passing])
    assert [lost(RunId("r1"), [failed(CHEAP, fault)])[0].message for fault in for_good] == [
        f"{CHEAP} is not asked any more in this run: {fault}!" for fault in for_good
    ]
    assert len(lost(RunId("r1"), [failed(CHEAP, "quota"), failed(CHEAP, "quota"), failed(STRONG, "quota")])) == 2
