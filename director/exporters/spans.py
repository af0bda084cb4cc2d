"""PURE: the tries of calls to models as spans, folded from the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ledger.events import CallFailed, CallFinished, CallStarted
from ledger.events.recorded import Recorded

KINDS = ("CallStarted", "CallFinished", "CallFailed")
"""Events that spans are made of."""


@dataclass(frozen=True, slots=True)
class Span:
    """One try of one call, from its start to its end."""

    id: str
    """Hex, 32 digits: the same try always has the same one, however often it is sent."""
    attempt: str
    key: str
    purpose: str
    model: str
    began: float
    """Seconds since the epoch."""
    ended: float
    messages: tuple[str, ...]
    """Blobs of what came after the messages of `follows`."""
    follows: str
    answer: str = ""
    """Blob."""
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost: float | None = None
    finish: str = ""
    source: str = ""
    fault: str = ""
    why: str = ""

    @property
    def run(self) -> str:
        """The run of the attempt."""
        return self.attempt.partition(".")[0]


@dataclass(slots=True)
class Spans:
    """Calls that were begun, until their end is known."""

    _open: dict[tuple[str, str], tuple[CallStarted, Recorded]] = field(default_factory=dict)
    _seen: int = 0

    def hear(self, events: Iterable[Recorded]) -> Iterator[Span]:
        """Take events in their order and yield what is complete."""
        for recorded in events:
            self._seen = recorded.position
            match recorded.event:
                case CallStarted() as event:
                    self._open[event.attempt, event.key] = (event, recorded)
                case (CallFinished() | CallFailed()) as event:
                    begun = self._open.pop((event.attempt, event.key), None)
                    if begun is not None:
                        yield _span(begun[0], begun[1], event, recorded.at)
                case _:
                    pass

    @property
    def bookmark(self) -> int:
        """The position after which reading may begin again without losing a span."""
        return min((recorded.position - 1 for _, recorded in self._open.values()), default=self._seen)


def identity(*parts: object) -> str:
    """Return 32 hex digits that these parts always give."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def _span(started: CallStarted, begun: Recorded, ended: CallFinished | CallFailed, at: float) -> Span:
    name = identity(started.attempt, started.key, begun.position)
    about = {
        "id": name, "attempt": started.attempt, "key": started.key, "purpose": started.purpose, "began": begun.at,
        "ended": at, "messages": started.messages, "follows": started.follows,
    }  # fmt: skip
    if isinstance(ended, CallFailed):
        return Span(**about, model=ended.model, cost=ended.cost, fault=ended.fault, why=ended.why)  # type: ignore[arg-type]
    return Span(
        **about, model=ended.model or started.model, answer=ended.answer, tokens_in=ended.tokens_in,  # type: ignore[arg-type]
        tokens_cached=ended.tokens_cached, tokens_out=ended.tokens_out, cost=ended.cost, finish=ended.finish,
        source=ended.source,
    )  # fmt: skip
