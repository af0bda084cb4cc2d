"""The brain that needs no model: techniques, the cheapest first, until one has an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from agents.ports import AgentError, Answer, Found, Nothing, Proposal, Technique, Workbench
from agents.workspace.original import Original, WorktreeSpoiled
from ledger.events import Finding, Task, TechniqueTried


class ClassicalBrain:
    """Tries its techniques in the order given and stops at the first that proposes or finds something."""

    def __init__(self, techniques: Sequence[Technique], patient: Sequence[Technique] = ()) -> None:
        """`patient` are techniques that take long: asked in an attempt that has nothing quicker left to ask."""
        self.techniques, self.patient = tuple(techniques), tuple(patient)

    async def work(self, task: Task, bench: Workbench) -> Answer:
        """Return the first answer; a technique that answers no leaves the worktree as it was.

        `Nothing.refused` names the techniques that answered no now: none of them needs asking again about this task.
        What there was no time for is not among them.
        """
        until = time.monotonic() + bench.seconds
        original = await asyncio.to_thread(Original, bench.target.project)
        answers: dict[str, Nothing] = {}
        quick = [technique for technique in self.techniques if technique.name not in bench.skip]
        patient = [technique for technique in self.patient if technique.name not in bench.skip]
        for technique in quick or patient:
            if time.monotonic() >= until:
                return _nothing(answers, f"no time left for {technique.name}")
            answer = await _try(technique, task, bench, original)
            if not isinstance(answer, Nothing):
                return answer
            answers[technique.name] = answer
            await _restored(original)
        left = _nothing(answers, "" if answers else "every technique answered no before")
        return replace(left, more=bool(quick and patient))


async def _try(technique: Technique, task: Task, bench: Workbench, original: Original) -> Answer:
    bench.progress(f"{technique.name}: {task.title}")
    began = time.monotonic()
    outcome = await technique.try_on(task, bench)
    if isinstance(outcome, Proposal) and not await asyncio.to_thread(original.changed):
        outcome = Nothing("proposed a patch that changes nothing")
    bench.record(
        TechniqueTried(
            attempt=bench.attempt,
            technique=technique.name,
            answer=_answer(outcome),
            why=outcome.why if isinstance(outcome, Nothing) else "",
            seconds=round(time.monotonic() - began, 3),
        )
    )
    return outcome


async def _restored(original: Original) -> None:
    try:
        await asyncio.to_thread(original.restore)
    except WorktreeSpoiled as error:
        raise AgentError(str(error)) from error


def _answer(outcome: Answer) -> Literal["patch", "no", "findings"]:
    match outcome:
        case Proposal():
            return "patch"
        case Found():
            return "findings"
        case Nothing():
            return "no"


def _nothing(answers: dict[str, Nothing], end: str) -> Nothing:
    whys = [f"{name}: {answer.why}" for name, answer in answers.items()]
    places: dict[Finding, None] = {place: None for answer in answers.values() for place in answer.localised}
    return Nothing(
        why="; ".join([*whys, end] if end else whys),
        refused=tuple(answers),
        localised=tuple(places),
    )
