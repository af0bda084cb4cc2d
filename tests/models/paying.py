"""An attempt that asks models: a purse, a clock that moves when somebody sleeps, and the stream it writes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.models.answers import Answers
from agents.models.calls import PaidCalls
from agents.models.script import Script, lines_of
from agents.models.scripted import Scripted
from agents.ports import BudgetSpent, Message, Model, ModelCall, Spend
from ledger.blobs import Blobs, MemoryBlobs
from ledger.events import AnyEvent, AttemptId, CallFailed, CallFinished, CallStarted
from ledger.masking import Masker

CHEAP, STRONG = "openai/cheap", "other/strong"


@dataclass
class Clock:
    """A clock that moves only by sleeping."""

    now: float = 1_000_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Account:
    """A real purse: what is reserved and what is spent never exceed the limits together."""

    cost: float = 1e9
    tokens: int = 10**12
    open: dict[str, Spend] = field(default_factory=dict)
    spent: dict[str, Spend] = field(default_factory=dict)

    def reserve(self, key: str, worst: Spend) -> None:
        assert key not in self.open, f"{key} is reserved twice"
        if self._sum("cost") + (worst.cost or 0.0) > self.cost:
            raise BudgetSpent("run", "cost", self.cost, worst.cost or 0.0)
        if self._sum("tokens") + worst.tokens > self.tokens:
            raise BudgetSpent("run", "tokens", self.tokens, worst.tokens)
        self.open[key] = worst

    def settle(self, key: str, spent: Spend) -> None:
        del self.open[key]
        self.spent[key] = spent

    def _sum(self, what: str) -> float:
        return sum(getattr(each, what) or 0 for each in (*self.open.values(), *self.spent.values()))


@dataclass
class Attempt:
    """One attempt's stream and everything a call needs."""

    model: Model
    names: tuple[str, ...] = (CHEAP,)
    purse: Account = field(default_factory=Account)
    clock: Clock = field(default_factory=Clock)
    blobs: Blobs = field(default_factory=MemoryBlobs)
    answers: Answers = field(default_factory=Answers)
    mask: Masker = field(default_factory=lambda: Masker({}))
    stream: list[AnyEvent] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    allow_unknown_price: bool = False

    def calls(self) -> PaidCalls:
        """What a brain is handed when the attempt starts, or starts again."""
        return PaidCalls(
            self.model, self.names, attempt=AttemptId("r1.i1.a1"), purse=self.purse, past=tuple(self.stream),
            append=self.append, blobs=self.blobs, said=self.said.append, clock=self.clock, sleep=self.clock.sleep,
            answers=self.answers, allow_unknown_price=self.allow_unknown_price, mask=self.mask,
        )  # fmt: skip

    async def append(self, events: Sequence[AnyEvent]) -> None:
        self.stream.extend(events)

    def started(self) -> list[CallStarted]:
        return [event for event in self.stream if isinstance(event, CallStarted)]

    def failed(self) -> list[CallFailed]:
        return [event for event in self.stream if isinstance(event, CallFailed)]

    def finished(self) -> list[CallFinished]:
        return [event for event in self.stream if isinstance(event, CallFinished)]


def scripted(*lines: dict[str, Any], **more: Any) -> Scripted:
    """A model that says these lines."""
    return Scripted(Script(lines_of((f"line {nth}", line) for nth, line in enumerate(lines, 1))), **more)


def call(text: str = "mend it", key: str = "act-1", **more: Any) -> ModelCall:
    """A first request of a conversation."""
    messages = (Message("system", "You mend programs."), Message("user", text))
    return ModelCall(**{"key": key, "model": CHEAP, "messages": messages, **more})
