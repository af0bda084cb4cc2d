"""A goal in words: what is owed for it and in which order, what is refused, and how it ends."""

from __future__ import annotations

import pytest

from director.core.effects import Work
from director.core.goals import ordered, problem_of
from ledger.events import (
    AnyEvent,
    AttemptGaveUp,
    AttemptScheduled,
    OpinionGiven,
    PatchLanded,
    PlanMade,
    PlanStep,
    RunEnded,
)
from tests.core.goal_world import GoalWorld, step, wish
from tests.core.world import play


def tasks_of(log: list[AnyEvent]) -> list[str]:
    return [e.task for e in log if isinstance(e, AttemptScheduled)]


def ended(log: list[AnyEvent]) -> RunEnded:
    last = log[-1]
    assert isinstance(last, RunEnded)
    return last


def works(world: GoalWorld, task: str) -> list[Work]:
    return [work for work in world.asked if work.task.id == task]


def test_a_goal_is_researched_then_planned_then_built_step_by_step_tests_first() -> None:
    log = play(GoalWorld(), [wish()])

    for_the_goal = [t for t in tasks_of(log) if t.partition(":")[0] in ("research", "plan", "acceptance", "implement")]
    assert for_the_goal == ["research", "plan", "acceptance:a", "implement:a", "acceptance:b", "implement:b"]
    assert ended(log).state == "completed"


def test_steps_that_need_nothing_of_each_other_are_built_at_the_same_time() -> None:
    world = GoalWorld(plans=((step("a"), step("b"), step("c", "a", "b")),))

    log = play(world, [wish(parallel=2)])

    built = [e.task for e in log if isinstance(e, AttemptScheduled) and e.task.startswith("acceptance")]
    assert built == ["acceptance:a", "acceptance:b", "acceptance:c"]
    iteration = {e.task: e.iteration for e in log if isinstance(e, AttemptScheduled)}
    assert iteration["acceptance:a"] == iteration["acceptance:b"] < iteration["acceptance:c"]
    assert ended(log).state == "completed"


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ((), "no step"),
        ((step("a", "b"), step("b", "a")), "in a circle: a needs b needs a"),
        ((step("a", "a"),), "in a circle: a needs a"),
        ((step("x", "a"), step("a", "b"), step("b", "c"), step("c", "a")), "in a circle: a needs b needs c needs a"),
        ((step("a"), step("a")), "two steps are called a"),
        ((step("a", "z"),), "needs z, and no step is called so"),
        ((step("../a"),), "no id of a step"),
        ((PlanStep(id="a", title="build", acceptance=" "),), "what shows that it is done"),
        (tuple(step(f"s{i}") for i in range(31)), "31 steps"),
    ],
)
def test_a_plan_nobody_can_follow_is_refused_with_its_reason(steps: tuple[PlanStep, ...], why: str) -> None:
    assert why in problem_of(steps)


def test_a_refused_plan_is_asked_for_again_and_the_planner_is_told_why() -> None:
    world = GoalWorld(plans=((step("a", "b"), step("b", "a")), (step("a"),)))

    log = play(world, [wish()])

    refused = [e for e in log if isinstance(e, AttemptGaveUp) and "circle" in e.why]
    assert len(refused) == 1 and len(works(world, "plan")) == 2
    assert ended(log).state == "completed"


def test_a_planner_that_never_brings_a_plan_ends_the_run_as_stalled_with_the_reason() -> None:
    world = GoalWorld(plans=((step("a", "b"), step("b", "a")),))

    log = play(world, [wish()])

    assert len(works(world, "plan")) == 3
    assert ended(log).state == "stalled"
    assert [left.what for left in ended(log).left] == ["goal: a shop"] and "circle" in ended(log).left[0].why


def test_steps_stand_in_an_order_in_which_none_needs_a_later_one() -> None:
    log = play(GoalWorld(plans=((step("b", "a"), step("c", "b"), step("a")),)), [wish()])

    made = next(e for e in log if isinstance(e, PlanMade))
    assert [s.id for s in made.steps] == ["a", "b", "c"]


def test_a_plan_in_order_keeps_its_order() -> None:
    steps = (step("z"), step("a"), step("m", "z"))

    assert ordered(steps) == steps


def test_the_worktree_of_an_implementation_holds_its_own_acceptance_tests_and_no_others() -> None:
    world = GoalWorld()

    play(world, [wish()])

    assert [file.path for file in works(world, "implement:a")[0].laid] == ["tests/test_a.py"]
    assert [file.path for file in works(world, "implement:b")[0].laid] == ["tests/test_b.py"]
    assert not works(world, "acceptance:b")[0].laid


def test_refused_acceptance_tests_are_written_again_before_anything_is_built() -> None:
    world = GoalWorld(refused={"a": 2})

    log = play(world, [wish()])

    assert len(works(world, "acceptance:a")) == 3
    assert tasks_of(log).index("implement:a") > max(i for i, t in enumerate(tasks_of(log)) if t == "acceptance:a")
    assert ended(log).state == "completed"


def test_after_a_rejected_patch_the_debugger_goes_on_from_the_draft() -> None:
    world = GoalWorld(stubborn=frozenset({"never:a"}))

    play(world, [wish()])

    first, second = works(world, "implement:a")[:2]
    assert first.role == "coder" and first.draft is None
    assert second.role == "debugger" and second.draft is not None and "half-" in second.draft.tree


def test_tests_that_no_work_passes_are_written_anew_once_and_then_given_up_with_what_waits_for_them() -> None:
    world = GoalWorld(stubborn=frozenset({"never:a"}))

    log = play(world, [wish()])

    assert len(works(world, "acceptance:a")) == 2 and len(works(world, "implement:a")) == 8
    assert ended(log).state == "stalled"
    assert [left.what for left in ended(log).left] == ["step a: build a", "step b: build b"]
    assert ended(log).left[1].why == "it needs a first"


def test_a_step_no_test_can_say_lands_and_waits_for_an_opinion() -> None:
    world = GoalWorld(plans=((step("a"), step("prose", "a", opinion=True)),))

    log = play(world, [wish()])

    assert "acceptance:prose" not in tasks_of(log)
    given = next(i for i, e in enumerate(log) if isinstance(e, OpinionGiven))
    assert len([e for e in log[:given] if isinstance(e, PatchLanded)]) == 2
    assert ended(log).state == "completed"


def test_an_unsatisfied_opinion_has_the_step_built_again() -> None:
    world = GoalWorld(plans=((step("prose", opinion=True),),), opinions=(False, True))

    log = play(world, [wish()])

    assert len(works(world, "implement:prose")) == 2 and len(works(world, "opinion:prose")) == 2
    assert ended(log).state == "completed"


def test_no_patch_for_a_step_with_tests_lands_without_a_gain() -> None:
    log = play(GoalWorld(stubborn=frozenset({"never:a"})), [wish()])

    assert not [e for e in log if isinstance(e, PatchLanded)]


def test_what_was_built_is_looked_at_by_the_architect_and_by_security_before_the_run_ends() -> None:
    log = play(GoalWorld(), [wish()])

    roles = {e.task: e.role for e in log if isinstance(e, AttemptScheduled)}
    assert {roles["structure:a"], roles["structure:b"]} == {"architect"}
    assert {roles["findings:a"], roles["findings:b"]} == {"security"}


def test_a_goal_run_stopped_after_any_event_and_begun_again_gives_the_same_ledger() -> None:
    plans = ((step("a"), step("b", "a", opinion=True)),)
    whole = play(GoalWorld(plans=plans), [wish()])

    for length in range(2, len(whole), 5):
        world = GoalWorld(plans=plans)
        log = play(world, [wish()], stop_after=length)
        assert play(world, [], log) == whole
