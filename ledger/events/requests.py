"""PURE: what was asked from outside, and the answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from ledger.events.values import (
    ApprovalId,
    AttemptId,
    CheckpointId,
    Event,
    RequestId,
    Risk,
    RunId,
    ToolCard,
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


class ApproveRequested(Event, frozen=True, kw_only=True):
    """Somebody allows a call that waits."""

    request: RequestId
    approval: ApprovalId
    digest: str
    """Of the call that was shown; another one refuses the request."""
    arguments: str = ""
    """Blob of edited arguments, JSON; empty leaves them as they are."""
    whole_run: bool = False
    by: str = ""


class DenyRequested(Event, frozen=True, kw_only=True):
    """Somebody refuses a call that waits."""

    request: RequestId
    approval: ApprovalId
    why: str = ""
    by: str = ""


class TaskRequested(Event, frozen=True, kw_only=True):
    """Somebody asks a role for one piece of work, run or no run."""

    request: RequestId
    role: str
    text: str
    apply: Literal["none", "propose", "land"] = "propose"
    """What becomes of a patch: nothing, it is shown, or it lands when the referee accepts it."""
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    session: str = ""
    """The conversation it belongs to: what was asked and answered before under the same name comes before it."""
    by: str = ""


class TaskTaken(Event, frozen=True, kw_only=True):
    """The director took up a piece of work that was asked for; it is answered when it is done."""

    request: RequestId
    role: str
    text: str
    apply: Literal["none", "propose", "land"] = "propose"
    metadata: dict[str, str] = msgspec.field(default_factory=dict)


class TaskAnswered(Event, frozen=True, kw_only=True):
    """What came of a piece of work that was asked for."""

    request: RequestId
    state: Literal["done", "failed"]
    run: RunId
    attempt: AttemptId = AttemptId("")
    text: str = ""
    """Blob of the answer."""
    why: str = ""


class ToolsOffered(Event, frozen=True, kw_only=True):
    """The tools there are at this start, for people and for those who ask for one by request."""

    tools: tuple[ToolCard, ...]


class ToolRequested(Event, frozen=True, kw_only=True):
    """Somebody wants one tool to be used, in a throw-away copy of the branch as it stands."""

    request: RequestId
    tool: str
    arguments: str
    """Blob of the arguments, JSON."""
    by: str = ""


class ToolAnswered(Event, frozen=True, kw_only=True):
    """What came of a tool that was asked for; what it changed in its throw-away copy is gone."""

    request: RequestId
    success: bool
    risk: Risk | None = None
    """Computed from the call; None when its arguments fit no schema."""
    summary: str = ""
    """One line for people."""
    result: str = ""
    """Blob of what it said, as text."""
    facts: str = ""
    """Blob of the same in numbers and names, JSON; empty when there are none."""
    seconds: float = 0.0


class RoleRequested(Event, frozen=True, kw_only=True):
    """Somebody wants a role to work, to pause, or to stop what it does."""

    request: RequestId
    role: str
    what: Literal["start", "pause", "stop"]
    by: str = ""


class RoleChanged(Event, frozen=True, kw_only=True):
    """A role works, pauses or was stopped."""

    role: str
    state: Literal["working", "paused", "stopped"]


class ContextSet(Event, frozen=True, kw_only=True):
    """A value was kept under a key, for agents and for those who ask them."""

    key: str
    value: str
    """JSON."""
    session: str = ""
    """Conversation it belongs to; empty for the project."""
    expires: float | None = None
    request: RequestId = RequestId("")
    by: str = ""


class ContextDeleted(Event, frozen=True, kw_only=True):
    """A kept value was removed."""

    key: str
    session: str = ""
    request: RequestId = RequestId("")
    by: str = ""


class SessionDeleted(Event, frozen=True, kw_only=True):
    """A conversation was removed with everything kept for it."""

    session: str
    request: RequestId = RequestId("")
    by: str = ""


class KeyCreated(Event, frozen=True, kw_only=True):
    """An API key was made; only its hash is kept."""

    key: str
    """Its public id."""
    name: str
    hash: str
    """Hex SHA-256 of the secret."""
    scopes: tuple[str, ...]
    expires: float | None = None
    request: RequestId = RequestId("")
    by: str = ""


class KeyUsed(Event, frozen=True, kw_only=True):
    """An API key was used; told once in a while, not each time."""

    key: str
    at: float


class KeyRevoked(Event, frozen=True, kw_only=True):
    """An API key is not valid any more."""

    key: str
    request: RequestId = RequestId("")
    by: str = ""


class RequestHonoured(Event, frozen=True, kw_only=True):
    """A request was carried out."""

    request: RequestId
    note: str = ""


class RequestRefused(Event, frozen=True, kw_only=True):
    """A request was not carried out."""

    request: RequestId
    why: str
