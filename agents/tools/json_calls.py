"""PURE: tool calls written as JSON, under whatever names their parts go."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from agents.json_reading import Unreadable, read_json, read_values
from agents.ports import ToolCall

_NAME = ("name", "tool", "tool_name", "function", "function_name", "action", "recipient_name")
_ARGUMENTS = ("arguments", "args", "parameters", "params", "input", "action_input", "tool_input", "kwargs")
_BESIDE = frozenset({*_NAME, "id", "type", "thought", "thoughts", "reasoning", "explanation"})


def calls_in(
    text: str, tools: Collection[str], known: Collection[str] = (), *, whole: bool = False, named: bool = True
) -> list[ToolCall] | None:
    """Return the calls a JSON text means; None when it is no JSON, or JSON of anything else.

    With `named` a call is one only when its tool is offered, or is `known` and its arguments are called so: JSON of
    other things has names, too.
    """
    try:
        values = read_values(text, whole=whole)
    except Unreadable:
        return None
    found: list[ToolCall] = []
    for value in values:
        for item in value if isinstance(value, list) else [value]:
            calls = _calls_of(item, tools, known, named=named)
            if calls is None:
                return None
            found += calls
    return found or None


def means_call(text: str, tools: Collection[str]) -> bool:
    """Return whether a text that cannot be read as calls means to be one."""
    said = re.search(rf'"(?:{"|".join(_NAME)})"\s*:\s*"(?:functions\.)?([\w.-]+)"', text)
    return bool(said and said[1] in tools and any(f'"{key}"' in text for key in _ARGUMENTS))


def why_none(text: str) -> str:
    """Return why a text is no call, with what to write."""
    try:
        read_json(text, whole=True)
    except Unreadable as wrong:
        return f'{wrong}. Write {{"name": "TOOL", "arguments": {{…}}}} as whole JSON'
    return 'it is JSON of something else. Write {"name": "TOOL", "arguments": {…}}'


def _calls_of(item: Any, tools: Collection[str], known: Collection[str], *, named: bool) -> list[ToolCall] | None:
    if not isinstance(item, Mapping):
        return None
    inner = item.get("tool_calls") or item.get("function_call") or item.get("tool_call")
    if isinstance(inner, list | Mapping):
        found: list[ToolCall] = []
        for each in inner if isinstance(inner, list) else [inner]:
            calls = _calls_of(each, tools, known, named=named)
            if calls is None:
                return None
            found += calls
        return found
    if isinstance(item.get("function"), Mapping):
        return _calls_of(item["function"], tools, known, named=named)
    name = next((item[key] for key in _NAME if isinstance(item.get(key), str)), None)
    if name is None and len(item) == 1:
        only, value = next(iter(item.items()))
        return [_call(only, value)] if only in tools and isinstance(value, Mapping) else None
    if name is None:
        return None
    name = name.removeprefix("functions.")
    keys = [key for key in _ARGUMENTS if key in item]
    if named and name not in tools and not (name in known and keys):
        return None
    if len(keys) > 1:
        return None
    if not keys:
        beside = {key: value for key, value in item.items() if key not in _BESIDE}
        return [_call(name, beside)] if name in tools else None
    given = item[keys[0]]
    if isinstance(given, str):
        return [ToolCall("", name, given)]
    return [_call(name, given)] if isinstance(given, Mapping) else None


def _call(name: str, arguments: Mapping[str, Any]) -> ToolCall:
    return ToolCall("", name, json.dumps(arguments, ensure_ascii=False))
