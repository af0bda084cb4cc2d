"""PURE: pieces of work somebody asks for, and roles that are told to work, to pause or to stop."""

from __future__ import annotations

from collections.abc import Iterable

from director.core.state import Attempt, Run, State
from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptGaveUp,
    FindingsReported,
    PatchLanded,
    PatchProposed,
    PatchRejected,
    Reason,
    RequestHonoured,
    RequestId,
    RequestRefused,
    RoleChanged,
    RoleRequested,
    RunId,
    Task,
    TaskAnswered,
    TaskId,
    TaskRequested,
    TaskTaken,
)

LONGEST_TITLE = 120
CONNECT = "no model is connected: connect one with KAIZEN_MODEL=NAME, or --model"


def take(state: State, request: TaskRequested) -> list[AnyEvent]:
    """Return the work as taken up: by the run at work, else by a run of its own; or why not.

    What is asked for while a run is ending gets a run of its own after it.
    """
    run = state.run
    if run is not None and run.closing is None and not run.started.models:
        return [RequestRefused(request=request.request, why=CONNECT)]
    taken = TaskTaken(
        request=request.request,
        role=request.role,
        text=request.text,
        apply=request.apply,
        metadata=request.metadata,
    )
    return [taken, RequestHonoured(request=request.request, note=task_of(taken).id)]


def change_role(state: State, request: RoleRequested) -> list[AnyEvent]:
    """Return the role's new state, and the end of what it does when it is to stop."""
    wanted = {"start": "working", "pause": "paused", "stop": "stopped"}[request.what]
    done = RequestHonoured(request=request.request)
    if state.roles.get(request.role, "working") == wanted:
        return [done]
    open_now = state.run.open.values() if state.run and request.what == "stop" else ()
    why = f"{request.role} was stopped by {request.by or 'the user'}"
    cancelled = [
        AttemptCancelled(attempt=a.id, why=why) for a in open_now if a.task.role == request.role and a.step != "land"
    ]
    return [RoleChanged(role=request.role, state=wanted), *cancelled, done]  # type: ignore[arg-type]


def tasks(run: Run) -> list[Task]:
    """Return the pieces of work that are asked of the run."""
    return [task_of(taken) for taken in run.asked.values()]


def task_of(taken: TaskTaken) -> Task:
    """Return the task of a piece of work; its whole text is handed to the agent beside it."""
    first = taken.text.strip().partition("\n")[0]
    title = first if len(first) <= LONGEST_TITLE else first[: LONGEST_TITLE - 1] + "…"
    return Task(
        id=TaskId(f"asked:{taken.request}"),
        kind="asked",
        gate="",
        role=taken.role,
        title=title,
        digest=taken.request,
        promise=1.0,
        cost=0.1,
    )


def work_of(run: Run, task: Task) -> TaskTaken | None:
    """Return what was asked for, when the task is one by request."""
    return run.asked.get(RequestId(task.id.removeprefix("asked:"))) if task.kind == "asked" else None


def keeps_nothing(run: Run, attempt: Attempt) -> PatchRejected | None:
    """Return the end of a patch nobody asked for."""
    taken = work_of(run, attempt.task)
    if taken is None or taken.apply != "none":
        return None
    reason = Reason(code="not-asked", message="only an answer was asked for, no change")
    return PatchRejected(attempt=attempt.id, reasons=(reason,))


def shows_only(run: Run, attempt: Attempt) -> PatchRejected | None:
    """Return the end of a judged patch that is to be shown and not landed."""
    taken = work_of(run, attempt.task)
    if taken is None or taken.apply != "propose":
        return None
    reason = Reason(code="proposed", message="it was asked to be shown, not to be landed")
    return PatchRejected(attempt=attempt.id, reasons=(reason,))


def replies(run: Run, attempt: Attempt, events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """Return the answer to who asked, when an attempt came to an end that is one."""
    taken = work_of(run, attempt.task)
    if taken is None:
        return []
    said = attempt.patch.answer if attempt.patch else ""
    for event in events:
        match event:
            case PatchProposed():
                said = event.answer
            case FindingsReported():
                return [_done(run.id, attempt, taken, event.answer, "")]
            case AttemptGaveUp() if taken.apply != "land" and event.answer and not event.spent:
                return [_done(run.id, attempt, taken, event.answer, event.why)]
            case PatchLanded():
                return [_done(run.id, attempt, taken, said, "")]
            case PatchRejected() if taken.apply != "land" and not _is_stale(event):
                return [_done(run.id, attempt, taken, said, "; ".join(r.message for r in event.reasons))]
    return []  # a stronger model may do better


def _is_stale(event: PatchRejected) -> bool:
    return any(reason.code == "stale" for reason in event.reasons)


def failed(run: Run, taken: TaskTaken, why: str) -> TaskAnswered:
    """Return that nothing came of a piece of work."""
    return TaskAnswered(request=taken.request, state="failed", run=run.id, why=why)


def not_begun(taken: TaskTaken, why: str) -> TaskAnswered:
    """Return that no run could begin for a piece of work."""
    return TaskAnswered(request=taken.request, state="failed", run=RunId(""), why=why)


def _done(run: RunId, attempt: Attempt, taken: TaskTaken, answer: str, why: str) -> TaskAnswered:
    return TaskAnswered(request=taken.request, state="done", run=run, attempt=attempt.id, text=answer, why=why)
