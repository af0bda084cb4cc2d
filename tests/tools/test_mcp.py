"""Tools of servers the user names are tools like all others; a server that misbehaves is a failed tool and no more."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.ports import Tool, ToolBench
from agents.tools.arguments import Unfitting
from agents.tools.found import schema_of
from agents.tools.mcp import Server, Servers, tidy_name
from agents.tools.policy import verdict
from tests.tools.bench import bench_without_past, call

pytestmark = pytest.mark.slow
SERVER = str(Path(__file__).with_name("mcp_server.py"))


def server(*habits: str, seconds: float = 120.0, **variables: str) -> Server:
    return Server("tests", (sys.executable, SERVER, *habits), environment=variables, seconds=seconds)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests starts a program slowly."""
    monkeypatch.setattr("agents.tools.mcp.STARTS", 240.0)


@pytest.fixture
def bench(tmp_path: Path) -> ToolBench:
    return bench_without_past(tmp_path, {})


async def the_tools(servers: Servers) -> Mapping[str, Tool]:
    return (await servers.offered()).tools


async def test_a_servers_tools_are_offered_under_names_of_their_own(bench: ToolBench) -> None:
    async with Servers([server()]) as servers:
        offered = await servers.offered()
        add = offered.tools["mcp_tests_add"]
        done = await call(add, bench, '{"a": 2, "b": 40}')

        assert next(iter(offered.tools)) == "mcp_tests_add" and len(offered.tools) == 3
        assert "huge is left out" in offered.problems[0]
        assert done.success and done.text == "42"
        assert schema_of(add).parameters["required"] == ["a", "b"]
        assert "\x1b" not in schema_of(add).description and "outside of the sandbox" in schema_of(add).description


async def test_arguments_are_checked_by_the_servers_schema(bench: ToolBench) -> None:
    async with Servers([server()]) as servers:
        add = (await the_tools(servers))["mcp_tests_add"]

        for wrong in ('{"a": 2}', '{"a": "x", "b": 1}', '{"a": 1, "b": 2, "c": 3}'):
            with pytest.raises(Unfitting, match="takes a JSON object with a, b"):
                await call(add, bench, wrong)


async def test_every_call_risks_what_the_user_said_and_is_asked_about() -> None:
    async with Servers([server()]) as servers:
        add = (await the_tools(servers))["mcp_tests_add"]
        arguments = add.arguments.model_validate({"a": 1, "b": 2})

        assert add.risk(arguments) == "network"
        assert verdict((), add.name, add.risk(arguments), add.resources(arguments)).verdict == "ask"


async def test_a_server_sees_no_secret_of_the_environment(bench: ToolBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    async with Servers([server(TOKEN="given")]) as servers:
        tools = await the_tools(servers)
        name = next(name for name in tools if name.startswith("mcp_tests_environment"))

        said = json.loads((await call(tools[name], bench)).text)

    assert "TOKEN" in said and "OPENAI_API_KEY" not in said and "PYTHONPATH" not in said


@pytest.mark.parametrize(
    ("how", "success", "text"),
    [
        ("fail", False, "it did not work"),
        ("garbage", True, r"\x07 \u202e quiet"),
        ("picture", True, "[image image/png, 4 characters]"),
        ("die", False, "the server tests"),
        ("hang", False, "did not answer misbehave within 1 s"),
    ],
)
async def test_what_a_server_does_is_a_result(bench: ToolBench, how: str, success: bool, text: str) -> None:
    async with Servers([server(seconds=1.0)]) as servers:
        tools = await the_tools(servers)

        done = await call(tools["mcp_tests_misbehave"], bench, json.dumps({"how": how}))
        after = await call(tools["mcp_tests_misbehave"], bench, "{}")

    assert (done.success, text in done.text) == (success, True), done.text
    assert after.success


async def test_a_server_that_cannot_be_used_is_told_and_the_others_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.tools.mcp.STARTS", 3.0)
    missing = Server("missing", ("/nonexistent/program",))
    silent = Server("silent", (sys.executable, SERVER, "hang"))
    nowhere = Server("nowhere", url="http://127.0.0.1:9/mcp")

    async with Servers([missing, silent, nowhere, server()]) as servers:
        offered = await servers.offered()

    assert "mcp_tests_add" in offered.tools
    assert [problem.split()[2] for problem in offered.problems[:3]] == ["missing", "silent", "nowhere"]


async def test_a_closed_server_is_gone() -> None:
    servers = Servers([server()])
    await servers.offered()
    before = len(asyncio.all_tasks())

    await servers.close()

    assert len(asyncio.all_tasks()) < before


@pytest.mark.parametrize(
    ("named", "name"),
    [(("a", "read"), "mcp_a_read"), (("a-b", "Read File!"), "mcp_a_b_read_file"), (("x", "y" * 90), "mcp_x_yyy")],
)
def test_names_are_those_a_provider_takes(named: tuple[str, str], name: str) -> None:
    tidy = tidy_name(*named)

    assert tidy.startswith(name) and len(tidy) <= 48
    assert tidy_name("a-b", "c") != tidy_name("a", "b_c")
