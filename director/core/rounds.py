"""PURE: what follows by itself: the next attempt, the next iteration, the end of the run."""

from __future__ import annotations

from director.core import approvals, asked, goals, policy, routing, slot
from director.core.budget import total_of
from director.core.effects import owes_delivery, owes_tally
from director.core.evolve import fold
from director.core.forecast import forecast
from director.core.judge import all_met, results
from director.core.landing import milestones
from director.core.left import left
from director.core.state import Attempt, Run, State
from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptFailed,
    AttemptId,
    AttemptScheduled,
    IterationEnded,
    IterationStarted,
    RunClosing,
    RunCosted,
    RunEnd,
    RunEnded,
    Task,
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
    unanswered = [asked.failed(run, taken, why) for taken in run.asked.values()]
    return [*cancelled, *ended, *unanswered, RunClosing(run=run.id, state=end, why=why, left=undone)]


def _next(state: State, at: float) -> list[AnyEvent]:
    run = state.run
    if run is None:
        return []
    if run.closing is not None:
        return _ended(state, run, at)
    minutes = run.started.budget.minutes
    if minutes is not None and at >= run.started.at + 60 * minutes:
        return close(run, "exhausted", f"the budget of {minutes:g} minutes is spent")
    late = approvals.expired(run, at)
    if late:
        return late
    if (run.is_measured and not run.readings) or not run.prepared or state.rollback is not None:
        return []
    reached = [] if run.iteration else milestones(run, run.readings)
    if reached:
        return reached
    landing = any(a.step == "land" for a in run.open.values())
    done = all_met(run.started.gates, run.readings) and not landing and not _is_reviewed_now(run)
    if done and not run.asked:
        return close(run, "completed", "all gates pass")
    if run.started.asked and not run.asked and not landing:
        return close(run, "completed", "the work that was asked for is done")
    if run.paused:
        return []
    return (
        _in_vain(run)
        or _unanswerable(run)
        or _retry(run, at)
        or _go_on(run)
        or _schedule(run)
        or _race(run)
        or _turn(run)
    )


def _is_reviewed_now(run: Run) -> bool:
    """Return whether what was built for the goal still waits for a review."""
    reading = next((r for r in run.readings if r.gate == goals.GATE), None)
    reviews = goals.reviews_owed(run.goal, reading) if run.goal else ()
    return any(task.role not in run.roles and routing.choose(run, task) is not None for task in reviews)


def _free_places(run: Run) -> int:
    return run.started.parallel - sum(a.step == "work" for a in run.open.values())


def _retry(run: Run, at: float) -> list[AnyEvent]:
    due = [a for a in run.open.values() if a.step == "waiting" and a.retry_at <= at]
    return [_scheduled(run, a, a.tries + 1) for a in due[: max(0, _free_places(run))]]


def _in_vain(run: Run) -> list[AnyEvent]:
    """Return the end of attempts that wait to ask a model that cannot be asked any more."""
    waiting = [a for a in run.open.values() if a.step == "waiting" and a.model in run.lost]
    return [AttemptFailed(attempt=a.id, why=run.lost[a.model]) for a in waiting]


def _go_on(run: Run) -> list[AnyEvent]:
    """Return the attempts that go on because a person answered."""
    answered = [a for a in run.open.values() if a.step == "answered"]
    return [_scheduled(run, a, a.tries) for a in answered[: max(0, _free_places(run))]]


def _unanswerable(run: Run) -> list[AnyEvent]:
    """Return that nothing came of work somebody asked for, when nobody is left to try it."""
    at_work = {a.task.id for a in run.open.values()}
    found: list[AnyEvent] = []
    for taken in run.asked.values():
        task = asked.task_of(taken)
        if task.id in at_work or (routing.choose(run, task) is not None and run.roles.get(taken.role) != "stopped"):
            continue
        said = run.spent[task.id].why if task.id in run.spent else _nobody(run, taken.role)
        why = "its budget is spent" if routing.is_blocked(run, task) else said
        found.append(asked.failed(run, taken, why))
    return found


def _nobody(run: Run, role: str) -> str:
    """Return why nobody is there to try what was asked of a role."""
    if run.lost and not run.models:
        return "; ".join(run.lost.values())
    return f"{role} is stopped"


def _scheduled(run: Run, attempt: Attempt, tries: int) -> AttemptScheduled:
    return AttemptScheduled(
        run=run.id,
        iteration=attempt.iteration,
        attempt=attempt.id,
        task=attempt.task.id,
        role=attempt.task.role,
        # What a conversation did so far stands on its base: it is moved onto the head when it is done.
        base=attempt.base if attempt.brain == "conversational" else run.head,
        seed=attempt.seed,
        tries=tries,
        skip=attempt.skip,
        brain=attempt.brain,
        model=attempt.model,
    )


def _schedule(run: Run) -> list[AnyEvent]:
    """Return one attempt when a place is free and a task of this iteration still wants one."""
    if _free_places(run) <= 0:
        return []
    taken = {a.task.id for a in run.open.values()}
    wanted = {t.id: t for t in policy.eligible(run)}
    for task in run.todo:
        if task.id in taken or task.id not in wanted or _waits(run, wanted[task.id]):
            continue
        choice = routing.choose(run, wanted[task.id]) or routing.CLASSICAL
        return [_new(run, task, choice, policy.skip(run, wanted[task.id]))]
    return []


def _waits(run: Run, task: Task) -> bool:
    """Return whether a task is left for now because another attempt is likely to do it."""
    return policy.has_kin_at_work(run, task) or slot.is_mended(run, task)


def _race(run: Run) -> list[AnyEvent]:
    """Return one more attempt at a hard task, by another model, when a place would stay empty otherwise."""
    if _free_places(run) <= 0:
        return []
    for attempt in run.open.values():
        model = routing.rival(run, attempt) if attempt.step == "work" else ""
        if model:
            return [_new(run, attempt.task, routing.Choice("conversational", model), ())]
    return []


def _new(run: Run, task: Task, choice: routing.Choice, skip: tuple[str, ...]) -> AttemptScheduled:
    number = run.attempts + 1
    return AttemptScheduled(
        run=run.id,
        iteration=run.iteration,
        attempt=AttemptId(f"{run.id}.i{run.iteration}.a{number}"),
        task=task.id,
        role=task.role,
        base=run.head,
        seed=run.started.seed + number,
        skip=skip,
        brain=choice.brain,
        model=choice.model,
    )


def _turn(run: Run) -> list[AnyEvent]:
    """Return the end of an iteration with nothing at work, and what comes after it; who waits for a person may wait."""
    if any(a.step != "asked" for a in run.open.values()):
        return []
    if run.iteration_open:
        return [_iteration_ended(run)]
    chosen, why = policy.choose(run)
    if not chosen:
        return [] if run.open or _waits_for_a_role(run) else _nothing_left(run)
    limit = run.started.budget.iterations
    if limit is not None and run.iteration >= limit:
        return close(run, "exhausted", f"the budget of {limit} iterations is spent")
    still = forecast(run)
    told = [still] if still is not None else []
    return [IterationStarted(run=run.id, iteration=run.iteration + 1, tasks=chosen, why=why), *told]


def _waits_for_a_role(run: Run) -> bool:
    """Return whether there is work for a role that is paused: it may be told to go on."""
    paused = {name for name, state in run.roles.items() if state == "paused"}
    return any(t.role in paused and routing.choose(run, t) is not None for t in policy.tasks(run))


def _nothing_left(run: Run) -> list[AnyEvent]:
    held_back = [t for t in policy.tasks(run) if routing.is_held_back(run, t)]
    if held_back and run.exhausted:
        spent = run.exhausted[-1]
        whose = f" of {spent.scope} {spent.subject}".rstrip() if spent.subject else ""
        return close(run, "exhausted", f"the budget of {spent.limit:g} {_unit(spent.what)}{whose} is spent")
    if run.lost and not run.models:
        return close(run, "stalled", "no known technique improves another gate, and no model can be asked")
    return close(run, "stalled", "no known technique improves another gate")


def _unit(what: str) -> str:
    return "USD" if what == "cost" else what


def told_costs(run: Run) -> RunCosted:
    """Return what the run spent on models as far as its attempts told it."""
    spent = total_of(run.costs.values())
    return RunCosted(run=run.id, calls=spent.calls, tokens=spent.tokens, cost=spent.cost, unknown=spent.unknown)


def _iteration_ended(run: Run) -> IterationEnded:
    return IterationEnded(
        run=run.id, iteration=run.iteration, landed=run.landed_here, rejected=run.rejected_here, score=run.score
    )


def _ended(state: State, run: Run, at: float) -> list[AnyEvent]:
    closing = run.closing
    assert closing is not None
    if run.open or owes_delivery(run) or owes_tally(run) or state.rollback is not None:
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
            cost=run.costed.cost if run.costed else 0.0,
            seconds=max(0.0, at - run.started.at),
            branch=run.started.branch if run.delivered else "",
            undelivered=run.undeliverable,
        )
    ]
