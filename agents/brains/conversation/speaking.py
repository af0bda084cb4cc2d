"""PURE: calls written into text: how they are read, and how a model that makes no others is told of the tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from agents.brains.conversation.turns import Heard
from agents.ports import ToolSchema
from agents.tools.spoken import how_to_call, spoken

_CHECKED = frozenset(
    {"additionalProperties", "minLength", "maxLength", "minItems", "maxItems", "exclusiveMinimum", "exclusiveMaximum"}
)


def hearing(tools: Sequence[ToolSchema]) -> Callable[[str], Heard]:
    """Return what reads the calls, and the edits as calls of `edit_file`, out of the text of an answer."""
    names = frozenset(tool.name for tool in tools)

    def heard(text: str) -> Heard:
        found = spoken(text, names)
        unclear = found.refused or (() if found.calls else found.passed_over)
        return Heard(found.calls, tuple(f"line {each.at}: {each.why}" for each in unclear))

    return heard


def manual(tools: Sequence[ToolSchema]) -> str:
    """Return the tools in words, for a model that takes none: the same bytes on every call."""
    told = [f"- {tool.name}({_arguments(tool)}): {' '.join(tool.description.split())}" for tool in tools]
    return "\n".join(["# Tools", how_to_call(), "These are the tools:", *told])


def lean(tool: ToolSchema) -> ToolSchema:
    """Return a tool as it is sent with every step: what is checked here anyway needs no byte there."""
    return replace(tool, parameters=_lean(tool.parameters))


def _lean(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {name: _lean(each) for name, each in part.items() if not _is_idle(name, each)}
    return [_lean(each) for each in part] if isinstance(part, list) else part


def _is_idle(name: str, value: Any) -> bool:
    """Whether this says nothing the model has to know; a property may be called so too, and is an object then."""
    if name == "default":
        return value in (None, "", [], False)
    return name in _CHECKED and isinstance(value, bool | int | float)


def _arguments(tool: ToolSchema) -> str:
    needed = tool.parameters.get("required", ())
    parts = tool.parameters.get("properties", {})
    return ", ".join(f"{name}{'' if name in needed else '?'}: {_kind(part)}" for name, part in parts.items())


def _kind(part: Any) -> str:
    if not isinstance(part, dict):
        return "any"
    if "enum" in part:
        return " or ".join(json.dumps(each) for each in part["enum"])
    return str(part.get("type") or "any")
