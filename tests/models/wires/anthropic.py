"""Anthropic's `/v1/messages`."""

from __future__ import annotations

from typing import Any

from tests.models.wires.serving import Reply, events, written

USAGE = {"input_tokens": 100, "cache_creation_input_tokens": 50, "cache_read_input_tokens": 800, "output_tokens": 1}
STREAM = "text/event-stream; charset=utf-8"


def said(
    text: str, *calls: tuple[str, str], stop: str = "", model: str = "claude-sonnet-4-5-20250929"
) -> list[dict[str, Any]]:
    """Return the events of an answer; a call is a name and the text of its arguments."""
    blocks: list[dict[str, Any]] = [_event("message_start", message=_message(model, [], None) | {"usage": USAGE})]
    nth = 0
    if text:
        blocks += [
            _event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
            _event("ping"),
            *(
                _event("content_block_delta", index=0, delta={"type": "text_delta", "text": part})
                for part in (text[:3], text[3:])
            ),
            _event("content_block_stop", index=0),
        ]
        nth = 1
    for at, (name, arguments) in enumerate(calls, nth):
        block = {"type": "tool_use", "id": f"toolu_{at}", "name": name, "input": {}}
        blocks += [
            _event("content_block_start", index=at, content_block=block),
            *(
                _event("content_block_delta", index=at, delta={"type": "input_json_delta", "partial_json": part})
                for part in ("", arguments[:7], arguments[7:])
            ),
            _event("content_block_stop", index=at),
        ]
    reason = stop or ("tool_use" if calls else "end_turn")
    return [
        *blocks,
        _event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage={"output_tokens": 40}),
        _event("message_stop"),
    ]


def thinking(thought: str, text: str) -> list[dict[str, Any]]:
    """Return the events of an answer that begins with a thought."""
    first, *rest = said(text)
    later = [each | ({"index": each["index"] + 1} if "index" in each else {}) for each in rest]
    return [
        first,
        _event("content_block_start", index=0, content_block={"type": "thinking", "thinking": "", "signature": ""}),
        _event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": thought}),
        _event("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "EqQB"}),
        _event("content_block_stop", index=0),
        *later,
    ]


def used(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return a block that calls a tool."""
    return {"type": "tool_use", "id": "toolu_1", "name": name, "input": given}


def streamed(values: list[dict[str, Any]], *, cut: bool = False) -> Reply:
    """Return events as they are sent."""
    return Reply(events(values, named=True), kind=STREAM, cut=cut)


def whole(content: list[dict[str, Any]], stop: str = "end_turn") -> Reply:
    """Return an answer in one piece."""
    return Reply(
        (written(_message("claude-sonnet-4-5-20250929", content, stop) | {"usage": USAGE | {"output_tokens": 40}}),)
    )


def error(status: int, kind: str, message: str, **headers: str) -> Reply:
    """Return a refusal."""
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy"}
    return Reply((written(body),), status, headers=tuple((k.replace("_", "-"), v) for k, v in headers.items()))


def broken_off(kind: str, message: str) -> dict[str, Any]:
    """Return the event of an error in mid-stream."""
    return {"type": "error", "error": {"type": kind, "message": message}}


def _event(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, **more}


def _message(model: str, content: list[dict[str, Any]], stop: str | None) -> dict[str, Any]:
    return {
        "id": "msg_01", "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": stop, "stop_sequence": None,
    }  # fmt: skip
