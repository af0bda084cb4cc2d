"""PURE: the board's attempts: what each agent does, and what became of its patch."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from ledger.events import (
    AttemptCancelled,
    AttemptFailed,
    AttemptGaveUp,
    AttemptId,
    AttemptScheduled,
    FindingsReported,
    LandDecided,
    PatchMeasured,
    PatchProposed,
    PatchRebased,
    PatchRejected,
    PatchStacked,
    TaskId,
    TechniqueTried,
)
from ledger.projections.board_error import attempted
from ledger.projections.board_parts import (
    ENDED_ATTEMPTS,
    TRIED,
    WORKING,
    Attempt,
    AttemptState,
    Board,
    Measured,
    TaskCard,
    Tried,
    Values,
)
from ledger.projections.board_shares import shares
from ledger.projections.board_thinking_parts import NOTES, clip

AttemptEvent = (
    AttemptScheduled
    | TechniqueTried
    | FindingsReported
    | PatchProposed
    | AttemptGaveUp
    | AttemptFailed
    | AttemptCancelled
    | PatchRebased
    | PatchStacked
    | PatchMeasured
    | LandDecided
    | PatchRejected
)


def on_attempt(board: Board, at: float, event: AttemptEvent) -> Board:
    """Move one attempt on."""
    if isinstance(event, AttemptScheduled):
        return put(board, _scheduled(board, at, event))
    attempt = find(board, event.attempt)
    if attempt is None:
        return board
    match event:
        case TechniqueTried():
            moved = _tried(attempt, event)
        case PatchProposed():
            moved = _proposed(attempt, at, event)
        case PatchStacked() if event.alone:
            moved = attempt
        case PatchRebased() | PatchStacked():
            moved = replace(attempt, state="measuring", changed_at=at)
        case PatchMeasured():
            moved = _measured(board, attempt, at, event)
        case LandDecided():
            moved = replace(attempt, state="landing", changed_at=at, checkpoint=event.checkpoint)
        case PatchRejected():
            rejected = replace(attempt, reasons=event.reasons)
            moved = ended(rejected, at, "rejected", "; ".join(reason.message for reason in event.reasons))
            board = _counted(board, attempt)
        case FindingsReported():
            moved = ended(replace(attempt, findings=len(event.findings)), at, "reported", "")
        case AttemptGaveUp():
            moved = ended(replace(attempt, spent=event.spent), at, "gave_up", event.why)
        case AttemptFailed():
            moved = ended(replace(attempt, retry_at=event.retry_at), at, "failed", event.why)
        case AttemptCancelled():
            moved = ended(attempt, at, "cancelled", event.why)
        case _ as never:
            assert_never(never)
    return put(board, moved)


def find(board: Board, attempt: AttemptId) -> Attempt | None:
    """Return the attempt, or None when the board no longer keeps it."""
    return next((known for known in reversed(board.attempts) if known.id == attempt), None)


def put(board: Board, attempt: Attempt) -> Board:
    """Return the board with the attempt as it stands now, without the oldest ended ones beyond the limit."""
    attempts = list(board.attempts)
    newest_first = range(len(attempts) - 1, -1, -1)
    place = next((number for number in newest_first if attempts[number].id == attempt.id), len(attempts))
    attempts[place : place + 1] = [attempt]
    if attempt.state not in WORKING:
        over = {known.id for known in [known for known in attempts if known.state not in WORKING][:-ENDED_ATTEMPTS]}
        attempts = [known for known in attempts if known.id not in over]
        board = _withdrawn(board, attempt.id)
    return attempted(replace(board, attempts=tuple(attempts)), attempt)


def ended(attempt: Attempt, at: float, state: AttemptState, why: str) -> Attempt:
    """Return the attempt at its end."""
    return replace(attempt, state=state, changed_at=at, ended_at=at, why=clip(why, NOTES))


def _withdrawn(board: Board, attempt: AttemptId) -> Board:
    """Return the board where nothing is asked for an attempt that ended."""
    if not any(card.attempt == attempt and card.state == "open" for card in board.approvals):
        return board
    approvals = tuple(
        replace(card, state="withdrawn") if card.attempt == attempt and card.state == "open" else card
        for card in board.approvals
    )
    return replace(board, approvals=approvals)


def _scheduled(board: Board, at: float, event: AttemptScheduled) -> Attempt:
    task = _task(board, event.task)
    return Attempt(
        id=event.attempt,
        run=event.run,
        iteration=event.iteration,
        task_id=event.task,
        task=task.title if task else event.task,
        kind=task.kind if task else "",
        gate=task.gate if task else "",
        role=event.role,
        tries=event.tries,
        at=at,
        changed_at=at,
        plan_step=task.step if task else "",
        brain=event.brain,
        model=event.model,
        fixes=(task.fingerprint,) if task and task.fingerprint else (),
    )


def _task(board: Board, task: TaskId) -> TaskCard | None:
    for iteration in reversed(board.iterations):
        for known in iteration.tasks:
            if known.id == task:
                return known
    return None


def _tried(attempt: Attempt, event: TechniqueTried) -> Attempt:
    tried = Tried(technique=event.technique, answer=event.answer, why=event.why, seconds=event.seconds)
    return replace(attempt, technique=event.technique, tried=(*attempt.tried, tried)[-TRIED:])


def _proposed(attempt: Attempt, at: float, event: PatchProposed) -> Attempt:
    return replace(
        attempt,
        state="proposed",
        changed_at=at,
        title=event.title,
        technique=event.technique,
        files=event.files,
        diff=event.diff,
        notes=clip(event.notes, NOTES),
        fixes=event.fixes or attempt.fixes,
        partial=event.partial,
        spent=event.spent,
    )


def _measured(board: Board, attempt: Attempt, at: float, event: PatchMeasured) -> Attempt:
    measured = tuple(
        Measured(
            gate=reading.gate,
            value=reading.value,
            detail=reading.detail,
            findings=len(reading.findings) + reading.more,
        )
        for reading in event.readings
    )
    moved = replace(
        attempt, state="measuring", changed_at=at, base=_base(board, event), measured=measured, score=event.score
    )
    return replace(moved, steps=shares(event.readings))


def _base(board: Board, event: PatchMeasured) -> Values:
    """Return what it is compared with: the branch, or the patch before it when several are confirmed together."""
    place = event.together.index(event.attempt) if event.attempt in event.together else 0
    below = find(board, event.together[place - 1]) if place else None
    return _gates_at(board, event.base) if below is None else {value.gate: value.value for value in below.measured}


def _gates_at(board: Board, commit: str) -> Values:
    for checkpoint in reversed(board.checkpoints):
        if checkpoint.commit == commit:
            return checkpoint.gates
    return {}


def _counted(board: Board, attempt: Attempt) -> Board:
    run = board.run
    if run is None or run.id != attempt.run:
        return board
    return replace(board, run=replace(run, rejected=run.rejected + 1))
