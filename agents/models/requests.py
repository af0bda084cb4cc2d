"""PURE: how a request and an answer are written down, and what makes two requests the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from agents.ports import Message, ModelAnswer, ModelCall, ToolCall, ToolSchema

_KEPT = 4096
"""Messages whose written form is remembered: a conversation asks for the same ones at every step."""


def request_hash(call: ModelCall) -> str:
    """Return the hex SHA-256 of everything that decides about the answer.

    It covers model, messages, tools, the answer's schema, `max_tokens` and `temperature`; not `key`, `purpose` and
    `seconds`. Ids of tool calls count by their order in the conversation, since providers draw them by chance.
    """
    return hashlib.sha256("\n".join(request_parts(call)).encode()).hexdigest()


def request_parts(call: ModelCall) -> tuple[str, ...]:
    """Return short digests of the parts of a request: the model, its settings, its tools, then message by message."""
    settings = [call.max_tokens, call.temperature, _plain(call.answer_schema)]
    tools = [tool_value(tool) for tool in call.tools]
    order = {each.id: f"#{nth}" for nth, each in enumerate(c for m in call.messages for c in m.tool_calls)}
    messages = (_digest(_numbered(message, order)) for message in call.messages)
    return (_digest(call.model), _digest(settings), _digest(tools), *messages)


def part_name(nth: int) -> str:
    """Return what part of a request stands at a place of `request_parts`."""
    return ("the model", "the settings", "the tools")[nth] if nth < 3 else f"message {nth - 2}"


@lru_cache(maxsize=_KEPT)
def message_bytes(message: Message) -> bytes:
    """Return a message as it is kept in a blob: the same message is always the same bytes."""
    value: dict[str, Any] = {"role": message.role, "text": message.text}
    if message.tool_calls:
        value["tool_calls"] = [_call_value(call) for call in message.tool_calls]
    if message.answers:
        value["answers"] = message.answers
    return _written(value)


@lru_cache(maxsize=_KEPT)
def message_digest(message: Message) -> bytes:
    """Return the SHA-256 of a message as it is kept."""
    return hashlib.sha256(message_bytes(message)).digest()


def answered(answer: ModelAnswer) -> Message:
    """Return an answer as the message it is in the conversation that goes on."""
    return Message("assistant", answer.text, answer.tool_calls)


def tools_bytes(tools: Sequence[ToolSchema]) -> bytes:
    """Return the tools a model is offered as they are kept in a blob."""
    return _written([tool_value(tool) for tool in tools])


def tool_value(tool: ToolSchema) -> dict[str, Any]:
    """Return a tool as the APIs of most providers want it."""
    function = {"name": tool.name, "description": tool.description, "parameters": _plain(tool.parameters)}
    return {"type": "function", "function": function}


def answer_bytes(answer: ModelAnswer) -> bytes:
    """Return an answer as it is kept in a blob and in a record."""
    return _written(answer_value(answer))


def answer_value(answer: ModelAnswer) -> dict[str, Any]:
    """Return an answer as JSON values; who answered and how long it took is told by events."""
    return {
        "text": answer.text,
        "tool_calls": [_call_value(call) for call in answer.tool_calls],
        "tokens_in": answer.tokens_in,
        "tokens_cached": answer.tokens_cached,
        "tokens_out": answer.tokens_out,
        "estimated": answer.estimated,
        "cost": answer.cost,
        "finish": answer.finish,
        "model": answer.model,
    }


def read_answer(content: bytes | Mapping[str, Any]) -> ModelAnswer:
    """Return the answer that was kept; raise ValueError when it is none."""
    try:
        value = dict(json.loads(content) if isinstance(content, bytes) else content)
        calls = tuple(ToolCall(each["id"], each["name"], each["arguments"]) for each in value.pop("tool_calls"))
        return ModelAnswer(tool_calls=calls, **value)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an answer of a model: {error}") from error


def _numbered(message: Message, order: Mapping[str, str]) -> list[Any]:
    calls = [[order[call.id], call.name, call.arguments] for call in message.tool_calls]
    return [message.role, message.text, calls, order.get(message.answers, message.answers)]


def _call_value(call: ToolCall) -> dict[str, str]:
    return {"id": call.id, "name": call.name, "arguments": call.arguments}


def _digest(value: Any) -> str:
    return hashlib.sha256(_written(value)).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """Return nested mappings and sequences as JSON has them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _written(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")
