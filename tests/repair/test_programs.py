"""The search mends small programs of every kind, and its best patch is the right one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agents.ports import InsideRun
from agents.techniques.repair import applied
from tests.local_target import LocalTarget, write_tree
from tests.repair.programs import Program, programs

PROGRAMS = programs()
SECONDS = 25.0

pytestmark = pytest.mark.slow


def shown(program: Program) -> object:
    """The rarer programs are searched with the long tests: one takes about two seconds."""
    return pytest.param(program.name, marks=pytest.mark.soak) if program.rare else program.name


def searched(folder: Path, program: Program, seconds: float = SECONDS, **more: Any) -> InsideRun:
    """Write the program, ask which of its tests fail, and search a repair."""
    files = {"code_.py": program.code, "test_code.py": program.tests}
    target = LocalTarget(write_tree(folder, files | ({"conftest.py": program.conftest} if program.conftest else {})))
    suite = {
        "runner": program.runner,
        "files": ["code_.py"],
        "tests": ["test_code.py"],
        "paths": ["test_code.py"],
        "test_cpu": 1.0,
    }
    seen = asyncio.run(target.inside("suite", suite))
    tests = {message["id"]: message["outcome"] for message in seen.of("test")}
    spec = {
        "project": str(folder), "sources": ["code_.py"], "runner": program.runner, "tests": ["test_code.py"],
        "failing": [test for test, outcome in tests.items() if outcome in ("failed", "error")],
        "passing": [test for test, outcome in tests.items() if outcome == "passed"],
        "seconds": seconds,
    }  # fmt: skip
    assert spec["failing"], f"{program.name} has no failing test"
    return asyncio.run(target.inside("repair", spec | more))


def mended(program: Program, patch: Mapping[str, Any]) -> str:
    """Return the program's text with a patch applied."""
    new = applied(program.code.encode(), patch["encoding"], patch["splices"])
    assert new is not None
    return new.decode()


@pytest.mark.parametrize("name", [shown(program) for program in PROGRAMS.values()])
def test_the_best_patch_is_the_right_one(name: str, tmp_path: Path) -> None:
    """A person would have written the patch that stands first."""
    program = PROGRAMS[name]

    run = searched(tmp_path, program)

    patches = [mended(program, message) for message in run.of("patch")]
    right = [any(text in patch for text in program.right) for patch in patches]
    assert right[:1] == [True], f"right at {right.index(True) if True in right else None}: {patches[:3]}"


def test_the_same_search_finds_the_same_patch(tmp_path: Path) -> None:
    """Budgets count ticks and candidates: nothing but the clock's backstop could make two searches differ."""
    program = PROGRAMS["missing_return"]

    first, second = (searched(tmp_path / name, program, candidates=300) for name in ("one", "two"))

    patches = [[m["splices"] for m in run.of("patch")] for run in (first, second)]
    assert patches[0] == patches[1] != []
