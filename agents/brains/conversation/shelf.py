"""PURE: which tools are sent whole with every step, and the one through which a model calls the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from agents.json_reading import Unreadable, read_object
from agents.ports import Tool, ToolCall, ToolSchema
from agents.tools.found import schema_of

OTHER = "other_tool"
"""The tool through which the others are called."""
HOW = 'it takes the name of a tool and its arguments: {"tool": "outline", "arguments": {"path": "a.py"}}'
SMALL = 3000
"""Characters: tools that take no more than this all together are all sent whole."""
_LONGEST = 80
"""Characters that say what a tool on the shelf is for."""
_IDLE = frozenset({
    "default", "additionalProperties", "minLength", "maxLength", "minItems", "maxItems", "exclusiveMinimum",
    "exclusiveMaximum",
})  # fmt: skip
"""Words of a schema that are checked here anyway, or that say what comes of leaving an argument out."""
_CLAUSE = re.compile(r"[.:;] ")
_NULL = {"type": "null"}


class Offered(NamedTuple):
    """The tools a model may use."""

    whole: tuple[ToolSchema, ...]
    """Sent with every step, sorted; one of them is the way to the shelf, when there is one."""
    shelf: tuple[ToolSchema, ...] = ()
    """Named by the way to them alone."""

    @property
    def names(self) -> frozenset[str]:
        """Every name that may be called, by itself or through the shelf."""
        return frozenset(each.name for each in (*self.whole, *self.shelf))


def offered(tools: Iterable[Tool], always: ToolSchema) -> Offered:
    """Return what is sent whole and what is only named; `always` is the tool with which the model ends.

    What every task needs is at hand. The rest costs a line each until it is needed: a tool says of itself where it
    belongs. With few tools there is no shelf.
    """
    by_name = {tool.name: (tool, lean(schema_of(tool))) for tool in tools}
    every = [schema for _, schema in by_name.values()]
    if sum(_size(each) for each in every) <= SMALL:
        return Offered(_sorted([*every, lean(always)]))
    shelf = [schema for tool, schema in by_name.values() if not getattr(tool, "at_hand", False)]
    if not shelf:
        return Offered(_sorted([*every, lean(always)]))
    whole = [each for each in every if each not in shelf]
    return Offered(_sorted([*whole, lean(always), _way_to(_sorted(shelf))]), _sorted(shelf))


def reached(call: ToolCall, spelt: Callable[[str], str]) -> ToolCall:
    """Return the call as it is meant: one through the shelf as the call of the tool it names, if it names one.

    `spelt` returns the tool a name stands for.
    """
    call = replace(call, name=spelt(call.name))
    if call.name != OTHER:
        return call
    try:
        given = dict(read_object(call.arguments or "{}"))
        tool = given.pop("tool", "")
        arguments = given.pop("arguments", None)
        if isinstance(arguments, str):
            arguments = read_object(arguments or "{}")
    except Unreadable:
        return call
    if not isinstance(tool, str) or spelt(tool) in ("", OTHER) or not isinstance(arguments, dict | None):
        return call
    meant = given if arguments is None else {**arguments, **given}
    return replace(call, name=spelt(tool), arguments=json.dumps(meant, ensure_ascii=False))


def lean(tool: ToolSchema) -> ToolSchema:
    """Return a tool as it is sent: the first paragraph of what it is for, and the arguments that are often needed.

    What is checked here anyway, and what the model is told when it goes wrong, costs no byte.
    """
    parameters = _lean(tool.parameters)
    if "$ref" not in json.dumps(parameters.get("properties", parameters)):
        parameters.pop("$defs", None)
    return replace(tool, description=tool.description.partition("\n\n")[0], parameters=parameters)


def line_of(tool: ToolSchema) -> str:
    """Return a tool in one line: as its call is written, and what it is for."""
    needed = tool.parameters.get("required", ())
    parts = tool.parameters.get("properties", {})
    call = f"{tool.name}({', '.join(name if name in needed else f'{name}?' for name in parts)})"
    return f"{call}: {_purpose(tool.description)}"


def _way_to(shelf: tuple[ToolSchema, ...]) -> ToolSchema:
    lines = [line_of(tool) for tool in shelf]
    return ToolSchema(
        OTHER,
        "\n".join(["Call one of these by its name, with its arguments:", *lines]),
        {
            "type": "object",
            "properties": {"tool": {"type": "string"}, "arguments": {"type": "object"}},
            "required": ["tool", "arguments"],
        },
    )


def _purpose(description: str) -> str:
    """Return the first clause of what a tool is for, or as much of it as is said on a shelf."""
    first = _CLAUSE.split(description.split("\n")[0], maxsplit=1)[0].rstrip(".")
    return first if len(first) <= _LONGEST else f"{first[:_LONGEST].rpartition(' ')[0]} …"


def _sorted(tools: Iterable[ToolSchema]) -> tuple[ToolSchema, ...]:
    return tuple(sorted(tools, key=lambda each: each.name))


def _size(tool: ToolSchema) -> int:
    return len(tool.name) + len(tool.description) + len(json.dumps(tool.parameters))


def _lean(part: Any) -> Any:
    if isinstance(part, list):
        return [_lean(each) for each in part]
    if not isinstance(part, Mapping):
        return part
    kinds = part.get("anyOf")
    if isinstance(kinds, list) and len(rest := [each for each in kinds if each != _NULL]) == 1:
        part = {**rest[0], **{name: each for name, each in part.items() if name != "anyOf"}}
    return {
        name: _fields(value) if name in ("properties", "$defs") and isinstance(value, Mapping) else _lean(value)
        for name, value in part.items()
        if name not in _IDLE
    }


def _fields(named: Mapping[str, Any]) -> dict[str, Any]:
    """Names of somebody's own are no words of the schema's."""
    return {name: _lean(each) for name, each in named.items() if not (isinstance(each, Mapping) and each.get("rare"))}
