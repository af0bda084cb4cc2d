"""PURE: what passes between an attempt and a model, and between it and its tools; all in the attempt's stream."""

from __future__ import annotations

from typing import Literal

import msgspec

from ledger.events.values import AttemptId, Event, Risk


class CallStarted(Event, frozen=True, kw_only=True):
    """A model call is about to be paid for; stands in the attempt's stream."""

    attempt: AttemptId
    key: str
    """Names the call within the attempt; the same key again is the same call."""
    model: str
    purpose: str = ""
    """What the call is for, e.g. `act`, `condense`, `plan`, `review`."""
    request: str = ""
    """Hex SHA-256 of everything that is sent: the same request may be answered from the cache."""
    follows: str = ""
    """Key of the call whose messages and answer this one begins with; empty when all messages are named here."""
    messages: tuple[str, ...] = ()
    """Blobs of the messages that come after those of `follows`, in order."""
    tools: str = ""
    """Blob of the tools the model was offered."""
    worst_tokens: int = 0
    worst_cost: float | None = None
    """In USD, what was reserved; None when the price is unknown."""


class CallFinished(Event, frozen=True, kw_only=True):
    """A model call came back; stands in the attempt's stream."""

    attempt: AttemptId
    key: str
    model: str = ""
    """The model that answered: another than asked after a fallback."""
    request: str = ""
    answer: str = ""
    """Blob of the answer."""
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost: float | None = None
    """In USD; None when the price is unknown."""
    seconds: float = 0.0
    tokens_per_second: float = 0.0
    finish: str = ""
    source: Literal["model", "cache", "record"] = "model"
    """Who answered: the model, the answers kept in this ledger, or a record that is replayed."""


class CallFailed(Event, frozen=True, kw_only=True):
    """One try of a model call failed; it is tried again while `retry_at` is set or `fallback` names another model."""

    attempt: AttemptId
    key: str
    model: str
    nth: int
    """Which try of the call, from 1."""
    fault: str
    """What was wrong, e.g. `rate_limited`, `quota`, `cut`, `context_overflow`."""
    why: str
    retry_at: float | None = None
    fallback: str = ""
    tokens: int = 0
    cost: float | None = 0.0
    """In USD, what it may have to be paid: the worst case once an answer had begun, 0 before."""


class ToolAsked(Event, frozen=True, kw_only=True):
    """The model asked for a tool; stands in the attempt's stream."""

    attempt: AttemptId
    key: str
    """Names the tool call within the attempt."""
    tool: str
    arguments: str = ""
    """Blob of the arguments as the model wrote them."""
    risk: Risk | None = None
    """Computed from the call; None when its arguments fit no schema."""
    waits: bool = False
    """Whether a person must answer first. The fact stands again without it once the call is let."""


class ToolVetoed(Event, frozen=True, kw_only=True):
    """A stage before the tool refused the call; nothing was done."""

    attempt: AttemptId
    key: str
    tool: str
    stage: Literal["schema", "policy", "approval", "repeated"]
    """`repeated`: the same call failed before and nothing was changed since."""
    why: str


class ToolFinished(Event, frozen=True, kw_only=True):
    """A tool call ended; stands in the attempt's stream."""

    attempt: AttemptId
    key: str
    tool: str
    success: bool
    tree: str = ""
    """The worktree after a writing tool, as a git tree."""
    summary: str = ""
    """One line for people."""
    result: str = ""
    """Blob of what the model was told."""
    seconds: float = 0.0
    counts: dict[str, float] = msgspec.field(default_factory=dict)
    """What came of it in numbers, as far as there are some, e.g. passed, failed."""


class NudgeGiven(Event, frozen=True, kw_only=True):
    """The attempt went round in circles and was told so."""

    attempt: AttemptId
    pattern: str
    """What repeats, e.g. `same action`, `ping-pong`, `no gate moved`, `rejected alike`."""
    told: str


class ConversationCondensed(Event, frozen=True, kw_only=True):
    """The conversation was made shorter; the next call names all its messages anew."""

    attempt: AttemptId
    before: int
    after: int
    """Tokens, estimated."""
    how: Literal["cut", "summary"]


class MessageSent(Event, frozen=True, kw_only=True):
    """One agent handed another what it found or made."""

    attempt: AttemptId
    sender: str
    recipient: str
    type: Literal["task", "status", "result", "error"]
    payload: str
    """Blob; the next stage's input is exactly this."""
    priority: int = 5
    """1 to 10."""
    correlation: str = ""
    """What belongs together, e.g. the run's goal."""
