"""PURE: the stream of an attempt as the steps of a conversation: a call, its answer, the tools it led to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.events import (
    CallFailed,
    CallFinished,
    CallStarted,
    ConversationCondensed,
    MessageSent,
    NudgeGiven,
    TechniqueTried,
    ToolAsked,
    ToolFinished,
    ToolVetoed,
)
from ledger.events.recorded import Recorded

Note = NudgeGiven | ConversationCondensed | MessageSent | TechniqueTried


@dataclass(slots=True)
class Tool:
    """One use of a tool."""

    asked: ToolAsked
    at: float
    vetoed: ToolVetoed | None = None
    finished: ToolFinished | None = None

    @property
    def state(self) -> str:
        """Return how it stands, in one word."""
        if self.vetoed is not None:
            return "vetoed"
        if self.finished is None:
            return "waiting" if self.asked.waits else "open"
        return "done" if self.finished.success else "failed"


@dataclass(slots=True)
class Step:
    """A call to a model with everything up to the next one; the first may have none."""

    nth: int
    at: float
    position: int
    started: CallStarted | None = None
    finished: CallFinished | None = None
    tries: list[tuple[float, CallFailed]] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    notes: list[tuple[float, Note]] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Return how the call stands, in one word; empty where there is none."""
        if self.started is None:
            return ""
        if self.finished is not None:
            return "done"
        failed = self.tries[-1][1] if self.tries else None
        return "failed" if failed is not None and failed.retry_at is None and not failed.fallback else "open"


@dataclass(slots=True)
class Totals:
    """What a conversation took."""

    calls: int = 0
    failed: int = 0
    """Tries of calls that failed."""
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    """USD, of the calls whose price is known; what failed tries may cost is in it."""
    unpriced: int = 0
    """Calls whose price is not known."""
    seconds: float = 0.0
    tools: int = 0


@dataclass(slots=True)
class Conversation:
    """All steps, in order."""

    steps: list[Step] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)

    @classmethod
    def of(cls, stream: Iterable[Recorded]) -> Conversation:
        """Return the conversation an attempt's stream tells."""
        conversation = cls()
        for recorded in stream:
            conversation._evolve(recorded)
        return conversation

    def _evolve(self, recorded: Recorded) -> None:
        at, totals = recorded.at, self.totals
        match recorded.event:
            case CallStarted() as event:
                if self._call(event.key) is None:
                    step = self._begin(recorded)
                    step.started = event
                    totals.calls += 1
            case CallFinished() as event:
                self._finished(recorded, event)
            case CallFailed() as event:
                (self._call(event.key) or self._last(recorded)).tries.append((at, event))
                totals.failed += 1
                totals.cost += event.cost or 0.0
            case ToolAsked() as event if (tool := self._tool(event.key)) is not None:
                tool.asked = event
            case ToolAsked() as event:
                self._last(recorded).tools.append(Tool(event, at))
                totals.tools += 1
            case ToolVetoed() as event if (tool := self._tool(event.key)) is not None:
                tool.vetoed = event
            case ToolFinished() as event if (tool := self._tool(event.key)) is not None:
                tool.finished = event
            case (NudgeGiven() | ConversationCondensed() | MessageSent() | TechniqueTried()) as event:
                self._last(recorded).notes.append((at, event))
            case _:
                return

    def _finished(self, recorded: Recorded, event: CallFinished) -> None:
        step = self._call(event.key)
        if step is None:
            step = self._begin(recorded)
            step.started = CallStarted(attempt=event.attempt, key=event.key, model=event.model)
            self.totals.calls += 1
        if step.finished is not None:
            return
        step.finished = event
        totals = self.totals
        totals.tokens_in += event.tokens_in
        totals.tokens_cached += event.tokens_cached
        totals.tokens_out += event.tokens_out
        totals.cost += event.cost or 0.0
        totals.unpriced += event.cost is None
        totals.seconds += event.seconds

    def _begin(self, recorded: Recorded) -> Step:
        step = Step(len(self.steps) + 1, recorded.at, recorded.position)
        self.steps.append(step)
        return step

    def _last(self, recorded: Recorded) -> Step:
        return self.steps[-1] if self.steps else self._begin(recorded)

    def _call(self, key: str) -> Step | None:
        return next((s for s in reversed(self.steps) if s.started is not None and s.started.key == key), None)

    def _tool(self, key: str) -> Tool | None:
        return next((tool for step in reversed(self.steps) for tool in step.tools if tool.asked.key == key), None)
