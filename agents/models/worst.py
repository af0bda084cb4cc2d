"""PURE: how many tokens a prompt takes at worst, so that what is reserved for a call holds whatever its text is.

No model's dictionary makes more than one token of a byte, be it Base64, noise or another alphabet. Prose has four bytes
to a token, so bytes alone would hold back four times what a long conversation takes: what a provider has counted before
is taken as counted, and only what is new since by its bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from agents.models.requests import tools_bytes
from agents.models.threads import Threads
from agents.ports import Message, ModelAnswer, ModelCall, ToolSchema

_AROUND = 16
"""Tokens a provider writes around a message or a call in it."""
_OF_TOOLS = 512
"""Tokens a provider tells a model of its own about tools."""


def bytes_of(call: ModelCall) -> int:
    """Return what a request takes at worst when nothing of it was counted yet."""
    more = len(tools_bytes(call.tools)) + _OF_TOOLS if call.tools else 0
    if call.answer_schema is not None:
        more += len(json.dumps(dict(call.answer_schema)))
    return _of_messages(call.messages) + more + _AROUND


@dataclass(slots=True)
class Counted:
    """What providers said of the calls of one attempt."""

    _counts: dict[str, _Count] = field(default_factory=dict)

    def learn(self, call: ModelCall, answer: ModelAnswer) -> None:
        """Remember what a prompt was, when it is a provider that says so."""
        if answer.tokens_in and not answer.estimated and answer.source == "model":
            self._counts[call.key] = _Count(answer.model, call.tools, call.answer_schema, answer.tokens_in)

    def most(self, call: ModelCall, threads: Threads) -> int:
        """Return what a request takes at worst."""
        every = bytes_of(call)
        key, told = threads.begins_with(call.messages)
        count = self._counts.get(key)
        if count is None or (count.model, count.tools, count.schema) != (call.model, call.tools, call.answer_schema):
            return every
        return min(every, count.tokens + _of_messages(call.messages[told - 1 :]) + _AROUND)


@dataclass(frozen=True, slots=True)
class _Count:
    model: str
    tools: tuple[ToolSchema, ...]
    schema: Mapping[str, Any] | None
    tokens: int


def _of_messages(messages: Sequence[Message]) -> int:
    return sum(map(_of_message, messages))


@lru_cache(maxsize=4096)
def _of_message(message: Message) -> int:
    calls = [f"{call.id}{call.name}{call.arguments}" for call in message.tool_calls]
    return sum(len(text.encode("utf-8", "replace")) + _AROUND for text in (message.text, *calls))
