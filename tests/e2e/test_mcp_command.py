"""Another program uses Kaizen over standard input and output, under the user's rules."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agents.tools.mcp import Connection, Server
from tests.support.repositories import make

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
RULES = '[[approvals]]\nverdict = "deny"\ntool = "references"\n\n[[approvals]]\nverdict = "ask"\ntool = "kaizen_run"\n'


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests starts a program slowly."""
    monkeypatch.setattr("agents.tools.mcp.STARTS", 240.0)


def repository(folder: Path) -> Path:
    make(folder, {"shelf.py": "class Shelf:\n    def add(self): ...\n", "tests/test_a.py": "def test_a(): ...\n"})
    (folder / ".env").write_text("TOKEN=never-shown\n")
    return folder


@asynccontextmanager
async def kaizen(folder: Path, rules: str = "") -> AsyncIterator[Connection]:
    home = folder / "home"
    home.mkdir()
    (home / "kaizen.toml").write_text(rules)
    command = (sys.executable, "-P", "-m", "director", "mcp", str(repository(folder / "user")))
    variables = {"KAIZEN_HOME": str(home), "PYTHONPATH": str(ROOT)}
    connection = Connection(Server("kaizen", command, environment=variables, seconds=240.0))
    try:
        yield connection
    finally:
        await connection.close()


def said(answer: object) -> str:
    return "\n".join(part.text for part in answer.content)  # type: ignore[attr-defined]


async def test_another_program_reads_the_last_commit_under_the_users_rules(tmp_path: Path) -> None:
    async with kaizen(tmp_path, RULES) as connection:
        names = {tool.name for tool in await connection.tools()}
        outline = await connection.call("outline", {"path": "shelf.py"})
        secret = await connection.call("search_text", {"pattern": "never-shown"})
        wrong = await connection.call("symbols", {"nmae": "x"})
        status = await connection.call("kaizen_status", {})
        unknown = await connection.call("write_file", {"path": "a", "content": "b"})
        denied = await connection.call("references", {"name": "Shelf"})
        asked = await connection.call("kaizen_run", {"iterations": 1})

    assert {"outline", "symbols", "git_log", "kaizen_run", "kaizen_status", "kaizen_gates"} <= names
    assert not {"write_file", "edit_file", "run_command", "git_push", "explain"} & names
    assert "class Shelf" in said(outline) and outline.structured_content["definitions"] == 2
    assert "no line matches" in said(secret)
    assert wrong.is_error and "takes a JSON object with name" in said(wrong)
    assert status.is_error and "there is no project yet" in said(status)
    assert unknown.is_error and "there is no tool" in said(unknown)
    assert denied.is_error and "policy says deny" in said(denied)
    assert asked.is_error and "needs a person's answer" in said(asked)


@pytest.mark.soak
async def test_another_program_starts_a_run(tmp_path: Path) -> None:
    async with kaizen(tmp_path) as connection:
        done = await connection.call("kaizen_run", {"iterations": 1, "wait": 90})
        gates = json.loads(said(await connection.call("kaizen_gates", {})))

    assert done.structured_content["ended"], said(done)
    assert "tests" in {gate["name"] for gate in gates}
