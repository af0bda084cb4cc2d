"""What an attempt of a goal in words finds in its worktree and its notes, and what its proposal is taken for."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from agents.attempt import Report
from agents.workspace.mirror import Mirror
from director.core import goals
from director.core.effects import Work
from director.core.state import Run
from director.gates.by_command import runners
from director.referee import Referee
from director.referee.acceptance import check_acceptance
from ledger.blobs import Blobs
from ledger.events import (
    AcceptanceWritten,
    AttemptGaveUp,
    FactsGathered,
    LaidFile,
    OpinionGiven,
    PatchProposed,
    PlanMade,
)


def notes_for(run: Run, effect: Work, blobs: Blobs) -> dict[str, str]:
    """Return what other roles left for an attempt, by name, the facts and the goal itself among them."""
    goal = run.goal
    if goal is None or effect.task.gate != goals.GATE:
        return {}
    found = {"goal": goal.text, **goals.notes(goal, effect.task)}
    change = goal.built.get(goals.step_of(effect.task), "")
    if change:
        found["change"] = blobs.get(change).decode("utf-8", "replace")
    if goal.facts is not None:
        found["facts"] = blobs.get(goal.facts.facts).decode("utf-8", "replace")
    if effect.task.kind in ("acceptance", "implement") and (own := runners(run.started.gates)):
        found["tests"] = "\n".join(f"Gate {spec.name} runs: {shlex.join(spec.command)}" for spec in own)
    return found


def laid_files(effect: Work, blobs: Blobs, prefix: str) -> Mapping[str, bytes]:
    """Return the files that stand in the worktree of an attempt, by path from the root of the repository."""
    return {f"{prefix}/{file.path}" if prefix else file.path: blobs.get(file.blob) for file in effect.laid}


def begun_from(effect: Work, mirror: Mirror) -> str:
    """Return the tree an attempt goes on from: the draft, moved onto the attempt's base; empty when they conflict."""
    draft = effect.draft
    if draft is None or draft.base == effect.base:
        return draft.tree if draft else ""
    return mirror.merge(draft.base, draft.tree, effect.base) or ""


async def taken_for(referee: Referee, run: Run, effect: Work, report: Report) -> Report | AcceptanceWritten:
    """Return what a report means for its task: tests written ahead are no patch, and each stage has its own fact."""
    kind, step = effect.task.kind, goals.step_of(effect.task)
    wanted = {"research": FactsGathered, "plan": PlanMade, "opinion": OpinionGiven}.get(kind)
    if isinstance(report, PatchProposed) and kind == "acceptance":
        return await _acceptance(referee, run, report, step)
    brought = isinstance(report, PatchProposed | FactsGathered | PlanMade | OpinionGiven)
    if (wanted and brought and not isinstance(report, wanted)) or (not wanted and brought and kind == "acceptance"):
        why = f"the {effect.role} was asked for {effect.task.title}, and brought something else"
        return AttemptGaveUp(attempt=effect.attempt, why=why)
    return report


async def _acceptance(
    referee: Referee, run: Run, proposed: PatchProposed, step: str
) -> AcceptanceWritten | AttemptGaveUp:
    specs = runners(run.started.gates)
    checked = await check_acceptance(referee, run.started.commit, proposed.base, proposed.tree, specs)
    if not checked.tests:
        return AttemptGaveUp(attempt=proposed.attempt, why=f"the acceptance tests are refused: {checked.why}")
    files = tuple(LaidFile(path=path, blob=referee.blobs.put(text.encode())) for path, text in checked.files.items())
    return AcceptanceWritten(
        run=run.id, attempt=proposed.attempt, step=step, files=files, tests=checked.tests, why=checked.why,
        gate=checked.gate,
    )  # fmt: skip
