"""PURE: what was asked of a project and its agents, and what there is to ask: a fold beside the board."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeVar

from ledger.events import (
    ApprovalDenied,
    ApprovalGranted,
    ApprovalId,
    ApprovalRequested,
    AttemptCancelled,
    AttemptFailed,
    AttemptGaveUp,
    AttemptId,
    AttemptScheduled,
    ContextDeleted,
    ContextSet,
    Event,
    FindingsReported,
    PatchLanded,
    PatchRejected,
    RequestId,
    RequestRefused,
    RoleChanged,
    RunId,
    RunStarted,
    SessionDeleted,
    ToolAnswered,
    ToolCard,
    ToolRequested,
    ToolsOffered,
)
from ledger.events.recorded import Recorded
from ledger.projections.asked_tasks import AskedTasks
from ledger.projections.kept import KeptValues

_Row = TypeVar("_Row")
MOST_ASKED = 4096
"""Requests of each kind that are remembered under their id, the newest."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One attempt, as it was decided."""

    attempt: AttemptId
    run: RunId
    role: str
    task: str
    brain: str
    model: str
    at: float


@dataclass(slots=True)
class Waiting:
    """A call that waits for a person, or waited for one."""

    event: ApprovalRequested
    position: int
    at: float
    state: Literal["open", "granted", "denied", "expired"] = "open"
    answered: float | None = None
    by: str = ""
    why: str = ""
    allowed: str = ""
    """Blob of the arguments as they were approved."""
    whole_run: bool = False

    def stand(self, now: float) -> str:
        """Return how it stands now: what nobody answered in time is expired, told or not."""
        return "expired" if self.state == "open" and now >= self.event.expires else self.state


@dataclass(slots=True)
class ToolUse:
    """One tool that was asked for."""

    event: ToolRequested
    position: int
    at: float
    answer: ToolAnswered | None = None
    answered: float | None = None
    refused: str = ""


@dataclass(slots=True)
class Asked:
    """A fold kept in place; it grows with what was asked and scheduled, and holds no large text."""

    tasks: AskedTasks = field(default_factory=AskedTasks)
    kept: KeptValues = field(default_factory=KeptValues)
    approvals: dict[ApprovalId, Waiting] = field(default_factory=dict)
    attempts: dict[AttemptId, Scheduled] = field(default_factory=dict)
    ends: dict[str, dict[str, int]] = field(default_factory=dict)
    """By role: how its attempts ended."""
    roles: dict[str, str] = field(default_factory=dict)
    """By role, what was last said of it: working, paused or stopped."""
    tools: tuple[ToolCard, ...] = ()
    uses: dict[RequestId, ToolUse] = field(default_factory=dict)
    changes: dict[RequestId, int] = field(default_factory=dict)
    """Positions of what kept or removed something, by request: asked twice under one key it is done once."""
    asked_by: dict[RunId, RequestId] = field(default_factory=dict)
    """The request each run was started for."""

    def evolve(self, recorded: Recorded) -> None:
        """Take in one more event; what nobody asked for is passed over."""
        self.tasks.evolve(recorded)
        self.kept.evolve(recorded)
        match recorded.event:
            case RunStarted() as event:
                self.asked_by[event.run] = event.request
            case AttemptScheduled() as event:
                self.attempts[event.attempt] = Scheduled(
                    event.attempt, event.run, event.role, event.task, event.brain, event.model, recorded.at
                )
            case (
                PatchLanded() | PatchRejected() | AttemptGaveUp() | AttemptFailed() | AttemptCancelled()
                | FindingsReported()
            ) as event:  # fmt: skip
                self._ended(event.attempt, _ENDS[type(event)])
            case ApprovalRequested() as event:
                self.approvals.setdefault(event.approval, Waiting(event, recorded.position, recorded.at))
            case ApprovalGranted() | ApprovalDenied() as event:
                self._answered(recorded, event)
            case RoleChanged() as event:
                self.roles[event.role] = event.state
            case ToolsOffered() as event:
                self.tools = event.tools
            case ToolRequested() | ToolAnswered() | RequestRefused() as event:
                self._tool(recorded, event)
            case (ContextSet() | ContextDeleted() | SessionDeleted()) as event if event.request:
                _keep(self.changes, event.request, recorded.position)
            case _:
                return

    def _ended(self, attempt: AttemptId, how: str) -> None:
        scheduled = self.attempts.get(attempt)
        if scheduled is not None:
            ends = self.ends.setdefault(scheduled.role, {})
            ends[how] = ends.get(how, 0) + 1

    def _answered(self, recorded: Recorded, event: ApprovalGranted | ApprovalDenied) -> None:
        waiting = self.approvals.get(event.approval)
        if waiting is None or waiting.state != "open":
            return
        waiting.answered, waiting.by = recorded.at, event.by
        if isinstance(event, ApprovalGranted):
            waiting.state, waiting.allowed, waiting.whole_run = "granted", event.arguments, event.whole_run
        else:
            waiting.state, waiting.why = ("denied" if event.by else "expired"), event.why

    def _tool(self, recorded: Recorded, event: ToolRequested | ToolAnswered | RequestRefused) -> None:
        if isinstance(event, ToolRequested):
            if event.request not in self.uses:
                _keep(self.uses, event.request, ToolUse(event, recorded.position, recorded.at))
            return
        use = self.uses.get(event.request)
        if use is None or use.answered is not None:
            return
        use.answered = recorded.at
        if isinstance(event, ToolAnswered):
            use.answer = event
        else:
            use.refused = event.why


_ENDS: dict[type[Event], str] = {
    PatchLanded: "landed",
    PatchRejected: "rejected",
    AttemptGaveUp: "gave_up",
    AttemptFailed: "failed",
    AttemptCancelled: "cancelled",
    FindingsReported: "reported",
}


def _keep(kept: dict[RequestId, _Row], request: RequestId, row: _Row) -> None:
    kept.setdefault(request, row)
    if len(kept) > MOST_ASKED:
        del kept[next(iter(kept))]
