"""The coordinator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agents.messages import AgentMessage
from agents.ports import Agent, Found, Gathered, Nothing, Opined, Outcome, Planned, Proposal, Waiting, Workbench
from agents.roles.base import BaseAgent
from agents.techniques.sarif import sarif
from ledger.events import Finding, MessageSent, Task

CHAIN = ("researcher", "coder", "tester", "deployer", "monitor")
"""Each works from what the one before brought."""
USER = "user"


class Coordinator(BaseAgent):
    """Lets researcher, coder, validator, deployer and monitor work on a task, each from what the last one brought."""

    name = "coordinator"
    inputs = ("a task in words",)
    outputs = ("patch", "messages from stage to stage")

    def __init__(self, brain: Any) -> None:
        super().__init__(brain)
        self._agents: Mapping[str, Agent] = {}

    def meet(self, agents: Mapping[str, Agent]) -> None:
        """Get to know the others, by name."""
        self._agents = agents

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Run the chain in one worktree; every hand-over is a message, and its payload the next stage's input."""
        if bench.blobs is None:
            return Nothing("there is no place to keep what is handed over: run it in a project")
        absent = [stage for stage in CHAIN if stage not in self._agents]
        if absent:
            return Nothing(f"there is no {absent[0]} here to work with")
        brought = Proposals()
        handed = bench.blobs.put(task.title.encode("utf-8", "replace"))
        sender = USER
        for stage in CHAIN:
            message = AgentMessage(
                type="task" if sender == USER else "result", sender=sender, recipient=stage, payload=handed,
                priority=min(10, max(1, round(10 * task.promise) or 5)), correlation=task.id[:200],
            ).sent(bench.attempt)  # fmt: skip
            bench.record(message)
            outcome = await self._agents[stage].work(_of_stage(task, stage), _at_stage(bench, message))
            if isinstance(outcome, Waiting):
                return outcome
            brought.add(stage, outcome)
            handed, sender = bench.blobs.put(told(outcome, bench, stage).encode("utf-8", "replace")), stage
        bench.record(AgentMessage(type="result", sender=sender, recipient=USER, payload=handed).sent(bench.attempt))
        return brought.together()


class Proposals:
    """What the stages brought: their changes stand in one worktree, so they are one proposal."""

    def __init__(self) -> None:
        self.made: list[Proposal] = []
        self.findings: list[Finding] = []
        self.notes: list[str] = []

    def add(self, stage: str, outcome: Outcome) -> None:
        """Take what one stage brought."""
        if isinstance(outcome, Proposal):
            self.made.append(outcome)
        if isinstance(outcome, Found):
            self.findings += outcome.findings
        self.notes.append(f"{stage}: {in_short(outcome)}")

    def together(self) -> Outcome:
        """Return all changes as one proposal, else all findings, else why there is neither."""
        notes = "\n".join(self.notes)
        if self.made:
            titles = "; ".join(proposal.title for proposal in self.made)
            fixes = tuple(dict.fromkeys(fix for proposal in self.made for fix in proposal.fixes))
            return Proposal("chain", titles[:200], notes, fixes, partial=any(p.partial for p in self.made))
        return Found(tuple(self.findings)) if self.findings else Nothing(notes)


def told(outcome: Outcome, bench: Workbench, stage: str) -> str:
    """Return what a stage brought as the next one reads it; findings as SARIF, so that tools can read them too."""
    match outcome:
        case Gathered():
            return outcome.facts
        case Found():
            return sarif(outcome.findings, f"kaizen {stage}")
        case Proposal():
            diff = bench.thinking.history.diff() if bench.thinking is not None else ""
            return "\n".join(filter(None, [outcome.title, outcome.notes, diff]))
        case Planned():
            return json.dumps([{"id": s.id, "title": s.title, "acceptance": s.acceptance} for s in outcome.steps])
    return in_short(outcome)


def in_short(outcome: Outcome) -> str:
    """Return what a stage brought in one line."""
    match outcome:
        case Gathered():
            return outcome.summary
        case Proposal():
            return outcome.title
        case Found():
            return f"{len(outcome.findings)} findings"
        case Planned():
            return f"a plan of {len(outcome.steps)} steps"
        case Opined():
            return outcome.opinion
        case Nothing():
            return outcome.why
        case Waiting():
            return f"waits for an answer: {outcome.shown}"


def _of_stage(task: Task, stage: str) -> Task:
    """Return the task as a stage has it: the tester looks for what no test reaches, the coder for what was asked."""
    import msgspec

    kind = {"researcher": "research", "tester": "uncovered"}.get(stage, task.kind)
    return msgspec.structs.replace(task, kind=kind, role=stage)


def _at_stage(bench: Workbench, message: MessageSent) -> Workbench:
    assert bench.blobs is not None
    handed = bench.blobs.get(message.payload).decode("utf-8", "replace")
    notes = {**bench.notes, f"from {message.sender}": handed}
    thinking = bench.thinking
    if thinking is not None:
        thinking = replace(thinking, notes={**thinking.notes, f"from {message.sender}": handed})
    return replace(bench, received=message, notes=notes, thinking=thinking)
