"""PURE: what follows by itself: the next attempt, the next iteration, the end of the run."""

from __future__ import annotations

from director.core import goals, policy
from director.core.effects import owes_delivery
from director.core.evolve import fold
from director.core.judge import all_met, results
from director.core.landing import milestones
from director.core.left import left
from director.core.state import Attempt, Run, State
from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptId,
    AttemptScheduled,
    IterationEnded,
    IterationStarted,
    RunClosing,
    RunEnd,
    RunEnded,
)


def advance(state: State, at: float) -> tuple[AnyEvent, ...]:
    """Return everything that follows from the state without anybody asking, in order."""
    events: list[AnyEvent] = []
    while True:
        step = _next(state, at)
        if not step:
            return tuple(events)
        events += step
        state = fold(state, step)


def close(run: Run, end: RunEnd, why: str) -> list[AnyEvent]:
    """Return the end of a run as decided: what works is cancelled, what is landing may finish."""
    cancelled = [AttemptCancelled(attempt=a.id, why=why) for a in run.open.values() if a.step != "land"]
    ended = [_iteration_ended(run)] if run.iteration_open else []
    undone = () if end == "completed" else left(run)
    return [*cancelled, *ended, RunClosing(run=run.id, state=end, why=why, left=undone)]


def _next(state: State, at: float) -> list[AnyEvent]:
    run = state.run
    if run is None:
        return []
    if run.closing is not None:
        return _ended(state, run, at)
    minutes = run.started.budget.minutes
    if minutes is not None and at >= run.started.at + 60 * minutes:
        return close(run, "exhausted", f"the budget of {minutes:g} minutes is spent")
    if not run.readings or state.rollback is not None:
        return []
    reached = [] if run.iteration else milestones(run, run.readings)
    if reached:
        return reached
    landing = any(a.step == "land" for a in run.open.values())
    if all_met(run.started.gates, run.readings) and not landing and not _is_reviewed_now(run):
        return close(run, "completed", "all gates pass")
    if run.paused:
        return []
    return _retry(run, at) or _schedule(run) or _turn(run)


def _is_reviewed_now(run: Run) -> bool:
    """Return whether what was built for the goal still waits for a review."""
    reading = next((r for r in run.readings if r.gate == goals.GATE), None)
    return run.goal is not None and goals.owes_review(run.goal, reading)


def _free_places(run: Run) -> int:
    return run.started.parallel - sum(a.step == "work" for a in run.open.values())


def _retry(run: Run, at: float) -> list[AnyEvent]:
    due = [a for a in run.open.values() if a.step == "waiting" and a.retry_at <= at]
    return [_scheduled(run, a, a.tries + 1) for a in due[: max(0, _free_places(run))]]


def _scheduled(run: Run, attempt: Attempt, tries: int) -> AttemptScheduled:
    return AttemptScheduled(
        run=run.id,
        iteration=attempt.iteration,
        attempt=attempt.id,
        task=attempt.task.id,
        role=attempt.task.role,
        base=run.head,
        seed=attempt.seed,
        tries=tries,
        skip=attempt.skip,
    )


def _schedule(run: Run) -> list[AnyEvent]:
    """Return one attempt when a place is free and a task of this iteration still wants one."""
    if _free_places(run) <= 0:
        return []
    taken = {a.task.id for a in run.open.values()}
    wanted = {t.id: t for t in policy.eligible(run)}
    for task in run.todo:
        if task.id in taken or task.id not in wanted:
            continue
        number = run.attempts + 1
        return [
            AttemptScheduled(
                run=run.id,
                iteration=run.iteration,
                attempt=AttemptId(f"{run.id}.i{run.iteration}.a{number}"),
                task=task.id,
                role=task.role,
                base=run.head,
                seed=run.started.seed + number,
                skip=policy.skip(run, wanted[task.id]),
            )
        ]
    return []


def _turn(run: Run) -> list[AnyEvent]:
    """Return the end of an iteration with nothing open, and what comes after it."""
    if run.open:
        return []
    if run.iteration_open:
        return [_iteration_ended(run)]
    chosen, why = policy.choose(run)
    if not chosen:
        return close(run, "stalled", "nothing that is known makes another gate better")
    limit = run.started.budget.iterations
    if limit is not None and run.iteration >= limit:
        return close(run, "exhausted", f"the budget of {limit} iterations is spent")
    return [IterationStarted(run=run.id, iteration=run.iteration + 1, tasks=chosen, why=why)]


def _iteration_ended(run: Run) -> IterationEnded:
    return IterationEnded(
        run=run.id, iteration=run.iteration, landed=run.landed_here, rejected=run.rejected_here, score=run.score
    )


def _ended(state: State, run: Run, at: float) -> list[AnyEvent]:
    closing = run.closing
    assert closing is not None
    if run.open or owes_delivery(run) or state.rollback is not None:
        return []
    return [
        RunEnded(
            run=run.id,
            at=at,
            state=closing.state,
            why=closing.why,
            gates=results(run.started.gates, run.baseline, run.readings or run.baseline),
            landed=run.landed,
            rejected=run.rejected,
            left=closing.left,
            cost=0.0,
            seconds=max(0.0, at - run.started.at),
            branch=run.started.branch if run.delivered else "",
        )
    ]
