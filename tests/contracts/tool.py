"""What every tool promises, run on each one that is found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from agents.ports import Resources, Tool, ToolBench
from agents.tools.arguments import Unfitting, canonical, expected, read_arguments
from agents.tools.found import schema_of
from ledger.events import Risk
from tests.tool_bench import bench_over, contents

FILES = {
    "pkg/__init__.py": b"",
    "pkg/half.py": b"def half(n):\n    return n // 2\n",
    "tests/test_half.py": b"from pkg.half import half\n\n\ndef test_half():\n    assert half(4) == 2\n",
}
NAME = re.compile(r"[a-z][a-z0-9_]+")
RESOURCE = re.compile(r"(?:tree|git|network|model|file:.+|[a-z]+:.+|[a-z_]+)", re.DOTALL)
HOSTILE = (
    "",
    "x",
    "../../etc/passwd",
    "/etc/passwd",
    "a\x00b",
    "\ud800",
    "$(touch /tmp/x)",
    "é" * 400,
    "-",
    ".git/config",
)


def it_names_itself_and_says_what_it_is_for(tool: Tool) -> None:
    """A model sees name, text and schema, and nothing else."""
    schema = schema_of(tool)

    assert NAME.fullmatch(tool.name) and len(schema.description) >= 20
    assert len(schema.description) < 1500, "it is paid for with every call"
    json.dumps(schema.parameters)
    assert schema.parameters["type"] == "object" and schema.parameters["additionalProperties"] is False


def each_argument_says_what_it_is(tool: Tool) -> None:
    """A name is not enough."""
    fields = tool.arguments.model_fields.items()

    assert [name for name, field in fields if not (field.description or "").strip()] == []
    assert expected(tool).startswith(tool.name)


def it_takes_no_unknown_field(tool: Tool) -> None:
    """What a model makes up is told to it, not dropped."""
    given = plain_arguments(tool) | {"no_such_field": 1}

    try:
        read_arguments(tool, json.dumps(given))
    except Unfitting as refused:
        assert "no_such_field" in str(refused)
    else:
        raise AssertionError("an unknown field was taken")


def risk_and_resources_follow_from_the_arguments(tool: Tool) -> None:
    """Asked twice they say the same, and one that only reads writes nothing."""
    for arguments in some_arguments(tool):
        risk, resources = tool.risk(arguments), tool.resources(arguments)

        assert risk in get_args(Risk) and isinstance(resources, Resources)
        assert (risk, resources) == (tool.risk(arguments), tool.resources(arguments))
        assert all(RESOURCE.fullmatch(name) for name in resources.reads | resources.writes), resources
        assert risk != "read" or not resources.writes, "what only reads writes nothing"
        assert canonical(arguments) == canonical(read_arguments(tool, canonical(arguments)))


async def a_wrong_call_is_answered_and_harms_nothing(tool: Tool, folder: Path) -> None:
    """Nothing outside the project is touched, whatever the arguments say."""
    outside = folder / "outside.txt"
    outside.write_bytes(b"kept\n")
    project = folder / "project"
    for name, content in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(content)
    (project / "link").symlink_to(outside)

    for arguments in some_arguments(tool):
        if tool.risk(arguments) in ("read", "write"):
            result = await tool.run(arguments, bench(project))
            assert result.text.strip() or result.success, "a failure says what would be right"
            assert result.success or not result.changed

    assert outside.read_bytes() == b"kept\n" and sorted(contents(folder)) == sorted(
        {"outside.txt", *(f"project/{name}" for name in contents(project))}
    )


def bench(project: Path) -> ToolBench:
    """Return a bench over a folder, with a scratch of its own beside nothing."""
    return bench_over(project)


def plain_arguments(tool: Tool) -> dict[str, Any]:
    """Return arguments that fit the schema, made of it alone."""
    schema = tool.arguments.model_json_schema()
    return {
        name: _value(schema["properties"][name], schema) for name in schema.get("required", ())
    }  # fmt: skip


def some_arguments(tool: Tool) -> Iterator[Any]:
    """Yield checked arguments: plain ones, and hostile texts in each field that takes them."""
    plain = plain_arguments(tool)
    yield read_arguments(tool, json.dumps(plain))
    for name in tool.arguments.model_fields:
        for text in HOSTILE:
            try:
                yield read_arguments(tool, json.dumps(plain | {name: text}))
            except Unfitting:
                continue


def _value(of: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    if "$ref" in of:
        return _value(schema["$defs"][of["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in of:
        return _value(of["anyOf"][0], schema)
    if "enum" in of:
        return of["enum"][0]
    if "const" in of:
        return of["const"]
    if of.get("type") == "object":
        return {name: _value(of["properties"][name], schema) for name in of.get("required", ())}
    if of.get("type") == "array":
        return [_value(of["items"], schema)] if of.get("minItems") else []
    if of.get("type") in ("integer", "number"):
        return of.get("minimum", of.get("exclusiveMinimum", 0) + 1)
    if of.get("type") == "boolean":
        return False
    return "0" * 64 if "64" in of.get("pattern", "") else "pkg/half.py"


PROMISES = (
    it_names_itself_and_says_what_it_is_for,
    each_argument_says_what_it_is,
    it_takes_no_unknown_field,
    risk_and_resources_follow_from_the_arguments,
)
DONE = (a_wrong_call_is_answered_and_harms_nothing,)
