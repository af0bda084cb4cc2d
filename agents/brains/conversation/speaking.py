"""PURE: calls written into text: how they are read, and how a model that makes no others is told of the tools."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from agents.brains.conversation.shelf import OTHER, Offered, line_of
from agents.brains.conversation.turns import Heard
from agents.ports import ToolSchema
from agents.tools.spoken import how_to_call, spoken


def hearing(names: frozenset[str]) -> Callable[[str], Heard]:
    """Return what reads the calls, and the edits as calls of `edit_file`, out of the text of an answer."""

    def heard(text: str) -> Heard:
        found = spoken(text, names)
        unclear = found.refused or (() if found.calls else found.passed_over)
        return Heard(found.calls, tuple(f"line {each.at}: {each.why}" for each in unclear))

    return heard


def manual(tools: Offered) -> str:
    """Return the tools in words, for a model that takes none: the same bytes on every call.

    In words every tool is called by its own name.
    """
    whole = [tool for tool in tools.whole if tool.name != OTHER]
    told = [f"- {tool.name}({_arguments(tool)}): {' '.join(tool.description.split())}" for tool in whole]
    told += [f"- {line_of(tool)}" for tool in tools.shelf]
    return "\n".join(["# Tools", how_to_call(), "These are the tools:", *told])


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
