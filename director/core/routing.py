"""PURE: who thinks about a task: the classical brain first, then models, by what they achieved for what they cost.

A model that failed at a task is followed by a stronger one, never by a weaker one; the strongest gets a second try
when there is something it can be told: why a patch was rejected.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from director.core.goals import GATE as GOAL
from director.core.state import MODEL_LOST, Attempt, Lesson, Run, lesson_key
from ledger.events import (
    AnyEvent,
    AttemptGaveUp,
    Budget,
    BudgetExhausted,
    CallFailed,
    NoticeRaised,
    PatchProposed,
    RunId,
    Task,
)

BY_LOOKING = frozenset({"research", "structure", "findings"})
"""Kinds of tasks of a goal that need no model: what they bring is read, not thought."""
CLASSICAL_KINDS = frozenset({"failing_test", "lint", "dead_code", "uncovered", "structure"})
"""Kinds of tasks some technique is known for."""
HARD_KINDS = frozenset({"plan", "acceptance", "opinion"})
HARD_GATES = frozenset({"complexity", "duplication", "performance", "security", "bundle"})
"""Where a wrong first thought costs more than a strong model."""
RACED = frozenset({"failing_test", "dead_code", "lint", "findings", "uncovered"})
"""Kinds that end in a patch, so that the referee can pick one of several."""
MANY_TARGETS = 8
TRUST = 2.0
"""How many attempts what is believed beforehand weighs as much as."""
DEARER = 4.0
"""How much dearer the next model is believed to be while nothing is known."""
FIRST_GUESS = 0.01
"""USD an attempt of the cheapest model is believed to cost; only proportions matter."""

FOR_GOOD = frozenset({"quota", "unauthorized", "no_key", "not_found", "no_price"})
"""Faults of a model that no waiting mends: the next attempt would meet the same."""


class Choice(NamedTuple):
    """Who is to think."""

    brain: str
    model: str = ""


CLASSICAL = Choice("classical")


def choose(run: Run, task: Task) -> Choice | None:
    """Return who is to think about a task next; None when nobody is left."""
    if has_technique(task) and not run.is_used_up(task):
        return CLASSICAL
    return None if is_blocked(run, task) else _thinks(run, task)


def has_technique(task: Task) -> bool:
    """Return whether a technique may have an answer to this kind of task."""
    return task.kind in (BY_LOOKING if task.gate == GOAL else CLASSICAL_KINDS)


def is_held_back(run: Run, task: Task) -> bool:
    """Return whether a model would be asked about the task if a budget were not spent."""
    return is_blocked(run, task) and _thinks(run, task) is not None


def is_blocked(run: Run, task: Task) -> bool:
    """Return whether a budget that counts for the task is spent."""
    now = run.iteration if run.iteration_open else run.iteration + 1
    subjects = {"run": "", "iteration": str(now), "role": task.role, "task": task.id}
    return any(subjects.get(spent.scope) == spent.subject for spent in run.exhausted)


def rival(run: Run, attempt: Attempt) -> str:
    """Return the model that is to race an attempt at a hard task in a worktree of its own; empty for none."""
    task = attempt.task
    if attempt.brain != "conversational" or task.kind not in RACED or task.gate == GOAL or is_blocked(run, task):
        return ""
    if not is_hard(task) and not _thought(run, task):
        return ""
    at_work = {a.model for a in run.open.values() if a.task.id == task.id}
    free = [model for model in _ladder(run, task) if model not in at_work]
    return free[0] if free else ""


def exhausted(run: Run, attempt: Attempt, events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """Return the budget that an attempt found spent, told once."""
    for event in events:
        spent = event.spent if isinstance(event, PatchProposed | AttemptGaveUp) else ""
        scope, _, what = spent.partition(":")
        subjects = {
            "run": "", "iteration": str(attempt.iteration), "role": attempt.task.role, "task": attempt.task.id,
        }  # fmt: skip
        if scope in subjects:
            told = BudgetExhausted(
                run=run.id,
                scope=scope,  # type: ignore[arg-type]
                what=what,
                limit=_limit(run.started.budget, scope, what),
                subject=subjects[scope],
            )
            known = {(spent.scope, spent.subject) for spent in run.exhausted}
            return [] if (scope, told.subject) in known else [told]
    return []


def lost(run: RunId, failures: Iterable[CallFailed]) -> tuple[NoticeRaised, ...]:
    """Return the models that cannot be asked any more, by what went wrong with calls, each told once."""
    told: dict[str, NoticeRaised] = {}
    for failed in failures:
        if failed.fault in FOR_GOOD and failed.model not in told:
            why = f"{failed.model} is not asked any more in this run: {failed.why}"
            told[failed.model] = NoticeRaised(
                code=MODEL_LOST, message=why, level="error", run=run, subject=failed.model
            )
    return tuple(told.values())


def is_news(run: Run | None, notice: NoticeRaised) -> bool:
    """Return whether a notice is to be told: that a model is lost only once in a run, and only in that run."""
    if notice.code != MODEL_LOST:
        return True
    return run is not None and run.id == notice.run and notice.subject in run.models


def _limit(budget: Budget, scope: str, what: str) -> float:
    held = budget if scope == "run" else getattr(budget, f"per_{scope}")
    return float(getattr(held, what, None) or 0.0)


def is_hard(task: Task) -> bool:
    """Return whether a strong model is the thrifty one: the task spans much, or others build on its answer."""
    return (
        task.kind in HARD_KINDS
        or (task.kind == "findings" and task.gate in HARD_GATES)
        or (task.kind == "failing_test" and len(task.targets) >= MANY_TARGETS)
    )


def worth(run: Run, task: Task, model: str) -> float:
    """Return the successes per USD that are to be expected of a model at a kind of task."""
    rank = run.started.models.index(model)
    last = len(run.started.models) - 1
    ease = rank / last if last else 1.0
    believed = 0.1 + 0.5 * ease if is_hard(task) else 0.6 + 0.2 * ease
    lesson = run.lessons.get(lesson_key(task, model), Lesson())
    success = (lesson.landed + TRUST * believed) / (lesson.tried + TRUST)
    price = (lesson.cost + TRUST * usual_cost(run, model)) / (lesson.tried + TRUST)
    return success / price


def usual_cost(run: Run, model: str) -> float:
    """Return what an attempt of a model costs, over all kinds of tasks; what is not known follows from the others."""
    models = run.started.models
    rank, known = models.index(model), {}
    for other in models:
        mine = [lesson for key, lesson in run.lessons.items() if key.endswith(f":{other}")]
        tried = sum(lesson.tried for lesson in mine)
        if tried:
            known[models.index(other)] = sum(lesson.cost for lesson in mine) / tried
    if not known:
        return float(FIRST_GUESS * DEARER**rank)
    nearest = min(known, key=lambda other: abs(other - rank))
    return float(max(1e-6, known[nearest] * DEARER ** (rank - nearest)))


def _thinks(run: Run, task: Task) -> Choice | None:
    if task.kind == "structure" and task.gate != GOAL:
        return None
    ladder = _ladder(run, task)
    return Choice("conversational", ladder[0]) if ladder else None


def _ladder(run: Run, task: Task) -> tuple[str, ...]:
    """Return the models that may still try, the one to ask first at the front."""
    models = run.models
    if not models:
        return ()
    failed = [model for model in _thought(run, task) if model in models]
    if not failed:
        return tuple(sorted(models, key=lambda model: -worth(run, task, model)))
    strongest = max(models.index(model) for model in failed)
    stronger = models[strongest + 1 :]
    if stronger:
        return tuple(sorted(stronger, key=lambda model: -worth(run, task, model)))
    again = task.gate == GOAL or (run.spent[task.id].told and failed.count(models[-1]) < 2)
    return (models[-1],) if again else ()


def _thought(run: Run, task: Task) -> tuple[str, ...]:
    spent = run.spent.get(task.id)
    return spent.thought if spent is not None and (spent.digest == task.digest or task.gate == GOAL) else ()
