"""What an attempt is handed that thinks with a model: models, tools, rules, its past, and a purse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from msgspec import structs

from agents.ports import (
    Agent,
    Approval,
    Calls,
    Knowledge,
    ModelFault,
    Models,
    Policy,
    Purse,
    Rule,
    Thinking,
    Tool,
)
from agents.tools.mcp import Servers
from agents.workspace.history import WorktreeHistory
from agents.workspace.worktree import Worktree
from director.core.asked import work_of
from director.core.budget import Belonging
from director.core.effects import Work
from director.core.routing import lost
from director.core.state import Attempt, Run
from director.executors.purse import Book, rebuilt
from ledger.blobs import Blobs
from ledger.events import (
    AnyEvent,
    ApprovalGranted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptId,
    CallFailed,
    FindingsReported,
    NoticeRaised,
    PatchProposed,
    RunId,
    ToolFinished,
    attempt_stream,
)
from ledger.store import Store

FINISH = "finish"
"""The tool by which an agent says that its work is done."""

NOTHING_LEAVES = "this run adds nothing to the user's repository"


class MakesCalls(Protocol):
    """Makes what asks models for one attempt; only the wiring knows which models these are."""

    def __call__(
        self, names: Sequence[str], *, attempt: AttemptId, purse: Purse, past: Sequence[AnyEvent],
        append: Callable[[Sequence[AnyEvent]], Awaitable[None]], said: Callable[[str], None], unknown_price: bool,
    ) -> Calls:  # fmt: skip
        """Return it."""
        ...


@dataclass(frozen=True, slots=True)
class Minds:
    """What a project has for thinking with models."""

    agent: Callable[[str], Agent | None]
    """Of a role; None when there is no such role."""
    tools: Callable[[str], Mapping[str, Tool]]
    """Those a role may use."""
    calls: MakesCalls
    rules: tuple[Rule, ...] = ()
    """The user's."""
    waits: float = 86400.0
    """Seconds an approval is waited for."""
    seconds: float = 1800.0
    """How long one attempt may think."""
    knowledge: Knowledge | None = None
    """What was learned, for the tools that ask for it."""
    prefix: str = ""
    """The project's directory in the repository."""
    closed: str = ""
    """Why an agent may not push into the user's repository; empty when it may, after a person's answer."""
    servers: Servers | None = None
    """Those the user named, whose tools agents may use besides."""


@dataclass(slots=True)
class Thinkers:
    """Hands attempts what thinking needs; keeps the book of each run."""

    minds: Minds
    store: Store
    blobs: Blobs
    tell: Callable[[Mapping[str, str]], None]
    _books: dict[RunId, Book] = field(default_factory=dict)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Guards `_books`: a run's book is rebuilt once."""
    _told: set[tuple[RunId, str]] = field(default_factory=set)
    """What was said about servers, by run."""

    async def book(self, run: Run) -> Book:
        """Return the run's book; the first time it is rebuilt from the ledger."""
        async with self._opening:
            if run.id not in self._books:
                self._books.clear()  # one run is at work at a time
                self._books[run.id] = await asyncio.to_thread(rebuilt, self.store, run.id, run.started.budget)
            return self._books[run.id]

    async def thinking(self, run: Run, effect: Work, worktree: Worktree, notes: Mapping[str, str]) -> Thinking:
        """Return what the attempt is handed."""
        attempt, started = effect.attempt, run.started
        past = await asyncio.to_thread(lambda: [r.event for r in self.store.stream(attempt_stream(attempt))])
        book = await self.book(run)
        models = tuple(model for model in started.models if model in (*run.models, effect.model))
        calls = self.minds.calls(
            models,
            attempt=attempt,
            purse=book.purse(attempt, Belonging(effect.iteration, effect.role, effect.task.id)),
            past=past,
            append=lambda events: self._append(attempt, events),
            said=lambda text: self.tell({"attempt": attempt, "said": text}),
            unknown_price=started.budget.unknown_price,
        )
        return Thinking(
            models=Models(calls, models, effect.model),
            tools={**self.minds.tools(effect.role), **await self._foreign(run.id)},
            policy=self._policy(run, run.open[attempt]),
            history=WorktreeHistory(
                worktree,
                self.minds.prefix,
                line=f"attempt-{attempt}",
                closed=self.minds.closed or ("" if started.deliver else NOTHING_LEAVES),
            ),
            blobs=self.blobs,
            past=past,
            append=lambda events: self._append(attempt, events),
            said=lambda text: self.tell({"attempt": attempt, "said": text}),
            goal=started.goal,
            notes=notes,
            gates=started.gates,
            knowledge=self.minds.knowledge,
        )

    async def _foreign(self, run: RunId) -> Mapping[str, Tool]:
        """Return the tools of the user's servers; one that cannot be used is told once in a run."""
        if self.minds.servers is None:
            return {}
        offered = await self.minds.servers.offered()
        for problem in offered.problems:
            if (run, problem) not in self._told:
                self._told.add((run, problem))
                notice = NoticeRaised(code="mcp", message=problem, run=run)
                await asyncio.wrap_future(self.store.append("project", [notice]))
        return offered.tools

    async def outcome(self, run: Run, effect: Work, work: Awaitable[AnyEvent]) -> tuple[AnyEvent, ...]:
        """Return what an attempt comes to, after what it found out about its models and what it spent."""
        try:
            report = await work
        except ModelFault as fault:
            lost_now = await self._lost(run.id, effect.attempt)
            if not lost_now:
                raise
            report = AttemptFailed(attempt=effect.attempt, why=str(fault))
        else:
            lost_now = await self._lost(run.id, effect.attempt)
        costs = (await self.book(run)).of_attempt(effect.attempt)
        return (*lost_now, costs, await self._with_answer(run, effect, report))

    async def _lost(self, run: RunId, attempt: AttemptId) -> tuple[NoticeRaised, ...]:
        """Return the models that the attempt cannot ask any more."""
        events = await asyncio.to_thread(lambda: [r.event for r in self.store.stream(attempt_stream(attempt))])
        return lost(run, (event for event in events if isinstance(event, CallFailed)))

    async def _with_answer(self, run: Run, effect: Work, report: AnyEvent) -> AnyEvent:
        """Return the report with what the agent says to who asked for the work."""
        if work_of(run, effect.task) is None:
            return report
        match report:
            case PatchProposed():
                said = report.notes or report.title
            case FindingsReported():
                said = "\n".join(f"{f.path}:{f.line} {f.rule}: {f.message}" for f in report.findings)
            case AttemptGaveUp() if await asyncio.to_thread(self._is_finished, effect.attempt):
                said = report.why
            case _:
                return report
        answer = await asyncio.to_thread(self.blobs.put, said.encode())
        return structs.replace(report, answer=answer)

    def _is_finished(self, attempt: AttemptId) -> bool:
        events = (r.event for r in self.store.stream(attempt_stream(attempt)))
        return any(isinstance(e, ToolFinished) and e.tool == FINISH and e.success for e in events)

    async def _append(self, attempt: AttemptId, events: Sequence[AnyEvent]) -> None:
        await asyncio.wrap_future(self.store.append(attempt_stream(attempt), events, actor=attempt))

    def _policy(self, run: Run, attempt: Attempt) -> Policy:
        answered = {
            answer.digest: Approval(granted=True, arguments=self.blobs.get(answer.arguments).decode())
            if isinstance(answer, ApprovalGranted)
            else Approval(granted=False, arguments="", why=answer.why or f"{answer.by or 'a person'} refused")
            for answer in attempt.answers
        }
        return Policy(self.minds.rules, answered, run.allowed, self.minds.waits)


def notes_of(run: Run, effect: Work) -> dict[str, str]:
    """Return what is known of a task from earlier tries and from who asked for it, by name."""
    notes = {}
    spent = run.spent.get(effect.task.id)
    if spent is not None and spent.told:
        notes["rejected"] = "\n".join(f"- {told}" for told in spent.told)
    taken = work_of(run, effect.task)
    if taken is not None:
        notes["task"] = taken.text
        if taken.metadata:
            notes["metadata"] = json.dumps(taken.metadata, ensure_ascii=False)
    return notes
