"""PURE: tool calls written as calls of Python functions."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Collection, Iterator

from agents.ports import ToolCall


class Unclear(Exception):
    """A tool is called with something that is no plain value; the message says what to do."""


def python_calls(text: str, tools: Collection[str]) -> list[ToolCall]:
    """Return the calls of offered tools a text is made of; none when it is anything else. Nothing of it is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    calls = [call for statement in body for call in _calls_of(statement)]
    named = [_name(call) for call in calls if call is not None]
    if not named or len(named) < len(calls) or not all(name in tools for name in named):
        return []
    return [_call(name, call) for name, call in zip(named, calls, strict=True) if call is not None]


def _calls_of(statement: ast.stmt) -> Iterator[ast.Call | None]:
    """Yield the calls of a statement: alone, in a list, printed or kept under a name; None for anything else."""
    value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
    for each in value.elts if isinstance(value, ast.List | ast.Tuple) else [value]:
        call = each
        if isinstance(call, ast.Call) and _name(call) == "print" and len(call.args) == 1 and not call.keywords:
            call = call.args[0]
        yield call if isinstance(call, ast.Call) else None


def _name(call: ast.Call) -> str:
    called = call.func
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def _call(name: str, call: ast.Call) -> ToolCall:
    try:
        given = {each.arg: ast.literal_eval(each.value) for each in call.keywords if each.arg is not None}
        only = ast.literal_eval(call.args[0]) if len(call.args) == 1 and not call.keywords else None
        if isinstance(only, dict) and all(isinstance(key, str) for key in only):
            return ToolCall("", name, json.dumps(only, ensure_ascii=False))
        written = json.dumps(given, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        raise Unclear(f"{name} is given something that is no plain value: write its arguments as JSON") from error
    if call.args or len(given) < len(call.keywords):
        raise Unclear(f"{name} is given values without names: write its arguments as one JSON object")
    return ToolCall("", name, written)
