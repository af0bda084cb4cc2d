"""PURE: the board's goal: the facts, the plan, its acceptance tests and opinions."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from ledger.events import AcceptanceWritten, AttemptId, FactsGathered, OpinionGiven, PlanMade, PlanStep
from ledger.projections.board_attempt import ended, find, put
from ledger.projections.board_parts import Board
from ledger.projections.board_plan import on_step, stands
from ledger.projections.board_thinking_parts import PLAN_STEPS, PlanCard, StepState, clip

GoalEvent = FactsGathered | PlanMade | AcceptanceWritten | OpinionGiven


def on_goal(board: Board, at: float, event: GoalEvent) -> Board:
    """Bring the goal of the run further; what speaks of another run changes nothing."""
    run = board.run
    if run is None or run.id != event.run:
        return board
    board = _done(board, at, event.attempt)
    match event:
        case FactsGathered():
            return replace(board, run=replace(run, facts=clip(event.summary)))
        case PlanMade():
            plan = tuple(_planned(step) for step in event.steps[:PLAN_STEPS])
            return replace(board, run=replace(run, plan=plan))
        case AcceptanceWritten():
            return on_step(board, run, event.step, lambda step: _written(step, event))
        case OpinionGiven():
            return on_step(board, run, event.step, lambda step: _judged(step, event))
        case _ as never:
            assert_never(never)


def _done(board: Board, at: float, attempt: AttemptId) -> Board:
    """Return the board where the attempt that brought the fact has ended: it was for nothing else."""
    known = find(board, attempt)
    return board if known is None or known.ended_at is not None else put(board, ended(known, at, "reported", ""))


def _planned(step: PlanStep) -> PlanCard:
    return PlanCard(
        id=step.id,
        title=clip(step.title),
        acceptance=clip(step.acceptance),
        needs=step.needs,
        opinion=step.opinion,
    )


def _written(step: PlanCard, event: AcceptanceWritten) -> PlanCard:
    written = replace(step, tests=len(event.tests), share=None, why=clip(event.why), written_by=event.attempt)
    return stands(written)


def _judged(step: PlanCard, event: OpinionGiven) -> PlanCard:
    state: StepState = "agreed" if event.satisfied else "doubted"
    return replace(step, state=state, said=clip(event.opinion), said_by=event.model)
