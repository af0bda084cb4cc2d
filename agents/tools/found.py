"""Finds the tools: one file each in `agents/tools/offered`, and the entry points `kaizen.tools` of other packages."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import BaseModel

from agents.ports import AgentError, Tool, ToolSchema

OFFERED = "agents.tools.offered"
GROUP = "kaizen.tools"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,47}")
"""What every provider takes for the name of a function."""


class Unfit(AgentError):
    """A tool cannot be taken in: its file does not load, it lacks a part, or its name is taken."""


def find_tools(plugins: Iterable[EntryPoint] | None = None) -> Mapping[str, Tool]:
    """Return every tool by name, sorted; raise Unfit when two share one or when one is none.

    `plugins` are the entry points to ask, the installed ones of the group when None.
    """
    found: dict[str, Tool] = {}
    places: dict[str, str] = {}
    for place, tool in (*_offered(), *_plugged(entry_points(group=GROUP) if plugins is None else plugins)):
        if tool.name in found:
            raise Unfit(
                f"two tools are called {tool.name}, one in {places[tool.name]}, one in {place}: rename or uninstall one"
            )
        found[tool.name], places[tool.name] = tool, place
    return dict(sorted(found.items()))


def schema_of(tool: Tool) -> ToolSchema:
    """Return a tool as the model sees it: its docstring, and its arguments as JSON schema."""
    schema = _plain(tool.arguments.model_json_schema())
    return ToolSchema(
        tool.name, told(type(tool)), {name: part for name, part in schema.items() if name != "description"}
    )


def told(tool: type) -> str:
    """Return what a tool is for: its docstring, paragraphs kept, each on one line."""
    paragraphs = (inspect.getdoc(tool) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _offered() -> Iterator[tuple[str, Tool]]:
    package = importlib.import_module(OFFERED)
    for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__, f"{OFFERED}.")):
        for _, each in inspect.getmembers(importlib.import_module(module), inspect.isclass):
            if each.__module__ == module and isinstance(getattr(each, "name", None), str) and hasattr(each, "run"):
                yield module, _fit(module, each())


def _plugged(plugins: Iterable[EntryPoint]) -> Iterator[tuple[str, Tool]]:
    for plugin in sorted(plugins, key=lambda each: (each.name, each.value)):
        try:
            loaded = plugin.load()
            made = loaded() if inspect.isclass(loaded) else loaded
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            raise Unfit(f"the tool {plugin.value} does not load ({error}): repair or uninstall it") from error
        yield plugin.value, _fit(plugin.value, made)


def _fit(place: str, tool: Any) -> Tool:
    """Return the tool when it has every part of the port."""
    arguments = getattr(tool, "arguments", None)
    lacks = [part for part in ("risk", "resources", "run") if not callable(getattr(tool, part, None))]
    if not (isinstance(getattr(tool, "name", None), str) and _NAME.fullmatch(tool.name)):
        lacks.append("a name of small letters, digits and _")
    if not (inspect.isclass(arguments) and issubclass(arguments, BaseModel)):
        lacks.append("arguments, a pydantic model")
    elif arguments.model_config.get("extra") != "forbid" or not arguments.model_config.get("strict"):
        lacks.append("strict arguments that forbid unknown fields")
    if not told(type(tool)):
        lacks.append("a docstring")
    if lacks:
        raise Unfit(f"{place} is no tool, it lacks {', '.join(lacks)}: see docs/adding-a-tool.md")
    fit: Tool = tool
    return fit


def _plain(schema: Any) -> Any:
    """Take the titles out that pydantic makes of names: they cost tokens and say nothing."""
    if isinstance(schema, dict):
        return {
            name: {field: _plain(each) for field, each in value.items()} if name == "properties" else _plain(value)
            for name, value in schema.items()
            if not (name == "title" and isinstance(value, str))
        }
    return [_plain(each) for each in schema] if isinstance(schema, list) else schema
