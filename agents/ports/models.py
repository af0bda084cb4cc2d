"""Any language model: one call, its answer, what can go wrong with it, and what it may cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from agents.ports.errors import AgentError


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool the model wants to be used, as it wrote it: nothing of it is checked yet."""

    id: str
    name: str
    arguments: str
    """JSON, or what the model took for it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    """Of the assistant."""
    answers: str = ""
    """Id of the tool call this message of role `tool` answers."""


@dataclass(frozen=True, slots=True)
class ToolSchema:
    """A tool as the model sees it."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON schema of the arguments."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One request to a model. Two calls with the same request hash ask for the same thing."""

    key: str
    """Names the call within its attempt, e.g. `act-7`: a finished one is not paid twice, whatever was restarted."""
    model: str
    """As litellm names it, e.g. `groq/openai/gpt-oss-120b`, `openai/gpt-5-mini`, `ollama/qwen3`."""
    messages: tuple[Message, ...]
    """The first are the same from call to call: a provider's cache finds them again."""
    tools: tuple[ToolSchema, ...] = ()
    max_tokens: int = 4096
    answer_schema: Mapping[str, Any] | None = None
    """JSON schema the text of the answer must fit; checked here, whatever the provider promises."""
    purpose: str = "act"
    """What the call is for, in one word, e.g. `act`, `condense`, `plan`, `review`."""
    seconds: float = 300.0
    """Total deadline, all retries and waits included."""
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """One whole answer of a model: it was not cut, and its tool calls are JSON objects."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tokens_in: int = 0
    tokens_cached: int = 0
    """Of `tokens_in`, those the provider had in its cache."""
    tokens_out: int = 0
    estimated: bool = False
    """Whether the provider did not say how many tokens, so that they were counted here."""
    cost: float | None = None
    """USD; None when the price is unknown, never 0 for unknown."""
    finish: Literal["stop", "tool_calls", "length"] = "stop"
    model: str = ""
    """The model that answered: another than asked for after a fallback."""
    seconds: float = 0.0
    source: Literal["model", "cache", "record"] = "model"


FaultKind = Literal[
    "rate_limited", "quota", "overloaded", "unauthorized", "no_key", "not_found", "bad_request", "context_overflow",
    "refused", "timeout", "unreachable", "cut", "garbled", "bad_tool_call", "bad_schema", "breaker_open", "deadline",
    "no_price", "not_recorded",
]  # fmt: skip
"""What can be wrong with a call; docs/models.md says what follows from each."""


class ModelFault(AgentError):
    """One try of a call failed."""

    def __init__(
        self, kind: FaultKind, message: str, *, retry_after: float | None = None, began: bool = False, status: int = 0,
        answer: ModelAnswer | None = None,
    ) -> None:  # fmt: skip
        """`retry_after`: seconds the provider asks for; `began`: the answer had begun, so it may have to be paid.

        `answer`: one that came whole and cannot be used; what it cost is known.
        """
        super().__init__(message)
        self.kind, self.message, self.retry_after, self.began, self.status = kind, message, retry_after, began, status
        self.answer = answer


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a model before it is asked."""

    name: str
    provider: str
    window: int | None = None
    """Tokens that fit, prompt and answer together; None when nobody says."""
    price_in: float | None = None
    """USD per token; None when unknown."""
    price_out: float | None = None


class Model(Protocol):
    """Any language model, one try of one call at a time."""

    def card(self, model: str) -> ModelCard:
        """Return what is known of a model by its name, without asking anybody."""
        ...

    async def ask(self, call: ModelCall, on_token: Callable[[str], None]) -> ModelAnswer:
        """Try once and return the whole answer; raise ModelFault. `on_token` sees it come (a signal, not a fact)."""
        ...


# --- money


@dataclass(frozen=True, slots=True)
class Spend:
    """What one call spends, or may spend at worst."""

    tokens: int
    cost: float | None
    """USD; None when the price is unknown."""


class BudgetSpent(AgentError):
    """The worst case of a call does not fit into what is left of a budget; nothing was asked."""

    def __init__(self, scope: str, what: str, limit: float, asked: float) -> None:
        """`scope`: run, iteration, role or task; `what`: cost, tokens, calls or minutes."""
        super().__init__(f"the {what} budget of the {scope} ({limit:g}) does not hold what a call may take ({asked:g})")
        self.scope, self.what, self.limit, self.asked = scope, what, limit, asked


class Purse(Protocol):
    """What an attempt may spend: the worst case is taken before a call and what is left of it given back after."""

    def reserve(self, key: str, worst: Spend) -> None:
        """Take the worst case of a call out of every budget it counts for; raise BudgetSpent and take nothing."""
        ...

    def settle(self, key: str, spent: Spend) -> None:
        """Put what the call really took in place of its reservation."""
        ...


class Calls(Protocol):
    """How a brain asks models: paid, recorded, tried again, resumed."""

    def card(self, model: str) -> ModelCard:
        """Return what is known of a model by its name."""
        ...

    async def ask(self, call: ModelCall) -> ModelAnswer:
        """Return the answer, from the attempt's past when the call was finished there; raise ModelFault, BudgetSpent.

        A fault that waiting can mend was waited for and a fallback model asked before it is raised.
        """
        ...


@dataclass(frozen=True, slots=True)
class Models:
    """What the user connected."""

    calls: Calls
    names: tuple[str, ...]
    """The cheapest first; the last is for what is hard."""
    chosen: str = ""
    """The one this attempt is to think with."""
    settings: Mapping[str, str] = field(default_factory=dict)
