"""PURE: what the director knows. Everything here is folded from its stream (`evolve.py`) and can be thrown away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from director.core.goals import Goal
from ledger.events import (
    AttemptId,
    CheckpointId,
    Finding,
    LandDecided,
    PatchProposed,
    Reading,
    RollbackDecided,
    RunClosing,
    RunId,
    RunStarted,
    Task,
    TaskId,
)

Step = Literal["work", "waiting", "queued", "measured", "land"]


@dataclass(frozen=True, slots=True)
class Spent:
    """What was already answered no for a task, and about what."""

    digest: str
    tree: str
    techniques: tuple[str, ...]
    """Names, or `*` when none is left to ask."""
    why: str = ""
    """The last answer, in its own words."""


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
    """Patches waiting to land, in order; the first holds the landing slot."""
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
    paused: bool = False
    closing: RunClosing | None = None
    delivered: str = ""
    undeliverable: str = ""
    goal: Goal | None = None
    """What the user wants in words, and how far it is."""


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


def refused_now(state: State) -> frozenset[str]:
    """Return the patch ids nobody needs to propose on the branch as it stands."""
    run = state.run
    here = frozenset(p for p, tree in run.rejected_on.items() if tree == run.tree) if run else frozenset()
    return state.refused | here


def next_checkpoint(state: State) -> CheckpointId:
    """Return the id the next checkpoint gets."""
    return CheckpointId(f"c{len(state.checkpoints) + 1}")
