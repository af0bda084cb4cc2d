"""PURE: the board's costs: what calls to models took, in all and by role, model, task and iteration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from ledger.events import (
    BudgetExhausted,
    CallFailed,
    CallFinished,
    CallStarted,
    ConversationCondensed,
    CostForecast,
    NudgeGiven,
    ToolAsked,
    ToolFinished,
    ToolVetoed,
)
from ledger.projections.board_attempt import find, put
from ledger.projections.board_parts import Attempt, Board, Run
from ledger.projections.board_thinking_parts import (
    BUDGETS_SPENT,
    COST_ROWS,
    CostRow,
    Costs,
    Doing,
    Forecast,
    SpentBudget,
    Step,
)

ThoughtEvent = (
    CallStarted | CallFinished | CallFailed | ToolAsked | ToolVetoed | ToolFinished | NudgeGiven | ConversationCondensed
)


def on_thought(board: Board, at: float, event: ThoughtEvent) -> Board:
    """Count what a call took, and say what its attempt came to."""
    attempt = find(board, event.attempt)
    took = _took(event)
    if took is not None:
        board = _spend(board, attempt, took, _model(event))
    if attempt is None:
        return board
    nudges = attempt.nudges + isinstance(event, NudgeGiven)
    costs = attempt.costs if took is None else plus(attempt.costs, took)
    return put(board, replace(attempt, costs=costs, nudges=nudges, step=_step(attempt.step, at, event)))


def on_money(board: Board, at: float, event: BudgetExhausted | CostForecast) -> Board:
    """Note a budget that does not hold another call, or what is still to be spent."""
    run = board.run
    if run is None or run.id != event.run:
        return board
    if isinstance(event, CostForecast):
        told = Forecast(at=at, spent=event.spent, low=event.low, likely=event.likely, high=event.high)
        return replace(board, run=replace(run, forecast=told))
    spent = SpentBudget(at=at, scope=event.scope, subject=event.subject, what=event.what, limit=event.limit)
    return replace(board, run=replace(run, spent=(*run.spent, spent)[-BUDGETS_SPENT:]))


def plus(one: Costs, other: Costs) -> Costs:
    """Return both together."""
    return Costs(
        calls=one.calls + other.calls,
        replayed=one.replayed + other.replayed,
        failed=one.failed + other.failed,
        tokens_in=one.tokens_in + other.tokens_in,
        tokens_cached=one.tokens_cached + other.tokens_cached,
        tokens_out=one.tokens_out + other.tokens_out,
        tokens_lost=one.tokens_lost + other.tokens_lost,
        cost=one.cost + other.cost,
        unpriced=one.unpriced + other.unpriced,
        seconds=one.seconds + other.seconds,
    )


def _took(event: ThoughtEvent) -> Costs | None:
    match event:
        case CallFinished():
            return Costs(
                calls=1,
                replayed=int(event.source != "model"),
                tokens_in=event.tokens_in,
                tokens_cached=event.tokens_cached,
                tokens_out=event.tokens_out,
                cost=event.cost or 0.0,
                unpriced=int(event.cost is None),
                seconds=event.seconds,
            )
        case CallFailed():
            cost, unpriced = event.cost or 0.0, int(event.cost is None)
            return Costs(failed=1, tokens_lost=event.tokens, cost=cost, unpriced=unpriced)
        case _:
            return None


def _model(event: ThoughtEvent) -> str:
    return event.model if isinstance(event, CallFinished | CallFailed) else ""


def _spend(board: Board, attempt: Attempt | None, took: Costs, model: str) -> Board:
    run = board.run
    if run is None or (attempt is not None and attempt.run != run.id):
        return board
    role, task, title = (attempt.role, attempt.task_id, attempt.task) if attempt else ("", "", "")
    asked = model or (attempt.model if attempt else "")
    moved: Run = replace(
        run,
        cost=run.cost + took.cost,
        costs=plus(run.costs, took),
        by_role=_added(run.by_role, role, role, took),
        by_model=_added(run.by_model, asked, asked, took),
        by_task=_added(run.by_task, task, title, took),
    )
    number = attempt.iteration if attempt else run.iteration
    iterations = tuple(
        replace(
            turn,
            cost=turn.cost + took.cost,
            tokens=turn.tokens + took.tokens_in + took.tokens_out + took.tokens_lost,
            calls=turn.calls + took.calls,
        )
        if (turn.run, turn.number) == (run.id, number)
        else turn
        for turn in board.iterations
    )
    return replace(board, run=moved, iterations=iterations)


def _added(rows: Sequence[CostRow], of: str, title: str, took: Costs) -> tuple[CostRow, ...]:
    """Return the rows with the costs on their own; the two oldest become one when there are too many."""
    if any(row.of == of for row in rows):
        return tuple(replace(row, costs=plus(row.costs, took)) if row.of == of else row for row in rows)
    more = (*rows, CostRow(of=of, title=title, costs=took))
    if len(more) <= COST_ROWS:
        return more
    rest = CostRow(of="", title="", costs=plus(more[0].costs, more[1].costs))
    return (rest, *more[2:])


def _step(before: Step, at: float, event: ThoughtEvent) -> Step:
    match event:
        case CallStarted():
            number = before.number + (event.key != before.key)
            return Step(number=number, key=event.key, doing="asks", name=event.model, at=at)
        case CallFinished():
            return _next(before, at, "answered", event.model or before.name)
        case CallFailed():
            return replace(_next(before, at, "faulted", event.fault), until=event.retry_at)
        case ToolAsked():
            return _next(before, at, "uses", event.tool)
        case ToolVetoed():
            return _next(before, at, "refused", event.tool)
        case ToolFinished():
            return _next(before, at, "used" if event.success else "missed", event.tool)
        case NudgeGiven():
            return _next(before, at, "nudged", event.pattern)
        case ConversationCondensed():
            return _next(before, at, "condensed", event.how)
        case _ as never:
            assert_never(never)


def _next(before: Step, at: float, doing: Doing, name: str) -> Step:
    return Step(number=before.number, key=before.key, doing=doing, name=name, at=at)
