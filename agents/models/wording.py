"""PURE: a conversation as the APIs of providers want it, the same bytes each time; and the words they answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.models.requests import tool_value
from agents.ports import Message, ToolSchema

_MARK = {"type": "ephemeral"}
_EMPTY = "(nothing)"
"""In place of a text without a letter, which some providers refuse."""


def messages_for(messages: Sequence[Message], *, marked: bool) -> list[dict[str, Any]]:
    """Return the messages; `marked` ones say what a provider should keep: the system's part, and all of it."""
    written = [_message(message) for message in messages]
    if marked and written:
        heads = [nth for nth, message in enumerate(messages) if message.role == "system"]
        for nth in {*heads[-1:], len(written) - 1}:
            _mark(written[nth])
    return written


def tools_for(tools: Sequence[ToolSchema]) -> list[dict[str, Any]]:
    """Return the tools in their own order: another order would be another prompt."""
    return [tool_value(tool) for tool in tools]


def words_of(content: Any) -> str:
    """Return the text of an answer; some servers give it in parts, of which thinking is none."""
    if not isinstance(content, list):
        return content or ""
    texts = (each.get("text") if each.get("type") in ("text", "output_text") else "" for each in map(_part, content))
    return "".join(text for text in texts if isinstance(text, str))


def as_call(written: str) -> str:
    """Return what a model wrote in place of a call so that it is read as one, or refused: never as its last word."""
    return written if "<tool_call>" in written else f"\n<tool_call>\n{written}\n</tool_call>"


def _part(each: Any) -> dict[str, Any]:
    return each if isinstance(each, dict) else {"type": "text", "text": each}


def _message(message: Message) -> dict[str, Any]:
    text = message.text.encode("utf-8", "replace").decode("utf-8")
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.answers, "content": text or _EMPTY}
    if not message.tool_calls:
        return {"role": message.role, "content": text if text.strip() else _EMPTY}
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments or "{}"}}
        for call in message.tool_calls
    ]
    return {"role": message.role, "content": text or None, "tool_calls": calls}


def _mark(written: dict[str, Any]) -> None:
    if isinstance(written["content"], str):
        written["content"] = [{"type": "text", "text": written["content"], "cache_control": _MARK}]
