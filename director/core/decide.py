"""PURE: a command and the state to events. Total and idempotent: what was already honoured gives nothing."""

from __future__ import annotations

from typing import assert_never

from msgspec import structs

from director.core import approvals, asked, goals, landing, rounds, routing
from director.core.commands import Ask, Broken, Command, Report, Start, Tick
from director.core.evolve import fold
from director.core.rollback import answer_rollback
from director.core.state import Attempt, Run, State, next_checkpoint, refused_now
from ledger.events import (
    AcceptanceWritten,
    AnyEvent,
    ApprovalRequested,
    ApproveRequested,
    AttemptCancelled,
    AttemptCosted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptId,
    BaselineMeasured,
    BranchDelivered,
    BranchMeasured,
    CheckpointCreated,
    CheckpointRequested,
    DeliveryFailed,
    DenyRequested,
    ErrorSeen,
    FactsGathered,
    FindingsReported,
    FlakyTestQuarantined,
    NoticeRaised,
    OpinionGiven,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRebased,
    PatchRejected,
    PatchStacked,
    PauseRequested,
    PlanMade,
    RequestHonoured,
    RequestRefused,
    ResumeRequested,
    RoleRequested,
    RollbackRequested,
    RolledBack,
    RunClosing,
    RunCosted,
    RunId,
    RunPaused,
    RunResumed,
    RunStarted,
    StopRequested,
    TargetPrepared,
    TaskRequested,
)

TRIES = 3
WAITS = (1.0, 2.0)
"""Seconds before the second and the third try, when the environment failed."""


def decide(state: State, command: Command) -> tuple[AnyEvent, ...]:
    """Return the events of one decision, to be appended together or not at all."""
    events = _respond(state, command)
    events += rounds.advance(fold(state, events), command.at)
    return tuple(events)


def _respond(state: State, command: Command) -> list[AnyEvent]:
    match command:
        case Start():
            return _start(state, command)
        case Ask():
            return _ask(state, command)
        case Tick():
            return []
        case Report():
            return _report(state, command)
        case Broken():
            return _broken(state, command)
        case _:
            assert_never(command)


def _start(state: State, command: Start) -> list[AnyEvent]:
    if state.run is not None:
        if not command.request or command.request in state.answered:
            return []
        return [RequestRefused(request=command.request, why=f"run {state.run.id} is in progress; stop it first")]
    if command.request and command.request in state.answered:
        return []
    if command.asked and command.asked not in state.asked:
        return []
    if command.asked and not command.models:
        return [asked.not_begun(taken, asked.CONNECT) for taken in state.asked.values()]
    number = max(state.runs + 1, command.first_free)
    started = RunStarted(
        run=RunId(f"r{number}"),
        at=command.at,
        commit=command.commit,
        tree=command.tree,
        branch=f"kaizen/run-{number}",
        gates=command.gates,
        budget=command.budget,
        seed=command.seed,
        parallel=command.parallel,
        deliver=command.deliver,
        settings=dict(command.settings),
        request=command.request,
        goal=command.goal,
        models=command.models,
        asked=command.asked,
    )
    answer = [RequestHonoured(request=command.request, note=started.run)] if command.request else []
    return [started, *answer]


def _ask(state: State, command: Ask) -> list[AnyEvent]:
    request = command.request
    if request.request in state.answered:
        return []
    if isinstance(request, RollbackRequested):
        return answer_rollback(state, request, command.at)
    if isinstance(request, TaskRequested):
        return asked.take(state, request)
    if isinstance(request, RoleRequested):
        return asked.change_role(state, request)
    run = state.run
    if isinstance(request, ApproveRequested | DenyRequested):
        return approvals.answer(run, request, command.actor)
    if isinstance(request, CheckpointRequested):
        return _checkpoint(state, request)
    if run is None or run.closing is not None:
        return [RequestRefused(request=request.request, why="no run is in progress")]
    done = RequestHonoured(request=request.request)
    match request:
        case StopRequested():
            return [*rounds.close(run, "stopped", f"stopped by {request.by or 'the user'}"), done]
        case PauseRequested():
            return [done] if run.paused else [RunPaused(run=run.id), done]
        case ResumeRequested():
            return [RunResumed(run=run.id), done] if run.paused else [done]
        case _:
            assert_never(request)


def _checkpoint(state: State, request: CheckpointRequested) -> list[AnyEvent]:
    branch = state.branch
    if branch is None or not state.checkpoints:
        return [RequestRefused(request=request.request, why="there is no branch yet: start a run first")]
    gates, score = _known_of(state, branch.tree)
    made = CheckpointCreated(
        run=branch.run,
        checkpoint=next_checkpoint(state),
        commit=branch.head,
        tree=branch.tree,
        gates=gates,
        score=score,
        title=request.title or "by request",
        request=request.request,
    )
    return [made, RequestHonoured(request=request.request, note=made.checkpoint)]


def _known_of(state: State, tree: str) -> tuple[dict[str, float | None], float]:
    """Return gates and score of the branch's tree: as the run at work reads them, else as its last checkpoint says."""
    run = state.run
    if run is not None and run.readings:
        return {r.gate: r.value for r in run.readings}, run.score
    measured = [point for point in state.checkpoints.values() if point.tree == tree]
    return (measured[-1].gates, measured[-1].score) if measured else ({}, 0.0)


def _report(state: State, report: Report) -> list[AnyEvent]:
    accepted: list[AnyEvent] = []
    for fact in report.facts:
        new = _accept(state, fact, report)
        accepted += new
        state = fold(state, new)
    return accepted


def _accept(state: State, fact: AnyEvent, report: Report) -> list[AnyEvent]:
    """Return what a reported fact leads to; a late voice leads to nothing."""
    if isinstance(fact, NoticeRaised):
        return [fact] if routing.is_news(state.run, fact) else []
    if isinstance(fact, RolledBack | RequestRefused):
        return landing.restored(state, fact)
    if isinstance(fact, DeliveryFailed | BranchDelivered) and state.run is None:
        return [fact]
    run = state.run
    if run is None:
        return []
    attempt = run.open.get(getattr(fact, "attempt", AttemptId("")))
    match fact:
        case AttemptCosted():
            return [fact] if fact.attempt.startswith(f"{run.id}.") else []
        case RunCosted():
            return [fact] if run.closing and run.costed is None else []
        case TargetPrepared():
            return [] if run.prepared else [fact]
        case ErrorSeen():
            return [] if fact.fingerprint in run.errors else [fact]
        case FlakyTestQuarantined():
            return [] if fact.run != run.id or fact.test in run.quarantined else [fact]
        case BaselineMeasured():
            return [] if run.baseline or fact.tree != run.tree else _baseline(state, run, fact)
        case BranchMeasured():
            return [] if run.readings or fact.tree != run.tree else [fact]
        case BranchDelivered() | DeliveryFailed():
            return [fact] if run.closing and not run.delivered and not run.undeliverable else []
    if attempt is None:
        return []
    events = _of_attempt(state, run, attempt, fact, report)
    return [*events, *routing.exhausted(run, attempt, events), *asked.replies(run, attempt, events)]


def _baseline(state: State, run: Run, fact: BaselineMeasured) -> list[AnyEvent]:
    made = CheckpointCreated(
        run=run.id,
        checkpoint=next_checkpoint(state),
        commit=run.head,
        tree=run.tree,
        gates={r.gate: r.value for r in fact.readings},
        score=fact.score,
        title=f"start of {run.started.branch}",
        pack=fact.pack,
    )
    if all(r.value is None for r in fact.readings):
        why = "; ".join(f"{r.gate}: {r.detail}" for r in fact.readings)
        return [fact, made, RunClosing(run=run.id, state="failed", why=f"nothing can be measured: {why}")]
    return [fact, made]


def _of_attempt(state: State, run: Run, attempt: Attempt, fact: AnyEvent, report: Report) -> list[AnyEvent]:
    match fact:
        case PatchProposed() if attempt.step == "work":
            if fact.patch in refused_now(state):
                reason = "this very patch was rejected or rolled back before"
                return [fact, landing.rejection(fact.attempt, "known-bad", reason)]
            unwanted = asked.keeps_nothing(run, attempt)
            return [fact, unwanted] if unwanted else landing.proposed(state, attempt, fact)
        case ApprovalRequested() if attempt.step == "work":
            return approvals.asked(run, fact)
        case AttemptGaveUp() | FindingsReported() if attempt.step == "work":
            return [fact]
        case FactsGathered() | PlanMade() | AcceptanceWritten() | OpinionGiven() if attempt.step == "work":
            return _of_goal(run, fact)
        case AttemptFailed() if attempt.step != "land":
            return [_retry(run, attempt, fact, report.at)]
        case PatchRebased() if attempt.step == "queued" and fact.base == run.head:
            if fact.tree != run.tree:
                return [fact]
            return [fact, landing.needless(fact.attempt)]
        case PatchRejected() | AttemptCancelled() if attempt.step == "queued":
            return [fact]
        case PatchStacked() if attempt.step == "queued" and state.rollback is None:
            return landing.stacked(state, run, attempt, fact)
        case PatchMeasured() if fact.together and _is_current(state, run, attempt, fact):
            return landing.confirmed(state, run, fact, report)
        case PatchMeasured() if _is_current(state, run, attempt, fact):
            return landing.judged(state, run, attempt, fact, report)
        case PatchLanded() if attempt.step == "land":
            return landing.landed(state, run, attempt, fact)
    return []


def _of_goal(run: Run, fact: AnyEvent) -> list[AnyEvent]:
    """Return a step towards the goal; a plan that cannot be followed is refused with the reason, and asked for anew."""
    if run.goal is None:
        return []
    if not isinstance(fact, PlanMade):
        return [fact]
    problem = goals.problem_of(fact.steps)
    if problem:
        return [AttemptGaveUp(attempt=fact.attempt, why=problem)]
    return [structs.replace(fact, steps=goals.ordered(fact.steps))]


def _is_current(state: State, run: Run, attempt: Attempt, fact: PatchMeasured) -> bool:
    """Return whether the measured tree is still the one to be judged, on the branch as it stands."""
    here = attempt.step == "queued" and fact.tree == attempt.tree and fact.base == run.head
    return here and bool(run.readings) and state.rollback is None


def _retry(run: Run, attempt: Attempt, fact: AttemptFailed, at: float) -> AttemptFailed:
    if attempt.tries >= TRIES or attempt.model in run.lost:
        return AttemptFailed(attempt=fact.attempt, why=fact.why, fingerprint=fact.fingerprint)
    wait = WAITS[attempt.tries - 1]
    return AttemptFailed(attempt=fact.attempt, why=fact.why, fingerprint=fact.fingerprint, retry_at=at + wait)


def _not_landed(run: Run, command: Broken) -> list[AnyEvent]:
    """The branch did not move: landing moves it last, and all or nothing."""
    landing_now = [a for a in run.open.values() if a.step == "land"]
    if command.effect not in {f"land:{a.id}" for a in landing_now}:
        return []
    return [landing.rejection(a.id, "not-landed", f"it could not be landed: {command.why}") for a in landing_now]


def _broken(state: State, command: Broken) -> list[AnyEvent]:
    run = state.run
    if command.effect.startswith("restore:") and state.rollback is not None:
        return [RequestRefused(request=state.rollback.request, why=command.why)]
    if run is None:
        begun = [t for t in state.asked.values() if command.effect == f"begin:{t.request}"]
        return [asked.not_begun(taken, command.why) for taken in begun]
    if command.effect.startswith("tally:"):
        return [] if run.costed else [rounds.told_costs(run)]
    if command.effect.startswith("deliver:"):
        failed = DeliveryFailed(run=run.id, why=command.why)
        return [] if run.delivered or run.undeliverable else [failed]
    attempt = run.open.get(command.attempt)
    if attempt is not None and attempt.step != "land":
        return [_retry(run, attempt, AttemptFailed(attempt=attempt.id, why=command.why), command.at)]
    if command.effect.startswith("land:"):
        return _not_landed(run, command)
    if run.closing is not None:
        return []
    closing = rounds.close(run, "failed", command.why)
    return [*closing, NoticeRaised(code="effect-failed", message=command.why, level="error", run=run.id)]
