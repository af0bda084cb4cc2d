"""PURE: calls that wait for a person, and the person's answer."""

from __future__ import annotations

from ledger.events.values import ApprovalId, AttemptId, Event, Risk, RunId


class ApprovalRequested(Event, frozen=True, kw_only=True):
    """A tool call waits for a person; its attempt holds nothing meanwhile."""

    run: RunId
    attempt: AttemptId
    approval: ApprovalId
    tool: str
    arguments: str
    """Blob of the arguments, JSON."""
    shown: str
    """The call in one line."""
    risk: Risk
    digest: str
    """Of tool, arguments and tree: what is approved is exactly this."""
    tree: str
    expires: float
    """Unanswered until then, it counts as denied."""


class ApprovalGranted(Event, frozen=True, kw_only=True):
    """A person allowed a call."""

    attempt: AttemptId
    approval: ApprovalId
    by: str
    digest: str
    """Of what was asked for; the attempt finds the answer by it."""
    arguments: str
    """Blob of the arguments as they were approved: the person may have edited them."""
    whole_run: bool = False
    """Whether calls of the same tool with the same risk need no answer for the rest of the run."""


class ApprovalDenied(Event, frozen=True, kw_only=True):
    """A person refused a call, or nobody answered in time."""

    attempt: AttemptId
    approval: ApprovalId
    digest: str
    by: str = ""
    """Empty when it expired."""
    why: str = ""
