"""PURE: one step of the fold. Total, and never refuses: the past is not argued with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from director.core import goals, slot
from director.core.budget import Sum
from director.core.lessons import spend, taught
from director.core.state import ALL, MODEL_LOST, Attempt, Branch, Point, Run, State
from ledger.events import (
    AcceptanceWritten,
    AnyEvent,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalRequested,
    AttemptCancelled,
    AttemptCosted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptId,
    AttemptScheduled,
    BaselineMeasured,
    BranchDelivered,
    BranchMeasured,
    BudgetExhausted,
    CheckpointCreated,
    DeliveryFailed,
    ErrorSeen,
    FactsGathered,
    FindingsReported,
    FlakyTestQuarantined,
    IterationEnded,
    IterationStarted,
    LandDecided,
    MilestoneReached,
    NoticeRaised,
    OpinionGiven,
    PatchesDoubted,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRebased,
    PatchRejected,
    PatchStacked,
    PlanMade,
    RequestHonoured,
    RequestRefused,
    RoleChanged,
    RollbackDecided,
    RolledBack,
    RunClosing,
    RunCosted,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    TargetPrepared,
    TaskAnswered,
    TaskTaken,
)

__all__ = ["ALL", "evolve", "fold"]


def fold(state: State, events: Iterable[AnyEvent]) -> State:
    """Return the state after the events."""
    return reduce(evolve, events, state)


def evolve(state: State, event: AnyEvent) -> State:
    """Return the state after one event of the director's stream."""
    state = _evolve(replace(state, version=state.version + 1), event)
    run = state.run
    if run is None or not (run.queue or run.slot):
        return state
    return replace(state, run=slot.held(run))


def _evolve(state: State, event: AnyEvent) -> State:
    match event:
        case RunStarted():
            return _started(state, event)
        case RunEnded():
            lessons = state.run.lessons if state.run else state.lessons
            return replace(state, run=None, lessons=lessons)
        case RoleChanged():
            return _role_changed(state, event)
        case TaskTaken() if state.run is None or state.run.closing is not None:
            return replace(state, asked={**state.asked, event.request: event})
        case TaskAnswered():
            state = replace(state, asked={k: v for k, v in state.asked.items() if k != event.request})
        case CheckpointCreated():
            point = Point(
                event.checkpoint, event.commit, event.tree, event.run, event.gates, event.score, state.on_branch
            )
            return replace(state, checkpoints={**state.checkpoints, point.id: point})
        case RollbackDecided():
            return replace(state, rollback=event)
        case RolledBack():
            return _rolled_back(state, event)
        case RequestHonoured() | RequestRefused():
            rollback = None if state.rollback and state.rollback.request == event.request else state.rollback
            return replace(state, answered=state.answered | {event.request}, rollback=rollback)
        case PatchLanded():
            return _landed(state, event)
        case PatchRejected():
            return _rejected(state, event)
        case BranchDelivered() if state.branch is not None:
            state = replace(state, branch=replace(state.branch, delivered=True))
    if state.run is None:
        return state
    return replace(state, run=_evolve_run(state.run, event))


def _evolve_run(run: Run, event: AnyEvent) -> Run:
    match event:
        case TargetPrepared():
            return replace(run, prepared=True)
        case BaselineMeasured():
            return replace(run, baseline=event.readings, readings=event.readings, score=event.score)
        case BranchMeasured():
            return replace(run, readings=event.readings, score=event.score)
        case ErrorSeen():
            return replace(run, errors=run.errors | {event.fingerprint})
        case FlakyTestQuarantined():
            return replace(run, quarantined={**run.quarantined, event.test: event.said})
        case MilestoneReached():
            return replace(run, met=run.met | {event.name})
        case FactsGathered() | PlanMade() | AcceptanceWritten() | OpinionGiven():
            return _towards_goal(run, event, event.attempt)
        case FindingsReported():
            return _reported(run, event)
        case IterationStarted():
            return replace(
                run, iteration=event.iteration, iteration_open=True, todo=event.tasks, landed_here=0, rejected_here=0
            )
        case IterationEnded():
            return replace(run, iteration_open=False, todo=())
        case RunPaused():
            return replace(run, paused=True)
        case RunResumed():
            return replace(run, paused=False)
        case RunClosing():
            return replace(run, closing=event, todo=())
        case BranchDelivered():
            return replace(run, delivered=event.ref)
        case DeliveryFailed():
            return replace(run, undeliverable=event.why)
        case RunCosted():
            return replace(run, costed=event)
        case NoticeRaised() if event.code == MODEL_LOST:
            return replace(run, lost={**run.lost, event.subject: event.message})
        case BudgetExhausted():
            return replace(run, exhausted=(*run.exhausted, event))
        case TaskTaken():
            return replace(run, asked={**run.asked, event.request: event})
        case TaskAnswered():
            return replace(run, asked={k: v for k, v in run.asked.items() if k != event.request})
    return _evolve_attempts(run, event)


def _evolve_attempts(run: Run, event: AnyEvent) -> Run:
    match event:
        case AttemptScheduled():
            return _scheduled(run, event)
        case PatchProposed():
            run = replace(run, queue=(*run.queue, event.attempt))
            return _with(run, event.attempt, step="queued", patch=event, onto=event.base, tree=event.tree)
        case PatchRebased():
            return _with(run, event.attempt, onto=event.base, tree=event.tree, step="queued", stacked=None)
        case PatchStacked() if event.alone:
            return slot.without_next(run, event.attempt)
        case PatchStacked():
            where = {"onto": event.base, "tree": event.tree, "readings": event.readings, "score": event.score}
            return _with(run, event.attempt, stacked=event, **where)
        case PatchesDoubted():
            return replace(run, slot=(), doubted=event.attempts)
        case PatchMeasured():
            return _with(run, event.attempt, step="measured", readings=event.readings, score=event.score)
        case LandDecided():
            return _with(run, event.attempt, step="land", landing=event)
        case AttemptFailed() if event.retry_at is not None:
            queue = tuple(a for a in run.queue if a != event.attempt)
            run = _with(run, event.attempt, step="waiting", retry_at=event.retry_at, patch=None, stacked=None)
            return replace(run, queue=queue)
        case AttemptFailed() if _is_lost(run, event.attempt):
            return _without(run, event.attempt, None)  # that says nothing about the task, and nothing of what it can
        case AttemptFailed():
            return _without(run, event.attempt, (ALL,), f"every try failed: {event.why}")
        case AttemptGaveUp():
            attempt = run.open.get(event.attempt)
            if attempt is not None and event.localised:
                run = replace(run, localised={**run.localised, attempt.task.id: event.localised})
            spent = event.refused if event.more else (*event.refused, ALL)
            # A budget that is spent says nothing about the model; an iteration's is whole again with the next one.
            failed = event.spent.partition(":")[0] in ("", "iteration")
            return _without(run, event.attempt, spent if failed else None, event.why)
        case AttemptCancelled():
            return _without(run, event.attempt, None)
        case AttemptCosted():
            spent_now = Sum(event.calls, event.tokens, event.cost, event.unknown, event.seconds)
            return replace(run, costs={**run.costs, event.attempt: spent_now})
        case ApprovalRequested():
            return _with(run, event.attempt, step="asked", asked=event)
        case ApprovalGranted() | ApprovalDenied():
            return _answered(run, event)
    return run


def _is_lost(run: Run, attempt: AttemptId) -> bool:
    return attempt in run.open and run.open[attempt].model in run.lost


def _reported(run: Run, event: FindingsReported) -> Run:
    closed = run.open.get(event.attempt)
    if closed is not None and closed.task.gate == goals.GATE:
        return _towards_goal(run, event, event.attempt)
    after = _without(run, event.attempt, (ALL,))
    is_structure = closed is not None and closed.task.kind == "structure"
    return replace(after, hot_spots=event.findings) if is_structure else after


def _towards_goal(run: Run, event: AnyEvent, attempt: AttemptId) -> Run:
    closed = run.open.get(attempt)
    if run.goal is None or closed is None:
        return run
    after = goals.after(run.goal, event, closed.task)
    run = replace(_without(taught(run, closed, landed=1), attempt, None), goal=after)
    moved = isinstance(event, AcceptanceWritten) and closed.base != run.head
    judged = isinstance(event, OpinionGiven) and event.satisfied
    return replace(run, readings=()) if moved or judged else run  # the gate says something else now: measure again


def _answered(run: Run, event: ApprovalGranted | ApprovalDenied) -> Run:
    attempt = run.open.get(event.attempt)
    if attempt is None or attempt.asked is None:
        return run
    if isinstance(event, ApprovalGranted) and event.whole_run:
        run = replace(run, allowed=run.allowed | {(attempt.asked.tool, attempt.asked.risk)})
    return _with(run, event.attempt, step="answered", asked=None, answers=(*attempt.answers, event))


def _started(state: State, event: RunStarted) -> State:
    number = int(event.branch.rsplit("-", 1)[-1])
    return replace(
        state,
        runs=max(state.runs, number),
        run=Run(
            event.run,
            event,
            event.commit,
            event.tree,
            lessons=state.lessons,
            roles=state.roles,
            asked=state.asked,
            goal=goals.Goal(event.goal) if event.goal else None,
        ),
        asked={},
        branch=Branch(event.run, event.branch, event.commit, event.tree),
        on_branch=(),
    )


def _scheduled(run: Run, event: AttemptScheduled) -> Run:
    known = run.open.get(event.attempt)
    raced = (a.task for a in run.open.values())
    task = known.task if known else next(t for t in (*run.todo, *raced) if t.id == event.task)
    goes_on = known is not None and known.step == "answered"
    attempt = Attempt(
        id=event.attempt,
        task=task,
        iteration=event.iteration,
        base=event.base,
        seed=event.seed,
        tries=event.tries,
        skip=event.skip,
        brain=event.brain,
        model=event.model,
        turn=known.turn + goes_on if known else 0,
        answers=known.answers if known else (),
    )
    return replace(
        run,
        open={**run.open, event.attempt: attempt},
        todo=tuple(t for t in run.todo if t.id != event.task),
        attempts=run.attempts + (0 if known else 1),
    )


def _landed(state: State, event: PatchLanded) -> State:
    run = state.run
    if run is None or event.attempt not in run.open:
        return state
    attempt = run.open[event.attempt]
    run = taught(run, attempt, landed=1)
    run = replace(
        _without(run, event.attempt, None),
        head=event.commit,
        tree=event.tree,
        readings=attempt.readings,
        score=attempt.score,
        landed=run.landed + 1,
        landed_here=run.landed_here + 1,
        goal=goals.landed(run.goal, attempt.task, attempt.patch.diff if attempt.patch else "") if run.goal else None,
    )
    patches = {**state.patches, event.attempt: attempt.patch.patch} if attempt.patch else state.patches
    branch = replace(state.branch, head=event.commit, tree=event.tree) if state.branch else None
    on_branch = (*state.on_branch, event.attempt)
    return replace(state, run=run, branch=branch, patches=patches, on_branch=on_branch)


def _rejected(state: State, event: PatchRejected) -> State:
    run = state.run
    if run is None or event.attempt not in run.open:
        return state
    attempt = run.open[event.attempt]
    stale = any(r.code == "stale" for r in event.reasons)
    rejected_on = run.rejected_on
    techniques: tuple[str, ...] | None = None
    if attempt.patch is not None and not stale:
        goal = goals.drafted(run.goal, attempt.task, attempt.onto, attempt.tree) if run.goal else None
        run = replace(run, goal=goal)
        rejected_on = {**rejected_on, attempt.patch.patch: run.tree}
        techniques = (attempt.patch.technique,)
    explained = event.attempt in run.doubted
    run = replace(run, rejected_on=rejected_on, doubted=() if explained else run.doubted)
    reasons = "; ".join(r.message for r in event.reasons)
    told = f"{attempt.patch.title} ({attempt.patch.technique}): {reasons}" if attempt.patch else ""
    why = f"its patch was rejected: {reasons}"
    run = replace(
        _without(run, event.attempt, techniques, why, told),
        rejected=run.rejected + 1,
        rejected_here=run.rejected_here + 1,
    )
    return replace(state, run=run)


def _rolled_back(state: State, event: RolledBack) -> State:
    decided = state.rollback
    if decided is None:
        return state
    point = state.checkpoints[decided.checkpoint]
    undone = {state.patches[a] for a in decided.undone if a in state.patches}
    redone = {state.patches[a] for a in decided.redone if a in state.patches}
    run = state.run
    if run is not None:
        goal = goals.rolled_back(run.goal) if run.goal else None
        run = replace(run, head=event.commit, tree=event.tree, readings=(), goal=goal, slot=(), doubted=())
    return replace(
        state,
        run=run,
        branch=replace(state.branch, head=event.commit, tree=event.tree) if state.branch else None,
        refused=(state.refused | undone) - redone,
        on_branch=point.on_branch,
    )


def _with(run: Run, attempt: AttemptId, **changes: object) -> Run:
    if attempt not in run.open:
        return run
    return replace(run, open={**run.open, attempt: replace(run.open[attempt], **changes)})  # type: ignore[arg-type]


def _without(run: Run, attempt: AttemptId, refused: tuple[str, ...] | None, why: str = "", told: str = "") -> Run:
    """Close an attempt; `refused` are techniques not to be asked again about this task, None for no lesson."""
    closed = run.open.get(attempt)
    if closed is None:
        return run
    rest = {k: v for k, v in run.open.items() if k != attempt}
    queue = tuple(a for a in run.queue if a != attempt)
    if refused is None:
        return replace(run, open=rest, queue=queue)
    if run.goal is not None:
        run = replace(run, goal=goals.failed(run.goal, closed.task, why))
    run = replace(run, spent={**run.spent, closed.task.id: spend(run, closed, refused, why, told)})
    given_up = closed.task.kind == "uncovered" and closed.brain == "classical" and ALL in refused
    hopeless = run.hopeless.union(closed.task.targets) if given_up else run.hopeless
    return replace(taught(run, closed, landed=0), open=rest, queue=queue, hopeless=hopeless)


def _role_changed(state: State, event: RoleChanged) -> State:
    roles = {name: what for name, what in state.roles.items() if name != event.role}
    if event.state != "working":
        roles[event.role] = event.state
    run = replace(state.run, roles=roles) if state.run else None
    return replace(state, roles=roles, run=run)
