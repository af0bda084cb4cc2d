"""Ollama's `/api/chat`: a line of JSON per piece."""

from __future__ import annotations

from typing import Any

from tests.models.wires.serving import Reply, written

_TIMES = {
    "total_duration": 4883583458,
    "load_duration": 1334875,
    "prompt_eval_duration": 342546000,
    "eval_duration": 4535599000,
}


def line(text: str = "", *calls: tuple[str, dict[str, Any]], done: str = "", **more: Any) -> dict[str, Any]:
    """Return one piece; `done` says why the answer ended."""
    message: dict[str, Any] = {"role": "assistant", "content": text, **more}
    if calls:
        message["tool_calls"] = [{"function": {"name": name, "arguments": given}} for name, given in calls]
    value = {"model": "qwen3", "created_at": "2025-10-26T17:15:24.097767Z", "message": message, "done": bool(done)}
    return value | ({"done_reason": done, "prompt_eval_count": 950, "eval_count": 40} | _TIMES if done else {})


def streamed(*values: dict[str, Any], cut: bool = False) -> Reply:
    """Return pieces as they are sent."""
    return Reply(tuple(written(value) + b"\n" for value in values), kind="application/x-ndjson", cut=cut)


def whole(value: dict[str, Any]) -> Reply:
    """Return an answer in one piece."""
    return Reply((written(value),), kind="application/json; charset=utf-8")


def error(status: int, message: str) -> Reply:
    """Return a refusal."""
    return Reply((written({"error": message}),), status, kind="application/json; charset=utf-8")
