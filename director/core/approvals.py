"""PURE: calls that wait for a person: who may answer, what exactly is answered, and when nobody did.

An answer holds for the very call that was shown: tool, arguments and tree, by their digest.
"""

from __future__ import annotations

from director.core.state import Attempt, Run
from ledger.events import (
    AnyEvent,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalId,
    ApprovalRequested,
    ApproveRequested,
    DenyRequested,
    RequestHonoured,
    RequestRefused,
)

SELF = frozenset({"director", "agent"})
"""Names under which nobody may answer: who asks does not allow."""


def asked(run: Run, fact: ApprovalRequested) -> list[AnyEvent]:
    """Return the question, answered at once where a person allowed such calls for the whole run."""
    if (fact.tool, fact.risk) not in run.allowed:
        return [fact]
    return [fact, _granted(fact, by="the answer for the whole run", arguments=fact.arguments, whole_run=False)]


def answer(run: Run | None, request: ApproveRequested | DenyRequested, actor: str) -> list[AnyEvent]:
    """Return a person's answer to a call that waits, or a refusal that says why it does not count."""
    attempt = _waiting(run, request.approval)
    if run is None or attempt is None or attempt.asked is None:
        why = f"no call waits under {request.approval}: it was answered, it expired, or its attempt ended"
        return [RequestRefused(request=request.request, why=why)]
    for who in (actor, request.by):
        if _is_part_of(run, who):
            why = f"{who} works for the run that asks: a person must answer"
            return [RequestRefused(request=request.request, why=why)]
    done = RequestHonoured(request=request.request, note=attempt.id)
    question = attempt.asked
    if isinstance(request, DenyRequested):
        denied = ApprovalDenied(
            attempt=attempt.id,
            approval=question.approval,
            digest=question.digest,
            by=request.by or actor,
            why=request.why,
        )
        return [denied, done]
    if request.digest != question.digest:
        why = "the call that waits is not the one that was shown: look at it again"
        return [RequestRefused(request=request.request, why=why)]
    granted = _granted(question, request.by or actor, request.arguments or question.arguments, request.whole_run)
    return [granted, *_alike(run, attempt, question, request), done]


def expired(run: Run, at: float) -> list[AnyEvent]:
    """Return a no for each call that nobody answered in time."""
    return [
        ApprovalDenied(
            attempt=attempt.id,
            approval=attempt.asked.approval,
            digest=attempt.asked.digest,
            why="nobody answered in time",
        )
        for attempt in run.open.values()
        if attempt.step == "asked" and attempt.asked is not None and attempt.asked.expires <= at
    ]


def _alike(run: Run, answered: Attempt, question: ApprovalRequested, request: ApproveRequested) -> list[AnyEvent]:
    """Return the same answer for what waits elsewhere, when it was given for the whole run."""
    if not request.whole_run:
        return []
    others = [
        a.asked
        for a in run.open.values()
        if a.id != answered.id and a.asked and (a.asked.tool, a.asked.risk) == (question.tool, question.risk)
    ]
    return [_granted(other, request.by, other.arguments, whole_run=False) for other in others]


def _granted(question: ApprovalRequested, by: str, arguments: str, whole_run: bool) -> ApprovalGranted:
    return ApprovalGranted(
        attempt=question.attempt,
        approval=question.approval,
        by=by,
        digest=question.digest,
        arguments=arguments,
        whole_run=whole_run,
    )


def _waiting(run: Run | None, approval: ApprovalId) -> Attempt | None:
    waiting = run.open.values() if run else ()
    return next((a for a in waiting if a.step == "asked" and a.asked and a.asked.approval == approval), None)


def _is_part_of(run: Run, who: str) -> bool:
    """Return whether a name is one of the director, of a role at work, or of an attempt."""
    name = who.removeprefix("attempt-")
    return name in SELF or name.startswith(f"{run.id}.") or name in {a.task.role for a in run.open.values()}
