"""The chat completions of OpenAI, and what Groq adds to them."""

from __future__ import annotations

from typing import Any

from tests.models.wires.serving import Reply, events, written

USAGE = {
    "prompt_tokens": 950, "completion_tokens": 40, "total_tokens": 990,
    "prompt_tokens_details": {"cached_tokens": 800, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 10, "audio_tokens": 0},
}  # fmt: skip
DONE = b"data: [DONE]\n\n"
STREAM = "text/event-stream; charset=utf-8"


def piece(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """Return one piece of a stream; without a delta it has no choice."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    return {
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1763800000, "model": "m",
        "system_fingerprint": "fp", "choices": choices, **more,
    }  # fmt: skip


def call(index: int, name: str, arguments: str) -> list[dict[str, Any]]:
    """Return the deltas of a tool call."""
    first = {"index": index, "id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": ""}}
    return [
        {"tool_calls": [first]},
        *(
            {"tool_calls": [{"index": index, "function": {"arguments": part}}]}
            for part in (arguments[:7], arguments[7:])
        ),
    ]


def said(text: str, *calls: tuple[str, str], finish: str = "") -> list[dict[str, Any]]:
    """Return the pieces of an answer, the tokens at the end."""
    return [
        piece({"role": "assistant", "content": "", "refusal": None}),
        *(piece({"content": part}) for part in (text[:3], text[3:]) if part),
        *(piece(delta) for nth, (name, given) in enumerate(calls) for delta in call(nth, name, given)),
        piece({}, finish or ("tool_calls" if calls else "stop")),
        piece(usage=USAGE),
    ]


def streamed(values: list[dict[str, Any]], *, cut: bool = False) -> Reply:
    """Return pieces as they are sent."""
    return Reply((*events(values), *(() if cut else (DONE,))), kind=STREAM, cut=cut)


def whole(message: dict[str, Any], finish: str, **more: Any) -> Reply:
    """Return an answer in one piece."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "logprobs": None, "finish_reason": finish}
    body = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1763800000, "model": "m", "choices": [choice]}
    return Reply((written(body | {"usage": USAGE} | more),))


def error(status: int, message: str, code: str | None, kind: str = "invalid_request_error", **more: Any) -> Reply:
    """Return a refusal; `headers` among `more` are its headers."""
    headers = tuple((name, value) for name, value in more.pop("headers", {}).items())
    body = {"message": message, "type": kind, "param": None, "code": code} | more
    return Reply((written({"error": body}),), status, headers=headers)


def response(*output: dict[str, Any], status: str = "completed", **more: Any) -> dict[str, Any]:
    """Return the object that events of `/v1/responses` carry."""
    usage = {
        "input_tokens": 950, "input_tokens_details": {"cached_tokens": 800}, "output_tokens": 40,
        "output_tokens_details": {"reasoning_tokens": 10}, "total_tokens": 990,
    }  # fmt: skip
    return {
        "id": "resp_1", "object": "response", "created_at": 1763800000, "status": status, "error": None,
        "incomplete_details": None, "instructions": None, "max_output_tokens": 4096, "model": "gpt-5-codex",
        "output": list(output), "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto", "tools": [],
        "top_p": 1.0, "truncation": "disabled", "usage": usage, "user": None, "metadata": {},
    } | more  # fmt: skip


def responded(text: str, *calls: tuple[str, str], end: dict[str, Any] | None = None) -> Reply:
    """Return the events of an answer of `/v1/responses`; `end` is the last of them."""
    part = {"type": "output_text", "text": text, "annotations": []}
    message = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}
    made = [
        {"id": f"fc_{at}", "type": "function_call", "status": "completed", "call_id": f"call_{at}", "name": name,
         "arguments": given}
        for at, (name, given) in enumerate(calls, 1)
    ]  # fmt: skip
    values: list[dict[str, Any]] = [
        {"type": "response.created", "response": response(status="in_progress", usage=None)},
        {"type": "response.output_item.added", "output_index": 0, "item": message | {"content": []}},
        {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0,
         "delta": text},
        {"type": "response.output_item.done", "output_index": 0, "item": message},
    ]  # fmt: skip
    for at, item in enumerate(made, 1):
        values += [
            {"type": "response.output_item.added", "output_index": at, "item": item | {"arguments": ""}},
            {"type": "response.function_call_arguments.delta", "item_id": item["id"], "output_index": at,
             "delta": item["arguments"]},
            {"type": "response.output_item.done", "output_index": at, "item": item},
        ]  # fmt: skip
    values.append(end or {"type": "response.completed", "response": response(message, *made)})
    numbered = [value | {"sequence_number": nth} for nth, value in enumerate(values)]
    return Reply(events(numbered, named=True), kind=STREAM)
