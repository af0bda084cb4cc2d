"""PURE: a scripted line as the bytes of the OpenAI-compatible API, whole or in pieces."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agents.models.faulty import Fault
from agents.models.script import Line, ScriptedCall
from agents.models.scripted import arguments_text

_PIECES = re.compile(r"\S+\s*|\s+")
_CALL_PIECE = 12
"""Characters of a tool call's arguments per piece."""
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    nth: int
    model: str
    body: Mapping[str, Any]
    size: int
    """Bytes of the body."""

    @property
    def streamed(self) -> bool:
        """Whether the answer is wanted in pieces."""
        return bool(self.body.get("stream"))

    @property
    def wants_usage(self) -> bool:
        """Whether the stream is to end with the tokens."""
        return bool((self.body.get("stream_options") or {}).get("include_usage"))


def whole(asked: Asked, line: Line) -> bytes:
    """Return an answer in one piece."""
    message: dict[str, Any] = {"role": "assistant", "content": line.text or None}
    if line.tool_calls:
        message["tool_calls"] = [
            {"id": _id(asked, nth), "type": "function", "function": _function(each)}
            for nth, each in enumerate(line.tool_calls)
        ]
    value = _head(asked, "chat.completion") | {
        "choices": [{"index": 0, "message": message, "finish_reason": _finish(line)}],
    }
    return _written(value if line.no_usage else value | {"usage": _usage(asked, line)})


def pieces(asked: Asked, line: Line) -> Iterator[bytes]:
    """Yield the events of a stream, its end and the tokens too, but not the last word `[DONE]`."""
    yield _event(asked, {"role": "assistant", "content": ""})
    for piece in _PIECES.findall(line.text):
        yield _event(asked, {"content": piece})
    for nth, each in enumerate(line.tool_calls):
        function = {"name": each.name, "arguments": ""}
        yield _event(
            asked, {"tool_calls": [{"index": nth, "id": _id(asked, nth), "type": "function", "function": function}]}
        )
        text = arguments_text(each.arguments)
        for at in range(0, len(text), _CALL_PIECE):
            part = {"index": nth, "function": {"arguments": text[at : at + _CALL_PIECE]}}
            yield _event(asked, {"tool_calls": [part]})
    yield _event(asked, {}, _finish(line))
    if asked.wants_usage and not line.no_usage:
        yield _data(_head(asked, "chat.completion.chunk") | {"choices": [], "usage": _usage(asked, line)})


def error(fault: Fault) -> bytes:
    """Return a fault as an error object, or as the page it is."""
    if fault.wire == "page":
        return fault.message.encode()
    said = {"message": fault.message, "type": fault.code or None, "param": None, "code": fault.code or None}
    return _written({"error": said})


def refusal(message: str) -> bytes:
    """Return an error of the server itself."""
    return _written({"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}})


def error_event(fault: Fault) -> bytes:
    """Return an error that comes in the middle of a stream."""
    return _data({"error": {"message": fault.message, "type": "server_error", "code": 500}})


def without_choices(asked: Asked) -> bytes:
    """Return an answer that chose nothing."""
    kind = "chat.completion.chunk" if asked.streamed else "chat.completion"
    value = _head(asked, kind) | {
        "choices": [],
        "usage": {"prompt_tokens": 1, "completion_tokens": 0, "total_tokens": 1},
    }
    return _data(value) if asked.streamed else _written(value)


def _event(asked: Asked, delta: Mapping[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _data(_head(asked, "chat.completion.chunk") | {"choices": [choice]})


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{asked.nth}", "object": kind, "created": 1, "model": asked.model}


def _usage(asked: Asked, line: Line) -> dict[str, Any]:
    words = len(_PIECES.findall(line.text)) + sum(len(arguments_text(c.arguments)) // 4 for c in line.tool_calls)
    tokens_in, cached, tokens_out = line.usage or (max(1, asked.size // 4), 0, max(1, words))
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def _finish(line: Line) -> str:
    return line.finish or ("tool_calls" if line.tool_calls else "stop")


def _function(asked: ScriptedCall) -> dict[str, str]:
    return {"name": asked.name, "arguments": arguments_text(asked.arguments)}


def _id(asked: Asked, nth: int) -> str:
    return f"call_{asked.nth}_{nth}"


def _data(value: Mapping[str, Any]) -> bytes:
    return b"data: " + _written(value) + b"\n\n"


def _written(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
