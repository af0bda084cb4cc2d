"""PURE: the board's goal: the facts, the plan, and how far each of its steps is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from msgspec.structs import replace

from ledger.events import AcceptanceWritten, AttemptId, FactsGathered, OpinionGiven, PlanMade, PlanStep
from ledger.projections.board_parts import TRIED, Attempt, Board, Run
from ledger.projections.board_thinking_parts import PLAN_STEPS, PlanCard, StepState, clip

GoalEvent = FactsGathered | PlanMade | AcceptanceWritten | OpinionGiven


def on_goal(board: Board, event: GoalEvent) -> Board:
    """Bring the goal of the run further; what speaks of another run changes nothing."""
    run = board.run
    if run is None or run.id != event.run:
        return board
    match event:
        case FactsGathered():
            return replace(board, run=replace(run, facts=clip(event.summary)))
        case PlanMade():
            plan = tuple(_planned(step) for step in event.steps[:PLAN_STEPS])
            return replace(board, run=replace(run, plan=plan))
        case AcceptanceWritten():
            return _on_step(board, run, event.step, lambda step: _written(step, event))
        case OpinionGiven():
            return _on_step(board, run, event.step, lambda step: _judged(step, event))
        case _ as never:
            assert_never(never)


def implemented(board: Board, attempt: Attempt) -> Board:
    """Note that a patch for a step of the plan landed."""
    run, step = board.run, attempt.plan_step
    if run is None or run.id != attempt.run or not step:
        return board
    return _on_step(board, run, step, lambda known: _stands(replace(known, landed=_with(known.landed, attempt.id))))


def rolled_back(board: Board, undone: Sequence[AttemptId], redone: Sequence[AttemptId]) -> Board:
    """Note that patches were taken back or came again: a step that lost all of its patches is not implemented."""
    run = board.run
    if run is None:
        return board
    plan = tuple(
        _stands(replace(step, landed=tuple(attempt for attempt in step.landed if attempt not in undone)))
        if any(attempt in undone for attempt in step.landed)
        else step
        for step in run.plan
    )
    board = replace(board, run=replace(run, plan=plan))
    for attempt in board.attempts:
        if attempt.id in redone:
            board = implemented(board, attempt)
    return board


def _planned(step: PlanStep) -> PlanCard:
    return PlanCard(
        id=step.id,
        title=clip(step.title),
        acceptance=clip(step.acceptance),
        needs=step.needs,
        opinion=step.opinion,
    )


def _written(step: PlanCard, event: AcceptanceWritten) -> PlanCard:
    return _stands(replace(step, tests=len(event.tests), why=clip(event.why), written_by=event.attempt))


def _judged(step: PlanCard, event: OpinionGiven) -> PlanCard:
    state: StepState = "agreed" if event.satisfied else "doubted"
    return replace(step, state=state, said=clip(event.opinion), said_by=event.model)


def _stands(step: PlanCard) -> PlanCard:
    state: StepState = "implemented" if step.landed else "written" if step.tests else "planned"
    return replace(step, state=state)


def _with(landed: tuple[AttemptId, ...], attempt: AttemptId) -> tuple[AttemptId, ...]:
    return (*(known for known in landed if known != attempt), attempt)[-TRIED:]


def _on_step(board: Board, run: Run, name: str, change: Callable[[PlanCard], PlanCard]) -> Board:
    plan = tuple(change(step) if step.id == name else step for step in run.plan)
    return replace(board, run=replace(run, plan=plan))
