"""PURE: the board's plan: how far each of its steps is, as patches land, are measured and are taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from ledger.events import AttemptId
from ledger.projections.board_parts import TRIED, Attempt, Board, Run
from ledger.projections.board_thinking_parts import PlanCard, StepState


def reached(board: Board, shares: Mapping[str, float]) -> Board:
    """Note what the gate of the goal says of each step on the branch; a step it does not count stays as it is."""
    run = board.run
    if run is None or not shares:
        return board
    plan = tuple(stands(replace(step, share=shares.get(step.id, step.share))) for step in run.plan)
    return replace(board, run=replace(run, plan=plan))


def implemented(board: Board, attempt: Attempt) -> Board:
    """Note that a patch landed: for its own step of the plan, and what was measured of all steps with it."""
    run, step = board.run, attempt.plan_step
    if run is None or run.id != attempt.run:
        return board
    board = on_step(board, run, step, lambda known: stands(_landed(known, attempt.id)))
    return reached(board, attempt.steps)


def rolled_back(board: Board, undone: Sequence[AttemptId], redone: Sequence[AttemptId]) -> Board:
    """Note that the branch went back: nothing is measured or judged there any more, and patches went or came again."""
    run = board.run
    if run is None:
        return board
    plan = tuple(_back(step, undone) for step in run.plan)
    board = replace(board, run=replace(run, plan=plan))
    for attempt in board.attempts:
        if attempt.id in redone:
            board = implemented(board, attempt)
    return board


def stands(step: PlanCard) -> PlanCard:
    """Return the step in the state its facts give it."""
    if step.opinion and step.said:
        return step
    state: StepState = "written" if step.tests else "planned"
    if step.landed and (step.opinion or step.share is None or step.share >= 1):
        state = "implemented"
    if step.tests and step.share is not None and step.share >= 1:
        state = "implemented"
    return replace(step, state=state)


def on_step(board: Board, run: Run, name: str, change: Callable[[PlanCard], PlanCard]) -> Board:
    """Return the board with one step of the plan changed."""
    plan = tuple(change(step) if step.id == name else step for step in run.plan)
    return replace(board, run=replace(run, plan=plan))


def _back(step: PlanCard, undone: Sequence[AttemptId]) -> PlanCard:
    landed = tuple(attempt for attempt in step.landed if attempt not in undone)
    return stands(replace(step, landed=landed, share=None, said="", said_by=""))


def _landed(step: PlanCard, attempt: AttemptId) -> PlanCard:
    """Return the step with a patch more; an opinion of before was not about this one."""
    landed = (*(known for known in step.landed if known != attempt), attempt)[-TRIED:]
    return replace(step, landed=landed, said="", said_by="")
