"""PURE: the arguments of a tool call: read as the model wrote them, in one way of writing, and their digest."""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from agents.json_reading import Unreadable, read_object
from agents.ports import Tool
from agents.tools.foreign import our_names, unwrapped

_SHOWN = 5
"""Wrong fields named at once."""
_LINE = 160
"""Characters of the one line for people."""


class Unfitting(Exception):
    """The arguments are none of this tool; the message says what would be right."""


def read_arguments(tool: Tool, text: str) -> Any:
    """Return the checked arguments; raise Unfitting.

    What can be meant in one way only is taken so: a number in quotes where a number belongs, a list in quotes where a
    list belongs, null for a field that may be left out, a field under another name it is known by. A field nobody knows
    is refused, not dropped.
    """
    try:
        given = read_object(text or "{}")
    except Unreadable as wrong:
        raise Unfitting(f"the arguments of {tool.name} are no JSON object: {wrong}. {expected(tool)}") from wrong
    try:
        return tool.arguments.model_validate(given)
    except ValidationError as first:
        try:
            inner = unwrapped(given, tool.name, tool.arguments.model_fields)
            return tool.arguments.model_validate(_as_meant(tool.arguments, inner))
        except ValidationError:
            raise Unfitting(f"{_problems(tool, first)}. {expected(tool)}") from first


def expected(tool: Tool) -> str:
    """Return in one line what the tool takes."""
    told = getattr(tool.arguments, "expected", None)
    if told is not None:
        return f"{tool.name} takes {told()}"
    fields = [
        f"{name}: {_kind(field.annotation)}" + ("" if field.is_required() else " (may be left out)")
        for name, field in tool.arguments.model_fields.items()
    ]
    return f"{tool.name} takes a JSON object with {', '.join(fields)}" if fields else f"{tool.name} takes {{}}"


def canonical(arguments: BaseModel) -> str:
    """Return checked arguments as JSON, in the one way the digest is taken of."""
    return json.dumps(arguments.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(tool: str, arguments: str, tree: str) -> str:
    """Return the hex SHA-256 of a tool, its canonical arguments and the tree it would work on."""
    return hashlib.sha256(json.dumps([tool, arguments, tree]).encode()).hexdigest()


def shown(tool: str, arguments: BaseModel) -> str:
    """Return the call in one line for people."""
    parts = [f"{name}={_one_line(value)}" for name, value in arguments.model_dump(mode="json").items() if value]
    line = f"{tool} {' '.join(parts)}".strip()
    return line if len(line) <= _LINE else f"{line[: _LINE - 1]}…"


def _as_meant(model: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    meant = {}
    known = given if model.model_config.get("extra") == "allow" else our_names(given, model.model_fields)
    for name, value in known.items():
        field = model.model_fields.get(name)
        if field is None:
            meant[name] = value
        elif value is not None or field.is_required() or type(None) in typing.get_args(field.annotation):
            meant[name] = _of_kind(field.annotation, value)
    return meant


def _of_kind(kind: Any, value: Any) -> Any:
    """Return a value that stands in quotes, or alone where a list belongs, as what belongs there."""
    wanted = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    origins = {typing.get_origin(each) or each for each in wanted}
    lists = origins & {list, tuple, set, frozenset}
    if isinstance(value, str) and str not in origins:
        try:
            read = json.loads(value)
        except (ValueError, RecursionError):
            read = {"True": True, "False": False, "None": None}.get(value, value)
        if isinstance(read, list | Mapping) and lists:
            value = read
        elif type(read) in origins or (type(read) is int and float in origins):
            return read
    inner = next(filter(_is_model, typing.get_args(_list_of(wanted))), None) if lists else None
    if inner is not None and isinstance(value, list | Mapping):
        items = value if isinstance(value, list) else [value]
        return [_as_meant(inner, item) if isinstance(item, Mapping) else item for item in items]
    if isinstance(value, float) and int in origins and float not in origins and value.is_integer():
        return int(value)
    if isinstance(value, list) and len(value) == 1 and not lists and type(value[0]) in origins:
        return value[0]
    if lists and isinstance(value, str | int | float) and type(value) in typing.get_args(_list_of(wanted)):
        return [value]
    return value


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _list_of(wanted: tuple[Any, ...]) -> Any:
    return next(each for each in wanted if typing.get_origin(each) in (list, tuple, set, frozenset))


def _problems(tool: Tool, wrong: ValidationError) -> str:
    found = wrong.errors(include_url=False, include_context=False, include_input=False)
    told = [f"{'.'.join(str(step) for step in each['loc']) or 'arguments'}: {each['msg']}" for each in found[:_SHOWN]]
    more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"the arguments do not fit {tool.name}: {'; '.join(told)}{more}"


def _kind(annotation: Any) -> str:
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "null"}
    if annotation in names:
        return names[annotation]
    if isinstance(annotation, types.UnionType):
        return " or ".join(_kind(each) for each in typing.get_args(annotation))
    if typing.get_origin(annotation) is typing.Literal:
        return " or ".join(json.dumps(each) for each in typing.get_args(annotation))
    if typing.get_origin(annotation) in (list, tuple, set, frozenset):
        inner = [each for each in typing.get_args(annotation) if each is not Ellipsis]
        return f"list of {_kind(inner[0])}" if inner else "list"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"object with {', '.join(annotation.model_fields)}"
    return "object"


def _one_line(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 and "\n" not in text else f"{' '.join(text.split())[:59]}…"
