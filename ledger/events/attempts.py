"""PURE: what an attempt and its patch go through."""

from __future__ import annotations

from typing import Literal

import msgspec

from ledger.events.values import (
    AttemptId,
    CheckpointId,
    Event,
    FileChange,
    Finding,
    Fingerprint,
    Reading,
    Reason,
    RunId,
    TaskId,
)


class AttemptScheduled(Event, frozen=True, kw_only=True):
    """One try at a task was decided."""

    run: RunId
    iteration: int
    attempt: AttemptId
    task: TaskId
    role: str
    base: str
    """Commit the attempt starts from."""
    seed: int
    tries: int = 1
    """1 for the first; raised when the environment failed."""
    skip: tuple[str, ...] = ()
    """Techniques that already answered no for this task."""
    brain: str = "classical"
    """How it is thought: `classical`, or `conversational` with a model."""
    model: str = ""
    """The model to think with; empty for the classical brain."""


class TechniqueTried(Event, frozen=True, kw_only=True):
    """A technique gave its answer; stands in the attempt's stream."""

    attempt: AttemptId
    technique: str
    answer: Literal["patch", "no", "findings"]
    why: str = ""
    seconds: float = 0.0
    counts: dict[str, float] = msgspec.field(default_factory=dict)
    """What it cost and found, e.g. candidates, plausible."""


class FindingsReported(Event, frozen=True, kw_only=True):
    """An agent reports what it found without a patch."""

    run: RunId
    attempt: AttemptId
    findings: tuple[Finding, ...]
    answer: str = ""
    """Blob of what the agent says to who asked for the work; empty when nobody did."""


class PatchProposed(Event, frozen=True, kw_only=True):
    """An attempt brought a patch."""

    attempt: AttemptId
    base: str
    tree: str
    technique: str
    title: str
    files: tuple[FileChange, ...]
    diff: str
    """Blob of the unified diff."""
    patch: str
    """Stable id of the change itself, the same wherever it is applied."""
    fixes: tuple[Fingerprint, ...] = ()
    """Failures that it ends as far as the agent tried, those of other tasks too."""
    notes: str = ""
    """Evidence in the agent's words, e.g. the distinguishing input."""
    partial: bool = False
    """Whether the agent did not reach the end of its work; the referee judges what there is."""
    spent: str = ""
    """The budget that was spent, as `scope:what`, e.g. `run:cost`."""
    answer: str = ""
    """Blob of what the agent says to who asked for the work; empty when nobody did."""


class AttemptGaveUp(Event, frozen=True, kw_only=True):
    """An attempt ended without a patch: every technique that was asked answered no."""

    attempt: AttemptId
    why: str
    refused: tuple[str, ...] = ()
    """Techniques that answered no."""
    more: bool = False
    """Whether techniques that take longer are left to ask."""
    spent: str = ""
    """The budget that was spent, as `scope:what`, e.g. `run:cost`."""
    localised: tuple[Finding, ...] = ()
    """Where the cause most likely is, best first."""
    answer: str = ""
    """Blob of what the agent says to who asked for the work; empty when nobody did."""


class AttemptFailed(Event, frozen=True, kw_only=True):
    """The environment failed the attempt (crash, time-out); it is tried again while `retry_at` is set."""

    attempt: AttemptId
    why: str
    fingerprint: Fingerprint = Fingerprint("")
    retry_at: float | None = None


class AttemptCancelled(Event, frozen=True, kw_only=True):
    """The attempt is no longer owed: the run stopped, or its task was solved by another patch."""

    attempt: AttemptId
    why: str


class AttemptCosted(Event, frozen=True, kw_only=True):
    """What an attempt has spent on models so far, all its calls together; the last one of an attempt counts."""

    attempt: AttemptId
    calls: int
    tokens: int
    cost: float
    """USD, as far as prices are known."""
    unknown: int = 0
    """Calls whose price is unknown."""
    seconds: float = 0.0
    """Waiting for models."""


class PatchRebased(Event, frozen=True, kw_only=True):
    """The patch was moved onto the branch as it stands now."""

    attempt: AttemptId
    base: str
    tree: str


class PatchStacked(Event, frozen=True, kw_only=True):
    """The patch was put on those that wait before it; where nothing speaks against it, they are confirmed together."""

    attempt: AttemptId
    base: str
    """Commit of the branch that all of them stand on."""
    on: str
    """Tree it was put on: the branch's, or that of the patch before it."""
    tree: str
    readings: tuple[Reading, ...] = ()
    """Tests by those that the change can reach; what only a whole run tells is as it was before."""
    score: float = 0.0
    alone: str = ""
    """Why it cannot be confirmed with those before it, and waits until they have landed; empty when it can."""


class PatchMeasured(Event, frozen=True, kw_only=True):
    """All gates were measured on the patched tree, in a clean place."""

    attempt: AttemptId
    base: str
    tree: str
    readings: tuple[Reading, ...]
    score: float
    objections: tuple[Reason, ...] = ()
    """What the referee has against the patch; empty when nothing is known against it."""
    together: tuple[AttemptId, ...] = ()
    """Patches that one measurement confirmed, this one among them, in order; only the last was measured in full."""


class PatchesDoubted(Event, frozen=True, kw_only=True):
    """Patches that were measured together are not good together: fewer are measured, until it is clear which is not."""

    attempts: tuple[AttemptId, ...]
    base: str
    tree: str
    reasons: tuple[Reason, ...]


class LandDecided(Event, frozen=True, kw_only=True):
    """The patch is better and not worse; the commit follows from this event alone."""

    attempt: AttemptId
    checkpoint: CheckpointId
    at: float
    parent: str
    """Commit it is put on; empty for that of the landing decided just before, when several land together."""
    tree: str
    message: str


class PatchLanded(Event, frozen=True, kw_only=True):
    """The patch is a commit on Kaizen's branch, and a checkpoint one can roll back to."""

    attempt: AttemptId
    checkpoint: CheckpointId
    commit: str
    tree: str
    pack: str = ""
    """Blob of the objects new since the previous checkpoint."""
    solved: tuple[Fingerprint, ...] = ()
    """Errors that the branch showed before and does not show any more."""


class PatchRejected(Event, frozen=True, kw_only=True):
    """The patch was not landed."""

    attempt: AttemptId
    reasons: tuple[Reason, ...]
