"""PURE: what is decided and not yet reported. The to-do list of the world is a projection of the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from director.core import goals, slot
from director.core.goals import Draft
from director.core.state import Attempt, Run, State, next_checkpoint
from ledger.events import (
    AttemptId,
    CheckpointId,
    LaidFile,
    LandDecided,
    RollbackDecided,
    RunId,
    Task,
    TaskTaken,
)


@dataclass(frozen=True, slots=True)
class Prepare:
    """Make the target runnable."""

    run: RunId


@dataclass(frozen=True, slots=True)
class MeasureBranch:
    """Measure all gates on the branch's head."""

    run: RunId
    commit: str
    tree: str
    baseline: bool


@dataclass(frozen=True, slots=True)
class Work:
    """Let a role work on a task in a private worktree."""

    attempt: AttemptId
    tries: int
    task: Task
    role: str
    base: str
    seed: int
    skip: tuple[str, ...]
    laid: tuple[LaidFile, ...] = ()
    """Files that stand in the worktree whatever is done to them: acceptance tests."""
    draft: Draft | None = None
    """Work it goes on from."""
    iteration: int = 0
    brain: str = "classical"
    model: str = ""
    turn: int = 0
    """How often it went on after a person's answer."""


@dataclass(frozen=True, slots=True)
class Rebase:
    """Move the patch onto the branch's head."""

    attempt: AttemptId
    base: str
    tree: str
    onto: str


@dataclass(frozen=True, slots=True)
class Stack:
    """Put the patch on those that wait before it, and let the tests that it can reach speak."""

    attempt: AttemptId
    base: str
    tree: str
    head: str
    """Commit of the branch."""
    on: str
    """Tree it is put on: the branch's for the first one."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Measure all gates on the patched tree, in a clean place."""

    attempt: AttemptId
    base: str
    tree: str
    together: tuple[AttemptId, ...] = ()
    """Patches that are confirmed by it, this one the last of them; empty when it is alone."""


@dataclass(frozen=True, slots=True)
class Land:
    """Write the decided commits, one upon the other, and move the branch to the last."""

    decided: tuple[LandDecided, ...]
    branch: str


@dataclass(frozen=True, slots=True)
class Restore:
    """Write the decided rollback's commit and move the branch to it."""

    decided: RollbackDecided
    branch: str
    delivered: bool
    """Whether the branch stands in the user's repository too."""
    created: CheckpointId
    """The checkpoint this makes."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Add the branch to the user's repository."""

    run: RunId
    branch: str
    commit: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Count what the run spent on models, once nothing of it is at work any more."""

    run: RunId


@dataclass(frozen=True, slots=True)
class Begin:
    """Begin a run for a piece of work somebody asked for."""

    taken: TaskTaken


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Come back with a Tick at a time."""

    at: float


Effect = Prepare | MeasureBranch | Work | Rebase | Stack | Measure | Land | Restore | Deliver | Tally | Begin | WakeAt


def key_of(effect: Effect) -> str:
    """Return the name of an effect: the same key is the same effect, and a new try or turn is another one."""
    match effect:
        case Prepare():
            return f"prepare:{effect.run}"
        case MeasureBranch():
            return f"measure-branch:{effect.run}:{effect.commit}"
        case Work():
            return f"work:{effect.attempt}:{effect.tries}" + (f":{effect.turn}" if effect.turn else "")
        case Rebase():
            return f"rebase:{effect.attempt}:{effect.onto}"
        case Stack():
            return f"stack:{effect.attempt}:{effect.head}:{effect.on}"
        case Measure():
            return f"measure:{effect.attempt}:{effect.tree}"
        case Land():
            return f"land:{effect.decided[-1].attempt}"
        case Restore():
            return f"restore:{effect.decided.request}"
        case Deliver():
            return f"deliver:{effect.run}"
        case Tally():
            return f"tally:{effect.run}"
        case Begin():
            return f"begin:{effect.taken.request}"
        case WakeAt():
            return f"wake:{effect.at}"
        case _ as never:
            assert_never(never)


def pending(state: State) -> tuple[Effect, ...]:
    """Return every effect that is owed now, in the order it should begin."""
    owed: list[Effect] = []
    if state.rollback is not None and state.branch is not None and not _landing(state.run):
        branch = state.branch
        owed.append(Restore(state.rollback, branch.name, branch.delivered, next_checkpoint(state)))
    if state.run is not None:
        owed += _of_run(state.run, blocked=state.rollback is not None)
    elif state.rollback is None:
        owed += [Begin(taken) for taken in list(state.asked.values())[:1]]
    return tuple(owed)


def owes_delivery(run: Run) -> bool:
    """Return whether there is something to deliver and it was not tried yet."""
    tried = run.delivered or run.undeliverable
    return run.started.deliver and not tried and run.head != run.started.commit


def owes_tally(run: Run) -> bool:
    """Return whether it is not yet counted what the run spent on models."""
    return bool(run.started.models) and run.costed is None


def _of_run(run: Run, blocked: bool) -> list[Effect]:
    owed: list[Effect] = []
    if run.closing is not None:
        owed += _land(run)
        if not run.open and not blocked and owes_delivery(run):
            owed.append(Deliver(run.id, run.started.branch, run.head))
        if not run.open and owes_tally(run):
            owed.append(Tally(run.id))
        return owed
    if not run.prepared:
        return [Prepare(run.id)]
    if run.is_measured and not run.readings and not blocked:
        owed.append(MeasureBranch(run.id, run.head, run.tree, not run.baseline))
    working = sum(a.step == "work" for a in run.open.values())
    for attempt in run.open.values():
        if attempt.step == "work":
            owed.append(_work(run, attempt))
        elif attempt.step == "waiting" and not run.paused and working < run.started.parallel:
            owed.append(WakeAt(attempt.retry_at))
        elif attempt.step == "asked" and attempt.asked is not None:
            owed.append(WakeAt(attempt.asked.expires))
    if run.slot:
        first = run.open[run.slot[0]]
        if first.step == "land":
            owed = [*_land(run), *owed]
        elif run.readings and not blocked and first.step == "queued":
            owed.insert(0, _next_of_slot(run, first))
    if run.started.budget.minutes is not None:
        owed.append(WakeAt(run.started.at + 60 * run.started.budget.minutes))
    return owed


def _next_of_slot(run: Run, attempt: Attempt) -> Effect:
    if len(run.slot) > 1:
        return _next_together(run)
    elsewhere = attempt.stacked is not None and attempt.stacked.on != run.tree
    if attempt.onto != run.head or elsewhere:
        assert attempt.patch is not None
        return Rebase(attempt.id, attempt.patch.base, attempt.patch.tree, run.head)
    return Measure(attempt.id, attempt.onto, attempt.tree)


def _next_together(run: Run) -> Effect:
    where = slot.standing(run)
    if where.next is not None:
        assert where.next.patch is not None
        return Stack(where.next.id, where.next.patch.base, where.next.patch.tree, run.head, where.below)
    return Measure(run.slot[-1], run.head, where.below, run.slot)


def _work(run: Run, attempt: Attempt) -> Work:
    return Work(
        attempt=attempt.id,
        tries=attempt.tries,
        task=attempt.task,
        role=attempt.task.role,
        base=attempt.base,
        seed=attempt.seed,
        skip=attempt.skip,
        laid=goals.laid(run.goal, attempt.task) if run.goal else (),
        draft=goals.draft_of(run.goal, attempt.task) if run.goal else None,
        iteration=attempt.iteration,
        brain=attempt.brain,
        model=attempt.model,
        turn=attempt.turn,
    )


def _land(run: Run) -> list[Effect]:
    """Return the landing that is decided; those that were confirmed together land at once."""
    waiting = (run.open[a] for a in run.queue)
    decided = tuple(a.landing for a in waiting if a.step == "land" and a.landing is not None)
    return [Land(decided, run.started.branch)] if decided else []


def _landing(run: Run | None) -> bool:
    return run is not None and any(a.step == "land" for a in run.open.values())
