"""PURE: from a measured patch to a landed or rejected one, and what follows from the branch having moved."""

from __future__ import annotations

from msgspec import structs

from director.core import asked, goals
from director.core.commands import Report
from director.core.evolve import fold
from director.core.judge import judge, met
from director.core.policy import is_wanted
from director.core.state import Attempt, Run, State, next_checkpoint
from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptId,
    CheckpointCreated,
    Fingerprint,
    LandDecided,
    MilestoneReached,
    PatchLanded,
    PatchMeasured,
    PatchRejected,
    Reading,
    Reason,
    RequestHonoured,
    RequestRefused,
    RolledBack,
)


def rejection(attempt: AttemptId, code: str, message: str) -> PatchRejected:
    """Return a rejection for one reason."""
    return PatchRejected(attempt=attempt, reasons=(Reason(code=code, message=message),))


def judged(state: State, run: Run, attempt: Attempt, fact: PatchMeasured, report: Report) -> list[AnyEvent]:
    """Return the measurement and what the judge makes of it."""
    assert attempt.patch is not None
    verdict = judge(run.started.gates, run.readings, fact.readings)
    if fact.objections:
        return [fact, PatchRejected(attempt=attempt.id, reasons=(*fact.objections, *verdict.worse))]
    shown = asked.shows_only(run, attempt)
    if shown is not None:
        return [fact, shown]
    unmeasured = run.goal is not None and goals.lands_without_gain(run.goal, attempt.task)
    free = (attempt.task.kind == "asked" or unmeasured) and not verdict.worse
    if not verdict.lands and not free:
        return [fact, PatchRejected(attempt=attempt.id, reasons=verdict.reasons)]
    trailers = [f"Kaizen-Run: {run.id}", f"Kaizen-Attempt: {attempt.id}"]
    sandbox = run.started.settings.get("sandbox", "")
    if sandbox and not sandbox.endswith("(full)"):
        trailers.append(f"Kaizen-Sandbox: {sandbox}")
    if report.ledger:
        trailers.append(f"Kaizen-Ledger: {report.ledger}")
    body = [attempt.patch.title, "", *verdict.gains, "", *trailers]
    decided = LandDecided(
        attempt=attempt.id,
        checkpoint=next_checkpoint(state),
        at=report.at,
        parent=run.head,
        tree=fact.tree,
        message="\n".join(body) + "\n",
    )
    return [fact, decided]


def landed(state: State, run: Run, attempt: Attempt, fact: PatchLanded) -> list[AnyEvent]:
    """Return the landing, its checkpoint, milestones, and the attempts it made needless."""
    assert attempt.patch is not None
    created = CheckpointCreated(
        run=run.id,
        checkpoint=fact.checkpoint,
        commit=fact.commit,
        tree=fact.tree,
        gates={r.gate: r.value for r in attempt.readings},
        score=attempt.score,
        title=attempt.patch.title,
    )
    fact = structs.replace(fact, solved=_solved(run.readings, attempt.readings))
    after = fold(state, [fact]).run
    assert after is not None
    needless = [
        AttemptCancelled(attempt=a.id, why=f"{attempt.id} solved its task")
        for a in after.open.values()
        if a.step in ("work", "waiting", "asked", "answered") and not is_wanted(after, a.task)
    ]
    return [fact, created, *milestones(run, attempt.readings), *needless]


def _solved(before: tuple[Reading, ...], after: tuple[Reading, ...]) -> tuple[Fingerprint, ...]:
    gone = _fingerprints(before).keys() - _fingerprints(after).keys()
    return tuple(f for f in _fingerprints(before) if f in gone)


def _fingerprints(readings: tuple[Reading, ...]) -> dict[Fingerprint, None]:
    return {f.fingerprint: None for r in readings if r.gate == "tests" for f in r.findings if f.fingerprint}


def milestones(run: Run, readings: tuple[Reading, ...]) -> list[AnyEvent]:
    """Return a milestone for each gate met for the first time in this run."""
    by_gate = {r.gate: r for r in readings}
    return [
        MilestoneReached(run=run.id, name=spec.name)
        for spec in run.started.gates
        if spec.name not in run.met and met(spec, by_gate.get(spec.name))
    ]


def restored(state: State, fact: RolledBack | RequestRefused) -> list[AnyEvent]:
    """Return what follows from the branch having gone back, or from git having refused it."""
    decided = state.rollback
    if decided is None or fact.request != decided.request:
        return []
    if isinstance(fact, RequestRefused):
        return [fact]
    assert state.branch is not None
    point = state.checkpoints[decided.checkpoint]
    created = CheckpointCreated(
        run=state.branch.run,
        checkpoint=fact.created,
        commit=fact.commit,
        tree=fact.tree,
        gates=point.gates,
        score=point.score,
        title=f"rolled back to {decided.checkpoint}",
        request=fact.request,
    )
    return [fact, created, RequestHonoured(request=fact.request, note=fact.created)]
