"""PURE: from a measured patch to a landed or rejected one, and what follows from the branch having moved."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from director.core import asked, goals
from director.core.commands import Report
from director.core.evolve import fold
from director.core.judge import judge, met
from director.core.policy import is_wanted
from director.core.slot import fixes_of, is_mended, passes, standing
from director.core.state import Attempt, Run, State, next_checkpoint
from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptId,
    CheckpointCreated,
    Fingerprint,
    LandDecided,
    MilestoneReached,
    PatchesDoubted,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRejected,
    PatchStacked,
    Reading,
    Reason,
    RequestHonoured,
    RequestRefused,
    RolledBack,
)


def rejection(attempt: AttemptId, code: str, message: str) -> PatchRejected:
    """Return a rejection for one reason."""
    return PatchRejected(attempt=attempt, reasons=(Reason(code=code, message=message),))


def conflicting(attempt: AttemptId) -> PatchRejected:
    """Return the rejection of a patch that no longer fits on the branch."""
    return rejection(attempt, "stale", "it conflicts with a patch that landed meanwhile; the task is open again")


def needless(attempt: AttemptId) -> AttemptCancelled:
    """Return the end of a patch that changes nothing on the branch as it now stands."""
    return AttemptCancelled(attempt=attempt, why="its whole change has landed already")


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
    decided = LandDecided(
        attempt=attempt.id,
        checkpoint=next_checkpoint(state),
        at=report.at,
        parent=run.head,
        tree=fact.tree,
        message=_message(run, attempt, verdict.gains, report),
    )
    return [fact, decided]


def stacked(state: State, run: Run, attempt: Attempt, fact: PatchStacked) -> list[AnyEvent]:
    """Return the patch in its place, when it is better there than what is below it and in nothing worse."""
    where = standing(run)
    if where.next is None or where.next.id != attempt.id or (fact.base, fact.on) != (run.head, where.below):
        return []
    if fact.alone:
        return [fact]
    below = where.stood[-1].readings if where.stood else run.readings
    verdict = judge(run.started.gates, below, fact.readings)
    if verdict.lands:
        return [fact, *_without_need(state, attempt, fact)]
    why = "; ".join(reason.message for reason in verdict.reasons)
    return [structs.replace(fact, readings=(), score=0.0, alone=why)]


def proposed(state: State, attempt: Attempt, fact: PatchProposed) -> list[AnyEvent]:
    """Return the patch, and the end of the searches for what it mends as well."""
    return [fact, *_without_need(state, attempt, fact)]


def _without_need(state: State, attempt: Attempt, fact: AnyEvent) -> list[AnyEvent]:
    after = fold(state, [fact]).run
    assert after is not None
    why = f"{attempt.id} mends it and waits to land"
    searching = (a for a in after.open.values() if a.step in ("work", "waiting"))
    return [AttemptCancelled(attempt=a.id, why=why) for a in searching if is_mended(after, a.task)]


def confirmed(state: State, run: Run, fact: PatchMeasured, report: Report) -> list[AnyEvent]:
    """Return the landing of all patches that one whole run has confirmed, in order, or the doubt about all of them."""
    where = standing(run)
    if fact.together != run.slot or where.next is not None:
        return []
    verdict = judge(run.started.gates, run.readings, fact.readings)
    if fact.objections or not verdict.lands:
        reasons = (*fact.objections, *verdict.reasons)
        return [PatchesDoubted(attempts=run.slot, base=fact.base, tree=fact.tree, reasons=reasons)]
    measured: list[AnyEvent] = []
    decided: list[AnyEvent] = []
    below, parent = run.readings, run.head
    for number, attempt in enumerate(where.stood):
        of_it = structs.replace(
            fact, attempt=attempt.id, tree=attempt.tree, readings=attempt.readings, score=attempt.score
        )
        measured.append(fact if attempt is where.stood[-1] else of_it)
        gains = judge(run.started.gates, below, attempt.readings).gains
        decided.append(
            LandDecided(
                attempt=attempt.id,
                checkpoint=next_checkpoint(state, number),
                at=report.at,
                parent=parent,
                tree=attempt.tree,
                message=_message(run, attempt, gains, report),
            )
        )
        below, parent = attempt.readings, ""
    return [*measured, *decided]


def _message(run: Run, attempt: Attempt, gains: Iterable[str], report: Report) -> str:
    """Return the text of the commit."""
    assert attempt.patch is not None
    trailers = [f"Kaizen-Run: {run.id}", f"Kaizen-Attempt: {attempt.id}"]
    sandbox = run.started.settings.get("sandbox", "")
    if sandbox and not sandbox.endswith("(full)"):
        trailers.append(f"Kaizen-Sandbox: {sandbox}")
    if report.ledger:
        trailers.append(f"Kaizen-Ledger: {report.ledger}")
    return "\n".join([attempt.patch.title, "", *gains, "", *trailers]) + "\n"


def landed(state: State, run: Run, attempt: Attempt, fact: PatchLanded) -> list[AnyEvent]:
    """Return the landing, its checkpoint, milestones, and the attempts it made needless."""
    assert attempt.patch is not None
    created = CheckpointCreated(
        run=run.id,
        checkpoint=fact.checkpoint,
        commit=fact.commit,
        tree=fact.tree,
        gates={r.gate: r.value for r in attempt.readings if r.basis != "before"},
        score=attempt.score,
        title=attempt.patch.title,
    )
    fact = structs.replace(fact, solved=_solved(run.readings, attempt.readings))
    after = fold(state, [fact]).run
    assert after is not None
    if any(a.step == "land" for a in after.open.values()):
        return [fact, created]  # with the last of those that land together the branch is where it was measured
    needless = [
        AttemptCancelled(attempt=a.id, why=f"{attempt.id} solved its task")
        for a in after.open.values()
        if (a.step in ("work", "waiting", "asked", "answered") and not is_wanted(after, a.task))
        or _shows_nothing_new(after, a)
    ]
    return [fact, created, *milestones(run, attempt.readings), *needless]


def _shows_nothing_new(run: Run, queued: Attempt) -> bool:
    """Return whether a patch that waits mends only what passes now: it would be measured and found no better."""
    if queued.step != "queued" or queued.task.kind != "failing_test" or not queued.task.targets:
        return False
    return passes(run.readings, queued.task) and not fixes_of(queued) & _fingerprints(run.readings).keys()


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
