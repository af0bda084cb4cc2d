"""One agent, one task, one worktree: an attempt from its start to a patch, a finding or a no."""

from __future__ import annotations

from collections.abc import Callable

from agents.ports import Agent, Found, Gathered, Nothing, Opined, Planned, Proposal, Waiting, Workbench
from agents.workspace.worktree import Worktree
from ledger.blobs import Blobs
from ledger.events import (
    ApprovalId,
    ApprovalRequested,
    AttemptGaveUp,
    FactsGathered,
    FileChange,
    FindingsReported,
    OpinionGiven,
    PatchProposed,
    PlanMade,
    RunId,
    Task,
)

MAX_FILES = 50
MAX_LINES = 2000
"""How large a patch may be, files and changed lines; larger ones are nobody's to review."""

Report = PatchProposed | AttemptGaveUp | FindingsReported | ApprovalRequested | FactsGathered | PlanMade | OpinionGiven


async def run_attempt(
    run: RunId, agent: Agent, task: Task, worktree: Worktree, bench: Workbench, blobs: Blobs, clock: Callable[[], float]
) -> Report:
    """Let the agent work and return what came of it.

    The worktree must be entered; raises AgentError when the environment failed.
    """
    outcome = await agent.work(task, bench)
    match outcome:
        case Nothing():
            return AttemptGaveUp(
                attempt=bench.attempt,
                why=outcome.why,
                refused=outcome.refused,
                more=outcome.more,
                spent=outcome.spent,
                localised=outcome.localised,
            )
        case Found():
            return FindingsReported(run=run, attempt=bench.attempt, findings=outcome.findings)
        case Proposal():
            return _proposed(outcome, task, worktree, bench, blobs)
        case Gathered():
            facts = blobs.put(outcome.facts.encode("utf-8", "surrogatepass"))
            return FactsGathered(run=run, attempt=bench.attempt, summary=outcome.summary, facts=facts)
        case Planned():
            return PlanMade(run=run, attempt=bench.attempt, steps=outcome.steps)
        case Opined():
            return OpinionGiven(
                run=run,
                attempt=bench.attempt,
                step=task.id.partition(":")[2],
                satisfied=outcome.satisfied,
                opinion=outcome.opinion,
                model=outcome.model,
            )
        case Waiting():
            return _waiting(run, outcome, bench, blobs, clock())


def _proposed(outcome: Proposal, task: Task, worktree: Worktree, bench: Workbench, blobs: Blobs) -> Report:
    patch = worktree.patch()
    if patch is None:
        why = f"{outcome.technique} proposed a change that changes nothing"
        return AttemptGaveUp(attempt=bench.attempt, why=why, refused=(outcome.technique,), spent=outcome.spent)
    if patch.patch in bench.refused:
        why = f"{outcome.technique} found only a change that was rejected or rolled back before"
        return AttemptGaveUp(attempt=bench.attempt, why=why, refused=(outcome.technique,))
    if _size(patch.files) > MAX_LINES or len(patch.files) > MAX_FILES:
        why = f"the patch of {outcome.technique} is too large: {len(patch.files)} files, {_size(patch.files)} lines"
        return AttemptGaveUp(attempt=bench.attempt, why=why, refused=(outcome.technique,))
    if patch.objections:
        why = f"the patch of {outcome.technique} is refused: {patch.objections[0]}"
        return AttemptGaveUp(attempt=bench.attempt, why=why, refused=(outcome.technique,))
    return PatchProposed(
        attempt=bench.attempt,
        base=worktree.base,
        tree=patch.tree,
        technique=outcome.technique,
        title=outcome.title,
        files=patch.files,
        diff=blobs.put(patch.diff),
        patch=patch.patch,
        fixes=outcome.fixes or ((task.fingerprint,) if task.fingerprint else ()),
        notes=outcome.notes,
        partial=outcome.partial,
        spent=outcome.spent,
    )


def _waiting(run: RunId, outcome: Waiting, bench: Workbench, blobs: Blobs, now: float) -> ApprovalRequested:
    return ApprovalRequested(
        run=run,
        attempt=bench.attempt,
        approval=ApprovalId(f"{bench.attempt}-{outcome.digest[:8]}"),
        tool=outcome.tool,
        arguments=blobs.put(outcome.arguments.encode()),
        shown=outcome.shown,
        risk=outcome.risk,
        digest=outcome.digest,
        tree=outcome.tree,
        expires=now + outcome.seconds,
    )


def _size(files: tuple[FileChange, ...]) -> int:
    return sum(f.added + f.removed for f in files)
