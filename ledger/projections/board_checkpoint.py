"""PURE: the board's checkpoints: what landed, and going back."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from ledger.events import (
    AttemptId,
    CheckpointCreated,
    CheckpointId,
    PatchLanded,
    RollbackDecided,
    RolledBack,
    RunId,
)
from ledger.events.recorded import Recorded
from ledger.projections.board_attempt import ended, find, put
from ledger.projections.board_error import taken_back
from ledger.projections.board_parts import CHECKPOINTS, Attempt, Board, Checkpoint, Rollback
from ledger.projections.board_plan import implemented, rolled_back
from ledger.projections.board_run import at_values, measured, trends

CheckpointEvent = PatchLanded | CheckpointCreated | RollbackDecided | RolledBack


def on_checkpoint(board: Board, recorded: Recorded, event: CheckpointEvent) -> Board:
    """Move the branch's head, keep the last checkpoints."""
    match event:
        case PatchLanded():
            return _landed(board, recorded, event)
        case CheckpointCreated():
            return _created(board, recorded, event)
        case RollbackDecided():
            rollback = Rollback(
                request=event.request, checkpoint=event.checkpoint, undone=event.undone, redone=event.redone
            )
            return replace(board, rollback=rollback)
        case RolledBack():
            return _rolled_back(board, recorded, event)
        case _ as never:
            assert_never(never)


def _landed(board: Board, recorded: Recorded, event: PatchLanded) -> Board:
    attempt = find(board, event.attempt)
    if attempt is not None:
        fixes = tuple(dict.fromkeys((*attempt.fixes, *event.solved)))
        landed = ended(replace(attempt, checkpoint=event.checkpoint, fixes=fixes), recorded.at, "landed", "")
        board = implemented(put(board, landed), landed)
    run = board.run
    if run is not None and attempt is not None and attempt.run == run.id:
        gates = measured(run.gates, attempt.measured)
        score = run.score if attempt.score is None else attempt.score
        board = replace(board, run=replace(run, gates=gates, score=score, landed=run.landed + 1))
    return _head(board, _checkpoint_of(board, recorded, event, attempt))


def _checkpoint_of(board: Board, recorded: Recorded, event: PatchLanded, attempt: Attempt | None) -> Checkpoint:
    run = board.run
    return Checkpoint(
        id=event.checkpoint,
        position=recorded.position,
        at=recorded.at,
        run=attempt.run if attempt is not None else run.id if run is not None else RunId(""),
        commit=event.commit,
        tree=event.tree,
        title=attempt.title if attempt is not None else "",
        score=attempt.score if attempt is not None else None,
        gates={value.gate: value.value for value in attempt.measured} if attempt is not None else {},
        attempt=event.attempt,
    )


def _created(board: Board, recorded: Recorded, event: CheckpointCreated) -> Board:
    known = _find(board, event.checkpoint)
    made = Checkpoint(
        id=event.checkpoint,
        position=known.position if known else recorded.position,
        at=known.at if known else recorded.at,
        run=event.run,
        commit=event.commit,
        tree=event.tree,
        title=event.title,
        score=event.score,
        gates=event.gates,
        attempt=known.attempt if known else AttemptId(""),
        back_to=known.back_to if known else CheckpointId(""),
    )
    return _head(board, made)


def _rolled_back(board: Board, recorded: Recorded, event: RolledBack) -> Board:
    target, run = _find(board, event.checkpoint), board.run
    if run is not None and target is not None:
        gates = at_values(run.gates, target.gates)
        score = run.score if target.score is None else target.score
        board = replace(board, run=replace(run, gates=gates, score=score))
    made = Checkpoint(
        id=event.created,
        position=recorded.position,
        at=recorded.at,
        run=run.id if run is not None else RunId(""),
        commit=event.commit,
        tree=event.tree,
        title=f"Back to {event.checkpoint}",
        score=target.score if target is not None else None,
        gates=target.gates if target is not None else {},
        back_to=event.checkpoint,
    )
    rollback = board.rollback
    undone = rollback.undone if rollback is not None else ()
    redone = rollback.redone if rollback is not None else ()
    board = _marked(board, frozenset(undone), frozenset(redone))
    board = rolled_back(taken_back(board, undone, redone), undone, redone)
    return replace(_head(board, made), rollback=None)


def _marked(board: Board, undone: frozenset[AttemptId], redone: frozenset[AttemptId]) -> Board:
    def gone(attempt: AttemptId, before: bool) -> bool:
        return attempt not in redone and (attempt in undone or before)

    attempts = tuple(replace(known, undone=gone(known.id, known.undone)) for known in board.attempts)
    checkpoints = tuple(replace(known, undone=gone(known.attempt, known.undone)) for known in board.checkpoints)
    return replace(board, attempts=attempts, checkpoints=checkpoints)


def _find(board: Board, checkpoint: CheckpointId) -> Checkpoint | None:
    return next((known for known in board.checkpoints if known.id == checkpoint), None)


def _head(board: Board, head: Checkpoint) -> Board:
    now = replace(head, current=True)
    others = tuple(replace(known, current=False) for known in board.checkpoints if known.id != head.id)
    checkpoints = (*others, now)[-CHECKPOINTS:]
    run = board.run
    if run is not None:
        run = replace(run, gates=trends(run.gates, checkpoints))
    return replace(board, checkpoints=checkpoints, run=run, head_checkpoint=head.id, head_commit=head.commit)
