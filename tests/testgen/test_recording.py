"""What the job records of functions no test reaches, and what it refuses to record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.testgen.job import run_job
from tests.testgen.shelf_of_modules import ROWS, Row

Messages = list[dict[str, Any]]

pytestmark = pytest.mark.slow


def spec_for(rows: list[Row]) -> dict[str, Any]:
    paths = [f"{row.name}.py" for row in rows]
    return {
        "targets": [f"{row.name}.py::{row.target}" for row in rows], "files": paths, "tests": [], "seed": 3,
        "modules": {path: path[:-3] for path in paths}, "calls": 120, "most": 5, "seconds": 5,
    }  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    for row in ROWS:
        (folder / f"{row.name}.py").write_text(row.source)
    return folder


@pytest.fixture(scope="module")
def messages(root: Path) -> Messages:
    return run_job(root, spec_for(ROWS))


def shown(case: Mapping[str, Any]) -> str:
    """Return a case on one line."""
    told = case["call"]
    if case["raises"]:
        told += f" raises {case['raises']}"
    if case["expected"]:
        told += f" -> {case['expected'][0]}" + (" about" if case["expected"][1] else "")
    return " ".join([told, *(f"{text} == {now}" for text, now, _ in case["after"])])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_function_gives_what_it_must(row: Row, messages: Messages):
    """A case that can be read, or a reason why there is none."""
    own = [message for message in messages if message.get("target") == f"{row.name}.py::{row.target}"]
    told = {
        "case": [shown(message) for message in own if message["kind"] == "case"],
        "skipped": [message["why"] for message in own if message["kind"] == "skipped"],
        "finding": [message["message"] for message in own if message["kind"] == "finding"],
    }

    assert any(re.search(row.expect, text) for text in told[row.kind]), told
    if row.kind != "case":
        assert not told["case"]


def test_the_job_reaches_its_end_and_leaves_no_file(root: Path, messages: Messages):
    """Neither endless loops, nor huge values, nor functions that write, leave anything behind."""
    assert messages[-1] == {"kind": "done"}
    assert {path.suffix for path in root.iterdir() if path.is_file()} == {".py"}


def test_the_same_seed_records_the_same(root: Path):
    rows = [row for row in ROWS if row.name in ("branches", "keywords", "method", "mutation", "unhinted")]

    first, second = (run_job(root, spec_for(rows)) for _ in range(2))

    assert first == second


def test_every_branch_is_reached_by_few_cases(messages: Messages):
    """Three ways through, and the two edges where a fault would hide."""
    calls = [shown(message) for message in messages if message.get("target") == "branches.py::grade"]
    cases = [call for call in calls if "->" in call]

    assert {re.search(r'"(\w+)"', case)[1] for case in cases} == {"best", "good", "poor"}
    assert 'grade(60) -> "good"' in cases or 'grade(90) -> "best"' in cases
    assert len(cases) <= 6


def test_calls_of_other_tests_are_taken_up(tmp_path: Path):
    """How people call a thing says more than its types do."""
    (tmp_path / "tickets.py").write_text(
        "def price(zone, child):\n    if zone == 'Z9' and child:\n        return 7\n    return 3\n"
    )
    (tmp_path / "test_old.py").write_text(
        "import pytest\nfrom tickets import price\n\n"
        "@pytest.mark.skip\n@pytest.mark.parametrize('zone', ['Z9'])\ndef test_price(zone):\n"
        "    assert price(zone, child=True) == 7\n"
    )
    spec = {"targets": ["tickets.py::price"], "files": ["tickets.py"], "tests": ["test_old.py"], "seed": 1,
            "modules": {"tickets.py": "tickets"}, "calls": 20, "most": 5, "seconds": 5}  # fmt: skip

    told = [shown(message) for message in run_job(tmp_path, spec) if message["kind"] == "case"]

    assert 'price("Z9", child=True) -> 7' in told
