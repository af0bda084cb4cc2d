"""PURE: what the director knows. Everything here is folded from its stream (`evolve.py`) and can be thrown away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from director.core.budget import Sum
from director.core.goals import Goal
from ledger.events import (
    ApprovalDenied,
    ApprovalGranted,
    ApprovalRequested,
    AttemptId,
    BudgetExhausted,
    CheckpointId,
    Finding,
    LandDecided,
    PatchProposed,
    PatchStacked,
    Reading,
    RequestId,
    Risk,
    RollbackDecided,
    RunClosing,
    RunCosted,
    RunId,
    RunStarted,
    Task,
    TaskId,
    TaskTaken,
)

Step = Literal["work", "waiting", "asked", "answered", "queued", "measured", "land"]
"""`waiting`: for a time; `asked`: for a person, holding nothing; `answered`: for a place to go on in."""
ALL = "*"
"""Stands in `Spent.techniques` when no technique is left to ask."""
MODEL_LOST = "model-lost"
"""Code of the notice that a model cannot be asked any more in a run."""
TOLD = 3
"""Rejections the next attempt at a task is told of."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was already answered no for a task, and about what."""

    digest: str
    tree: str
    techniques: tuple[str, ...]
    """Names, or `*` when none is left to ask."""
    why: str = ""
    """The last answer, in its own words."""
    thought: tuple[str, ...] = ()
    """Models that tried and failed, in order."""
    told: tuple[str, ...] = ()
    """Why patches were rejected, the last ones: who tries next is told."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model achieved at a kind of task, over all runs."""

    tried: int = 0
    landed: int = 0
    cost: float = 0.0
    """USD."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One open try."""

    id: AttemptId
    task: Task
    iteration: int
    base: str
    """Commit it started from."""
    seed: int
    tries: int = 1
    skip: tuple[str, ...] = ()
    step: Step = "work"
    retry_at: float = 0.0
    patch: PatchProposed | None = None
    onto: str = ""
    """Commit the tree to be measured stands on."""
    tree: str = ""
    readings: tuple[Reading, ...] = ()
    score: float = 0.0
    landing: LandDecided | None = None
    brain: str = "classical"
    model: str = ""
    turn: int = 0
    """How often it went on after an answer."""
    stacked: PatchStacked | None = None
    """Its place among patches that are to land together."""
    asked: ApprovalRequested | None = None
    answers: tuple[ApprovalGranted | ApprovalDenied, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """The run at work."""

    id: RunId
    started: RunStarted
    head: str
    """Commit of Kaizen's branch."""
    tree: str
    prepared: bool = False
    baseline: tuple[Reading, ...] = ()
    readings: tuple[Reading, ...] = ()
    """Of the branch's head; empty while it has to be measured."""
    score: float = 0.0
    iteration: int = 0
    iteration_open: bool = False
    todo: tuple[Task, ...] = ()
    """Tasks of this iteration that nobody has begun."""
    open: dict[AttemptId, Attempt] = field(default_factory=dict)
    queue: tuple[AttemptId, ...] = ()
    """Patches waiting to land, in the order they came."""
    slot: tuple[AttemptId, ...] = ()
    """Those of them that hold the landing slot, the first ones."""
    doubted: tuple[AttemptId, ...] = ()
    """Those of them that were measured together and are not good together: one of them is not good, as far as known."""
    spent: dict[TaskId, Spent] = field(default_factory=dict)
    hopeless: frozenset[str] = frozenset()
    """Functions the tester had no test for."""
    localised: dict[TaskId, tuple[Finding, ...]] = field(default_factory=dict)
    hot_spots: tuple[Finding, ...] = ()
    met: frozenset[str] = frozenset()
    """Gates that were met at some time, so that a milestone is told once."""
    attempts: int = 0
    landed: int = 0
    rejected: int = 0
    landed_here: int = 0
    rejected_here: int = 0
    """Of this iteration."""
    rejected_on: dict[str, str] = field(default_factory=dict)
    """Patch ids that were rejected, with the tree they were rejected on."""
    errors: frozenset[str] = frozenset()
    """Fingerprints already told."""
    quarantined: dict[str, str] = field(default_factory=dict)
    """Tests that pass and fail on one tree, with what they said when they failed."""
    paused: bool = False
    closing: RunClosing | None = None
    delivered: str = ""
    undeliverable: str = ""
    goal: Goal | None = None
    """What the user wants in words, and how far it is."""
    exhausted: tuple[BudgetExhausted, ...] = ()
    costs: dict[AttemptId, Sum] = field(default_factory=dict)
    """What attempts spent on models, as far as it was told."""
    costed: RunCosted | None = None
    allowed: frozenset[tuple[str, Risk]] = frozenset()
    """Tools with a risk that a person allowed for the rest of the run."""
    lessons: dict[str, Lesson] = field(default_factory=dict)
    """By `lesson_key`."""
    roles: dict[str, str] = field(default_factory=dict)
    """Roles that are paused or stopped."""
    lost: dict[str, str] = field(default_factory=dict)
    """Models that cannot be asked any more in this run, with the fault that no waiting mends."""
    asked: dict[RequestId, TaskTaken] = field(default_factory=dict)
    """Pieces of work somebody asked for and that are not answered yet."""

    @property
    def models(self) -> tuple[str, ...]:
        """The models that may still be asked, the cheapest first."""
        return tuple(model for model in self.started.models if model not in self.lost)

    def spent_on(self, task: Task) -> Spent | None:
        """Return what was answered no about a task as it stands now; None when nothing was, or it was about another."""
        spent = self.spent.get(task.id)
        return spent if spent is not None and spent.digest == task.digest else None

    def is_used_up(self, task: Task) -> bool:
        """Return whether no technique is left to ask about a task."""
        spent = self.spent_on(task)
        return spent is not None and ALL in spent.techniques

    @property
    def is_measured(self) -> bool:
        """Whether it measures gates at all: it need not when nothing is to become of its patches."""
        return not self.started.asked or any(taken.apply != "none" for taken in self.asked.values())


@dataclass(frozen=True, slots=True)
class Point:
    """A checkpoint, as far as deciding needs it."""

    id: CheckpointId
    commit: str
    tree: str
    run: RunId
    gates: dict[str, float | None]
    score: float
    on_branch: tuple[AttemptId, ...] = ()
    """Patches whose change the tree contains, since the run's start, in the order they landed."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Kaizen's branch of the last run; it stays when the run has ended, so that one can go back then too."""

    run: RunId
    name: str
    head: str
    tree: str
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The whole of it."""

    version: int = 0
    """Version of the director's stream."""
    runs: int = 0
    """Highest run number used."""
    run: Run | None = None
    branch: Branch | None = None
    checkpoints: dict[CheckpointId, Point] = field(default_factory=dict)
    on_branch: tuple[AttemptId, ...] = ()
    """Patches the head of the branch contains."""
    patches: dict[AttemptId, str] = field(default_factory=dict)
    """Patch ids of what landed."""
    refused: frozenset[str] = frozenset()
    """Patch ids that are not to be tried again in any run: they were rolled back."""
    rollback: RollbackDecided | None = None
    """A rollback that is decided and not yet done."""
    answered: frozenset[str] = frozenset()
    """Requests already answered."""
    lessons: dict[str, Lesson] = field(default_factory=dict)
    """What models achieved in the runs that have ended, by `lesson_key`."""
    roles: dict[str, str] = field(default_factory=dict)
    """Roles that are paused or stopped, in this run and the next."""
    asked: dict[RequestId, TaskTaken] = field(default_factory=dict)
    """Pieces of work that wait for a run of their own."""


def lesson_key(task: Task, model: str) -> str:
    """Return the name under which what a model achieved at a kind of task is kept."""
    return f"{task.kind}:{task.gate}:{model}"


def refused_now(state: State) -> frozenset[str]:
    """Return the patch ids nobody needs to propose on the branch as it stands."""
    run = state.run
    here = frozenset(p for p, tree in run.rejected_on.items() if tree == run.tree) if run else frozenset()
    return state.refused | here


def next_checkpoint(state: State, later: int = 0) -> CheckpointId:
    """Return the id the next checkpoint gets, or a later one."""
    return CheckpointId(f"c{len(state.checkpoints) + 1 + later}")
