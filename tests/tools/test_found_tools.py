"""The tools that are found, and the contract each of them keeps."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from agents.tools.found import Unfit, find_tools, schema_of
from tests.contracts.tool import DONE, PROMISES

TOOLS = find_tools(())
OURS = ("read_file", "write_file", "edit_file", "delete_file", "list_files", "read_result")


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_keeps_its_promises(name: str) -> None:
    for promise in PROMISES:
        promise(TOOLS[name])


@pytest.mark.parametrize("promise", DONE, ids=lambda each: each.__name__)
@pytest.mark.parametrize("name", OURS)
async def test_a_file_tool_keeps_what_it_promises_of_its_runs(name: str, promise: Any, tmp_path: Path) -> None:
    await promise(TOOLS[name], tmp_path)


def test_tools_are_found_in_a_stable_order_with_the_same_words() -> None:
    assert list(TOOLS) == sorted(TOOLS) and set(OURS) <= set(TOOLS)
    assert [schema_of(tool) for tool in TOOLS.values()] == [schema_of(tool) for tool in find_tools(()).values()]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("agents.tools.offered.read_file:ReadFile", "two tools are called read_file"),
        ("agents.tools.offered.nothing:Nothing", "does not load"),
        ("agents.tools.offered.read_file:Arguments", "does not load"),
        ("agents.tools.offered.list_files:Arguments", "is no tool, it lacks risk"),
        ("collections:OrderedDict", "is no tool"),
    ],
)
def test_a_tool_of_another_package_that_cannot_be_taken_in_is_refused_by_name(value: str, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        find_tools([EntryPoint("one", value, "kaizen.tools")])
