"""PURE: what an attempt that closed teaches: what need not be asked again, and which model achieves what."""

from __future__ import annotations

from dataclasses import replace

from director.core.budget import Sum
from director.core.state import ALL, TOLD, Attempt, Lesson, Run, Spent, lesson_key


def spend(run: Run, closed: Attempt, refused: tuple[str, ...], why: str, told: str) -> Spent:
    """Return what was answered no about a task, an attempt's answer added."""
    task = closed.task
    before = run.spent.get(task.id)
    if before is None or (before.digest != task.digest and task.gate != "goal"):
        before = Spent(task.digest, run.tree, ())
    heard = (*before.told, told)[-TOLD:] if told else before.told
    if closed.brain == "conversational":
        return replace(before, digest=task.digest, why=why, thought=(*before.thought, closed.model), told=heard)
    known = before.techniques if before.tree == run.tree else ()
    if set(refused) <= {ALL} and before.why:
        why = before.why  # nobody was asked: the last answer stands
    techniques = tuple(dict.fromkeys((*known, *refused)))
    return replace(before, tree=run.tree, techniques=techniques, why=why, told=heard)


def taught(run: Run, closed: Attempt, landed: int) -> Run:
    """Keep what a model achieved and what it cost, for the choice of the next one."""
    if closed.brain != "conversational":
        return run
    key = lesson_key(closed.task, closed.model)
    before = run.lessons.get(key, Lesson())
    cost = before.cost + run.costs.get(closed.id, Sum()).cost
    return replace(run, lessons={**run.lessons, key: Lesson(before.tried + 1, before.landed + landed, cost)})
