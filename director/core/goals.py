"""PURE: a goal in words: its facts, its plan, its acceptance tests, and what is owed for it next."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ledger.events import (
    AcceptanceWritten,
    AnyEvent,
    FactsGathered,
    Finding,
    FindingsReported,
    LaidFile,
    Left,
    OpinionGiven,
    PlanMade,
    PlanStep,
    Reading,
    Task,
    TaskId,
)

GATE = "goal"
MOST_STEPS = 30
MOST_TRIES = {"research": 2, "plan": 3, "acceptance": 4, "implement": 4, "opinion": 2, "structure": 1, "findings": 1}
"""How often one kind of task is begun before the run goes on without it."""
STEP_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
TOLD = 3
"""Reasons of earlier tries that the next one is told."""
ADVICE = "look at the step's acceptance on the page, say the goal in smaller words, or connect a stronger model"


_Key = TypeVar("_Key")
_Held = TypeVar("_Held")


@dataclass(frozen=True, slots=True)
class Draft:
    """A patch for a step that was not good enough yet: whoever tries next goes on from it."""

    base: str
    """Commit the tree stands on."""
    tree: str


@dataclass(frozen=True, slots=True)
class Goal:
    """How far a goal is. What a step has reached is read from the gate, never kept here."""

    text: str
    facts: FactsGathered | None = None
    steps: tuple[PlanStep, ...] = ()
    accepted: dict[str, AcceptanceWritten] = field(default_factory=dict)
    """By step."""
    opinions: dict[str, OpinionGiven] = field(default_factory=dict)
    """By step, of the branch as it stands."""
    built: dict[str, str] = field(default_factory=dict)
    """Steps only an opinion can judge, whose work landed and waits for it: the blob of its diff."""
    drafts: dict[str, Draft] = field(default_factory=dict)
    reviewed: frozenset[TaskId] = frozenset()
    findings: tuple[Finding, ...] = ()
    """What the reviews of landed steps found."""
    tries: dict[TaskId, int] = field(default_factory=dict)
    told: dict[TaskId, tuple[str, ...]] = field(default_factory=dict)
    """Why earlier tries at a task did not do, the last ones."""
    rewritten: frozenset[str] = frozenset()
    """Steps whose acceptance tests were given up once, because nothing passed them."""


# --- the plan


def problem_of(steps: tuple[PlanStep, ...]) -> str:
    """Return why a plan cannot be followed, in words for who made it; empty when it can."""
    if not steps:
        return "the plan has no step: name at least one"
    if len(steps) > MOST_STEPS:
        return f"the plan has {len(steps)} steps: {MOST_STEPS} are the most, join some"
    ids = [step.id for step in steps]
    for step in steps:
        if not STEP_ID.fullmatch(step.id):
            return f"{step.id!r} is no id of a step: use at most 40 small letters, digits, - and _"
        if ids.count(step.id) > 1:
            return f"two steps are called {step.id}: give each its own id"
        if not step.title.strip() or not step.acceptance.strip():
            return f"step {step.id} does not say what it is and what shows that it is done: say both"
        unknown = [need for need in step.needs if need not in ids]
        if unknown:
            return f"step {step.id} needs {unknown[0]}, and no step is called so"
    circle = _circle({step.id: step.needs for step in steps})
    return (
        f"steps need each other in a circle: {' needs '.join(circle)}; take one of these needs away" if circle else ""
    )


def ordered(steps: tuple[PlanStep, ...]) -> tuple[PlanStep, ...]:
    """Return the steps of a plan without a circle so that none needs a later one, else in the order given."""
    waiting, placed = list(steps), dict[str, PlanStep]()
    while waiting:
        step = next(s for s in waiting if all(need in placed for need in s.needs))
        placed[step.id] = step
        waiting.remove(step)
    return tuple(placed.values())


def _circle(needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the ids of one circle, the first again at its end; nothing when there is none."""
    left = dict(needs)
    while free := [step for step, wants in left.items() if not any(want in left for want in wants)]:
        left = {step: wants for step, wants in left.items() if step not in free}
    if not left:
        return []
    way = [next(iter(left))]
    while way[-1] not in way[:-1]:
        way.append(next(want for want in left[way[-1]] if want in left))
    return way[way.index(way[-1]) :]


# --- what is owed


def owed(goal: Goal, reading: Reading | None) -> tuple[Task, ...]:
    """Return the tasks that bring the goal further now; a task is owed no more when its tries are used up."""
    if goal.facts is None and _has_tries(goal, "research"):
        return (_task(goal, "research", "", "researcher", "what matters for the goal"),)
    if not goal.steps:
        plan = _task(goal, "plan", "", "planner", "the steps to the goal")
        return (plan,) if _has_tries(goal, "plan") else ()
    done = done_steps(goal, reading)
    found = []
    for step in goal.steps:
        if step.id in done:
            found += _reviews(goal, step)
        elif all(need in done for need in step.needs):
            found.append(_of_step(goal, step))
    return tuple(task for task in found if _has_tries(goal, task.kind, task.id))


def reviews_owed(goal: Goal, reading: Reading | None) -> tuple[Task, ...]:
    """Return the tasks by which architect and security look at what was built."""
    return tuple(task for task in owed(goal, reading) if task.kind in ("structure", "findings"))


def done_steps(goal: Goal, reading: Reading | None) -> frozenset[str]:
    """Return the steps that are done on the tree of a reading."""
    counts = reading.counts if reading is not None else {}
    return frozenset(
        step.id
        for step in goal.steps
        if (
            _is_satisfied(goal, step)
            if step.opinion
            else step.id in goal.accepted and counts.get(count_of(step.id)) == 1
        )
    )


def count_of(step: str) -> str:
    """Return the name under which a reading of the gate counts a step: the share of its tests that pass."""
    return f"step {step}"


def step_of(task: Task) -> str:
    """Return the id of the step a task is about, empty when it is about the whole goal."""
    return task.id.partition(":")[2] if task.gate == GATE else ""


def _of_step(goal: Goal, step: PlanStep) -> Task:
    if step.opinion:
        if step.id in goal.built:
            return _task(goal, "opinion", step.id, "architect", f"whether this is done: {step.title}")
        return _task(goal, "implement", step.id, "coder", step.title)
    if step.id not in goal.accepted:
        return _task(goal, "acceptance", step.id, "tester", f"tests that show: {step.title}")
    role = "debugger" if step.id in goal.drafts else "coder"
    return _task(goal, "implement", step.id, role, step.title)


def _reviews(goal: Goal, step: PlanStep) -> list[Task]:
    both = (
        _task(goal, "structure", step.id, "architect", f"the structure of what was built: {step.title}"),
        _task(goal, "findings", step.id, "security", f"dangers in what was built: {step.title}"),
    )
    return [task for task in both if task.id not in goal.reviewed]


def _task(goal: Goal, kind: str, step: str, role: str, title: str) -> Task:
    identity = TaskId(f"{kind}:{step}" if step else kind)
    accepted = goal.accepted.get(step)
    return Task(
        id=identity,
        kind=kind,  # type: ignore[arg-type]
        gate=GATE,
        role=role,
        title=title,
        targets=accepted.tests if accepted and kind == "implement" and not accepted.gate else (),
        digest=f"try {goal.tries.get(identity, 0) + 1}",
        promise=1.0,
        cost=5.0,
    )


def _has_tries(goal: Goal, kind: str, task: str = "") -> bool:
    return goal.tries.get(TaskId(task or kind), 0) < MOST_TRIES[kind]


def _is_satisfied(goal: Goal, step: PlanStep) -> bool:
    given = goal.opinions.get(step.id)
    return given is not None and given.satisfied


# --- what happened


def after(goal: Goal, event: AnyEvent, task: Task | None) -> Goal:
    """Return the goal after a fact that an attempt at `task` brought."""
    match event:
        case FactsGathered():
            return replace(goal, facts=event)
        case PlanMade():
            return replace(goal, steps=event.steps)
        case AcceptanceWritten():
            return replace(goal, accepted={**goal.accepted, event.step: event})
        case OpinionGiven():
            goal = replace(goal, opinions={**goal.opinions, event.step: event}, built=_but(goal.built, event.step))
            return goal if event.satisfied else _tried(goal, TaskId(f"implement:{event.step}"), event.opinion)
        case FindingsReported() if task is not None and task.gate == GATE:
            return replace(goal, reviewed=goal.reviewed | {task.id}, findings=(*goal.findings, *event.findings))
    return goal


def failed(goal: Goal, task: Task, why: str) -> Goal:
    """Return the goal after a try at one of its tasks that did not do."""
    if task.gate != GATE:
        return goal
    goal = _tried(goal, task.id, why)
    step = step_of(task)
    given_up = task.kind == "implement" and not _has_tries(goal, "implement", task.id)
    if not given_up or step not in goal.accepted or step in goal.rewritten:
        return goal
    # Nothing passes these tests: they may be what is wrong. They are written anew, once, and judged as strictly.
    hint = f"no work passed the tests that stood before ({why}); say the same with other tests"
    return replace(
        _tried(goal, TaskId(f"acceptance:{step}"), hint),
        accepted=_but(goal.accepted, step),
        drafts=_but(goal.drafts, step),
        tries=_but(goal.tries, task.id),
        rewritten=goal.rewritten | {step},
    )


def drafted(goal: Goal, task: Task, base: str, tree: str) -> Goal:
    """Return the goal after a patch for one of its steps was judged and rejected: it is a draft now."""
    if task.gate != GATE or task.kind != "implement":
        return goal
    return replace(goal, drafts={**goal.drafts, step_of(task): Draft(base, tree)})


def landed(goal: Goal, task: Task, diff: str) -> Goal:
    """Return the goal after a patch for one of its steps landed; `diff` is its blob."""
    if task.gate != GATE or task.kind != "implement":
        return goal
    step = step_of(task)
    by_opinion = any(s.id == step and s.opinion for s in goal.steps)
    built = {**goal.built, step: diff} if by_opinion else goal.built
    return replace(goal, drafts=_but(goal.drafts, step), built=built)


def rolled_back(goal: Goal) -> Goal:
    """Return the goal after the branch went back: what only opinions say is done is built and judged anew."""
    return replace(goal, opinions={}, built={}, drafts={})


def lands_without_gain(goal: Goal, task: Task) -> bool:
    """Return whether a patch that makes nothing worse may land though no gate moves: its step has no test."""
    step = step_of(task)
    return task.kind == "implement" and any(s.id == step and s.opinion for s in goal.steps)


def _but(all_of_them: Mapping[_Key, _Held], one: _Key) -> dict[_Key, _Held]:
    return {key: held for key, held in all_of_them.items() if key != one}


def _tried(goal: Goal, task: TaskId, why: str) -> Goal:
    told = (*goal.told.get(task, ()), why)[-TOLD:] if why else goal.told.get(task, ())
    return replace(goal, tries={**goal.tries, task: goal.tries.get(task, 0) + 1}, told={**goal.told, task: told})


# --- what others are told


def laid(goal: Goal, task: Task) -> tuple[LaidFile, ...]:
    """Return the files that stand in the worktree of a task, whatever is done to them there."""
    accepted = goal.accepted.get(step_of(task)) if task.kind == "implement" else None
    return accepted.files if accepted else ()


def draft_of(goal: Goal, task: Task) -> Draft | None:
    """Return the work an attempt at a task goes on from."""
    return goal.drafts.get(step_of(task)) if task.kind == "implement" and task.gate == GATE else None


def asked_of_the_gate(goal: Goal) -> str:
    """Return, as JSON, what the gate has to measure: each step with its tests, and the blobs of their files."""
    steps = []
    for step in goal.steps:
        accepted = goal.accepted.get(step.id)
        steps.append({
            "id": step.id,
            "title": step.title,
            "opinion": step.opinion,
            "satisfied": _is_satisfied(goal, step),
            "model": goal.opinions[step.id].model if step.id in goal.opinions else "",
            "tests": list(accepted.tests) if accepted else [],
            "gate": accepted.gate if accepted else "",
            "files": {file.path: file.blob for file in accepted.files} if accepted else {},
        })  # fmt: skip
    return json.dumps(steps)


def notes(goal: Goal, task: Task) -> dict[str, str]:
    """Return what other roles left for an attempt, by name; the facts themselves are a blob that is read elsewhere."""
    found = {}
    if goal.steps:
        found["plan"] = "\n".join(_line(step) for step in goal.steps)
    step = next((s for s in goal.steps if s.id == step_of(task)), None)
    if step is not None:
        found["step"] = f"{step.title}\nDone when: {step.acceptance}"
        given = goal.opinions.get(step.id)
        if given is not None:
            found["opinion"] = given.opinion
    accepted = goal.accepted.get(step_of(task))
    if accepted is not None:
        files = ", ".join(file.path for file in accepted.files)
        found["acceptance"] = f"{files} must pass and cannot be changed: {', '.join(accepted.tests)}"
    if goal.told.get(task.id):
        found["rejected"] = "\n".join(goal.told[task.id])
    if goal.findings and task.kind == "implement":
        found["review"] = "\n".join(f"{f.path}:{f.line} {f.rule}: {f.message}" for f in goal.findings[-20:])
    return found


def undone(goal: Goal, reading: Reading | None) -> list[Left]:
    """Return one entry for each part of the goal that is not done."""
    if not goal.steps:
        why = (goal.told.get(TaskId("plan")) or ("the run ended before there was a plan",))[-1]
        return [Left(what=f"goal: {goal.text}", why=why, remedy=ADVICE)]
    done = done_steps(goal, reading)
    remaining = []
    for step in goal.steps:
        if step.id in done:
            continue
        waits = [need for need in step.needs if need not in done]
        reasons = [
            *goal.told.get(TaskId(f"acceptance:{step.id}"), ()),
            *goal.told.get(TaskId(f"implement:{step.id}"), ()),
        ]
        why = f"it needs {waits[0]} first" if waits else reasons[-1] if reasons else "the run ended before it was tried"
        remaining.append(Left(what=f"step {step.id}: {step.title}", why=why, remedy=ADVICE))
    return remaining


def _line(step: PlanStep) -> str:
    needs = f" (after {', '.join(step.needs)})" if step.needs else ""
    return f"{step.id}{needs}: {step.title}. Done when: {step.acceptance}"
