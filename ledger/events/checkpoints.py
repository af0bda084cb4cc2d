"""PURE: checkpoints, going back to them, and what is written down by hand."""

from __future__ import annotations

import msgspec

from ledger.events.values import (
    AttemptId,
    CheckpointId,
    Event,
    RequestId,
    RunId,
)


class CheckpointCreated(Event, frozen=True, kw_only=True):
    """A state of the branch one can roll back to: the start of a run, a landing's result, or by request."""

    run: RunId
    checkpoint: CheckpointId
    commit: str
    tree: str
    gates: dict[str, float | None]
    score: float
    title: str
    request: RequestId = RequestId("")
    pack: str = ""
    """At the start of a run: blob of a pack with everything the tree holds. Later checkpoints build on it."""


class RollbackDecided(Event, frozen=True, kw_only=True):
    """Going back to a checkpoint was decided; the commit follows from this event alone."""

    request: RequestId
    checkpoint: CheckpointId
    at: float
    parent: str
    """Head of the branch before; it stays reachable, so a rollback can be undone."""
    tree: str
    undone: tuple[AttemptId, ...]
    redone: tuple[AttemptId, ...] = ()
    message: str = ""


class RolledBack(Event, frozen=True, kw_only=True):
    """The branch has the checkpoint's tree again, byte for byte, as a new commit and a new checkpoint."""

    request: RequestId
    checkpoint: CheckpointId
    """The checkpoint gone back to."""
    created: CheckpointId
    """The checkpoint this rollback made."""
    commit: str
    tree: str


class ActionRecorded(Event, frozen=True, kw_only=True):
    """Something an agent or a tool outside Kaizen did."""

    agent: str
    action: str
    details: dict[str, str] = msgspec.field(default_factory=dict)


class MilestoneReached(Event, frozen=True, kw_only=True):
    """A gate was met for the first time in a run, or all of them were."""

    run: RunId
    name: str
