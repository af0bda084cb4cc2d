"""PURE: the fold behind a project's front page: where it is, what it reached, and where one can go back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ledger.events import (
    AnyEvent,
    AttemptId,
    BaselineMeasured,
    BranchMeasured,
    CheckpointCreated,
    CheckpointId,
    GateSpec,
    IterationStarted,
    MilestoneReached,
    PatchLanded,
    PatchMeasured,
    PatchRejected,
    Reading,
    RunStarted,
)


@dataclass(frozen=True, slots=True)
class Overview:
    """Where a project stands, over all its runs."""

    iteration: int = 0
    """Of the latest run."""
    milestones: tuple[MilestoneReached, ...] = ()
    checkpoints: Mapping[CheckpointId, CheckpointCreated] = field(default_factory=dict)
    """In the order they were made."""
    gates: tuple[GateSpec, ...] = ()
    readings: tuple[Reading, ...] = ()
    """Of Kaizen's branch as it stands."""
    commit: str = ""
    """Head of Kaizen's branch."""
    measured: Mapping[AttemptId, tuple[Reading, ...]] = field(default_factory=dict)
    """Readings of patches that have neither landed nor been rejected."""


def evolve(state: Overview, event: AnyEvent) -> Overview:
    """Return the overview after one more event; events it does not speak of leave it as it is."""
    match event:
        case RunStarted():
            return replace(state, iteration=0, gates=event.gates, readings=(), commit=event.commit, measured={})
        case BaselineMeasured() | BranchMeasured():
            return replace(state, readings=event.readings)
        case IterationStarted():
            return replace(state, iteration=event.iteration)
        case PatchMeasured():
            return replace(state, measured={**state.measured, event.attempt: event.readings})
        case PatchRejected():
            return replace(state, measured=_without(state.measured, event.attempt))
        case PatchLanded():
            readings = state.measured.get(event.attempt, state.readings)
            rest = _without(state.measured, event.attempt)
            return replace(state, readings=readings, commit=event.commit, measured=rest)
        case CheckpointCreated():
            made = {**state.checkpoints, event.checkpoint: event}
            return replace(state, checkpoints=made, commit=event.commit)
        case MilestoneReached():
            return replace(state, milestones=(*state.milestones, event))
        case _:
            return state


def _without(
    measured: Mapping[AttemptId, tuple[Reading, ...]], attempt: AttemptId
) -> Mapping[AttemptId, tuple[Reading, ...]]:
    return {other: readings for other, readings in measured.items() if other != attempt}
