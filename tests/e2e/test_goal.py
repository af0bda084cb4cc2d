"""A goal in words, from an empty repository to a delivered branch, over real HTTP with a scripted model."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agents.models.script import Line, Script, ScriptedCall
from agents.models.server.app import Counter
from agents.models.server.serve import serving
from tests.e2e.command import Done, Kaizen
from tests.support.repositories import git, make

pytestmark = pytest.mark.slow

GOAL = "A till that adds up prices"
STEPS = [
    {"id": "Total", "title": "Prices are added up", "acceptance": "till.total([2, 3]) == 5"},
    {
        "id": "readme", "title": "A README says what it is", "acceptance": "a newcomer understands it",
        "needs": ["Total"], "opinion": True,
    },
]  # fmt: skip
TEST = "import till\n\n\ndef test_total():\n    assert till.total([2, 3]) == 5\n"
SLACK = "def test_total():\n    assert True\n"
FIRST, SECOND = "# Task\nPrices are", "# Task\nA README"
TILL = '"""A till."""\n\n\ndef total(prices):\n    """Return the sum."""\n    return sum(prices)\n'


def does(name: str, **arguments: Any) -> tuple[ScriptedCall, ...]:
    return (ScriptedCall(name=name, arguments=arguments),)


def at_work(**more: Any) -> list[Line]:
    """What the model says: the coder writes the work, and slackens the test it was given."""
    tester, coder = {"contains": "You are the tester"}, {"contains": "You are the coder"}
    return [
        Line(contains="You are the planner", tool_calls=does("finish", steps=STEPS), times=0),
        Line(**tester, turn=0, tool_calls=does("write_file", path="tests/test_total.py", content=TEST), times=0),
        Line(**tester, tool_calls=does("finish", summary="The test stands."), times=0),
        Line(**coder, last=FIRST, turn=0, tool_calls=does("write_file", path="till.py", content=TILL), times=0),
        Line(**coder, last=SECOND, turn=0, tool_calls=does("write_file", path="README.md", content="# A till\n")),
        Line(
            **coder, last="till.py", turn=1, tool_calls=does("write_file", path="tests/test_total.py", content=SLACK),
            times=0,
        ),
        Line(**coder, tool_calls=does("finish", summary="Built what was asked for."), times=0),
        Line(contains="You are the reviewer", tool_calls=does("finish", satisfied=True, opinion="It is."), times=0),
    ]  # fmt: skip


async def reached(kaizen: Kaizen, repository: Path, script: Sequence[Line] = ()) -> Done:
    kaizen.home.mkdir(parents=True, exist_ok=True)
    (kaizen.home / "kaizen.toml").write_text("[gates.coverage]\nenabled = false\n[gates.lint]\nenabled = false\n")
    async with serving(Counter(Script(tuple(script or at_work())))) as server:
        return await asyncio.to_thread(
            kaizen.run, repository, "--goal", GOAL, "--model", "openai/scripted", "--allow-unknown-price", "--offline",
            seconds=600, KAIZEN_API_BASE=server.address, OPENAI_API_KEY="none",
        )  # fmt: skip


async def test_a_goal_is_reached_from_an_empty_repository(tmp_path: Path) -> None:
    """Facts, a plan, tests that fail first, work that passes them, an opinion; a slackened test counts nothing."""
    repository = tmp_path / "till"
    repository.mkdir()
    git(repository, "init", "--quiet", ".")

    done = await reached(Kaizen(tmp_path / "home"), repository)

    assert done.status == 0, done.err
    order = [e["kind"] for e in done.events if e["kind"] in ORDER]
    assert order == ORDER
    assert done.of("AcceptanceWritten")[0]["tests"] == ["tests/test_total.py::test_total"]
    assert git(repository, "show", "kaizen/run-1:tests/test_total.py") == TEST.strip()
    assert git(repository, "ls-tree", "-r", "--name-only", "kaizen/run-1").split() == [
        "README.md", "tests/test_total.py", "till.py",
    ]  # fmt: skip
    last = done.of("BranchMeasured")[-1]["readings"]
    assert next(r for r in last if r["gate"] == "goal")["detail"].endswith(
        "by the opinion of openai/scripted, not by a test"
    )


ORDER = ["FactsGathered", "PlanMade", "AcceptanceWritten", "PatchLanded", "PatchLanded", "OpinionGiven", "RunEnded"]


JAVASCRIPT = {
    "sum.js": "exports.sum = (a, b) => a + b;\n",
    "test/sum.test.js": "const test = require('node:test');\nconst { sum } = require('../sum.js');\n"
    "test('sums', () => { if (sum(1, 2) !== 3) throw new Error('wrong'); });\n",
    "kaizen.toml": "[gates.unit]\ncommand = ['node', '--test', '--test-reporter=junit']\nread = 'junit'\n",
}
JS_STEP = {"id": "total", "title": "Prices are added up", "acceptance": "total([1, 2]) of total.js is 3"}
JS_TEST = (
    "const test = require('node:test');\nconst { total } = require('../total.js');\n"
    "test('totals', () => { if (total([1, 2]) !== 3) throw new Error('wrong'); });\n"
)
JS_FILES = ("test/total.test.js", "total.js")
JS_TOTAL = "exports.total = (prices) => prices.reduce((a, b) => a + b, 0);\n"


async def test_a_goal_in_another_language_is_shown_by_tests_that_its_own_command_runs(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("node is not installed")
    repository = make(tmp_path / "sum", JAVASCRIPT)
    tester, coder = {"contains": "You are the tester"}, {"contains": "You are the coder"}
    test, work = JS_FILES
    script = [
        Line(contains="You are the planner", tool_calls=does("finish", steps=[JS_STEP]), times=0),
        Line(**tester, last="runs: node --test", turn=0, tool_calls=does("write_file", path=test, content=JS_TEST)),
        Line(**tester, tool_calls=does("finish", summary="The test stands."), times=0),
        Line(**coder, turn=0, tool_calls=does("write_file", path=work, content=JS_TOTAL)),
        Line(**coder, turn=1, tool_calls=does("write_file", path=test, content="")),
        Line(tool_calls=does("finish", summary="Done."), times=0),
    ]  # fmt: skip

    done = await reached(Kaizen(tmp_path / "home"), repository, script)

    assert done.status == 0, done.err
    written = done.of("AcceptanceWritten")[0]
    assert (written["gate"], written["tests"]) == ("unit", ["test/total.test.js"])
    assert git(repository, "show", "kaizen/run-1:test/total.test.js") == JS_TEST.strip()
    assert {gate["name"]: gate["met"] for gate in done.ended["gates"]} == {"goal": True, "unit": True}


def test_without_a_command_that_runs_tests_a_goal_in_another_language_is_not_begun(tmp_path: Path) -> None:
    files = {path: text for path, text in JAVASCRIPT.items() if path != "kaizen.toml"}

    done = Kaizen(tmp_path / "home").run(
        make(tmp_path / "sum", files), "--goal", GOAL, "--model", "openai/scripted", "--allow-unknown-price",
        OPENAI_API_KEY="none",
    )  # fmt: skip

    assert done.status == 2 and "holds javascript and no Python: a goal is shown by tests" in done.one_line


def test_without_a_model_a_goal_ends_at_once_with_what_to_do(tmp_path: Path) -> None:
    repository = make(tmp_path / "shop")

    done = Kaizen(tmp_path / "home").run(repository, "--goal", GOAL)

    assert done.status == 2 and "a goal in words needs a model: name one by --model or KAIZEN_MODEL" in done.one_line
    assert not json.dumps(done.out).strip('"')
