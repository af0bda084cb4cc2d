"""PURE: what was asked from outside, and the answers."""

from __future__ import annotations

import msgspec

from ledger.events.values import (
    CheckpointId,
    Event,
    RequestId,
)


class RunRequested(Event, frozen=True, kw_only=True):
    """Somebody asked for a run; stands in the home's or the project's requests."""

    request: RequestId
    path: str
    options: dict[str, str] = msgspec.field(default_factory=dict)
    by: str = ""


class StopRequested(Event, frozen=True, kw_only=True):
    """Somebody asked the run to stop."""

    request: RequestId
    by: str = ""


class PauseRequested(Event, frozen=True, kw_only=True):
    """Somebody asked the run to pause."""

    request: RequestId
    by: str = ""


class ResumeRequested(Event, frozen=True, kw_only=True):
    """Somebody asked a paused run to go on."""

    request: RequestId
    by: str = ""


class CheckpointRequested(Event, frozen=True, kw_only=True):
    """Somebody asked for a checkpoint of the branch as it stands."""

    request: RequestId
    title: str = ""
    by: str = ""


class RollbackRequested(Event, frozen=True, kw_only=True):
    """Somebody asked to go back to a checkpoint, having seen what it undoes."""

    request: RequestId
    checkpoint: CheckpointId
    head: str
    """Commit of the branch the preview was made for; another head refuses the request."""
    by: str = ""


class RequestHonoured(Event, frozen=True, kw_only=True):
    """A request was carried out."""

    request: RequestId
    note: str = ""


class RequestRefused(Event, frozen=True, kw_only=True):
    """A request was not carried out."""

    request: RequestId
    why: str
