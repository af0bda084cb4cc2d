"""What the debugger's techniques leave in the worktree is what the real suite accepted, or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.brains.classical import ClassicalBrain
from agents.ports import Nothing, Outcome, Proposal, SuiteResult, TestOutcome, Workbench
from agents.roles.debugger import Debugger
from agents.techniques.recall import ProvenFix
from agents.techniques.repair import TemplateRepair
from agents.tools.target import SandboxedTarget
from knowledge_graph.recall import Recalled
from ledger.events import AttemptId, Fingerprint, Task, TaskId
from tests.target.plain import project

CODE = (
    "def clamp(x, low, high):\n    if x < low:\n        return low\n    if x > high:\n"
    "        return low  # the end\n    return x\n"
)
TESTS = (
    "from shop import clamp\n\n\ndef test_high():\n    assert clamp(9, 0, 5) == 5\n\n\n"
    "def test_low():\n    assert clamp(-9, 0, 5) == 0\n\n\ndef test_between():\n    assert clamp(3, 0, 5) == 3\n"
)
DIFF = (
    "diff --git a/shop.py b/shop.py\n--- a/shop.py\n+++ b/shop.py\n@@ -3,4 +3,4 @@\n"
    "         return low\n     if x > high:\n-        return low  # the end\n"
    "+        return high  # the end\n     return x\n"
)

RED = ("test_shop.py::test_high",)

pytestmark = pytest.mark.slow


def tried(
    technique: Any, target: SandboxedTarget, recall: Recalled | None = None, targets: tuple[str, ...] = RED,
    suite: SuiteResult | None = None, seconds: float = 150.0,
) -> Outcome:  # fmt: skip
    """Let a technique work on the failing test."""
    bench = Workbench(
        attempt=AttemptId("r1.i1.a1"), target=target, readings={}, recall=lambda _: recall, seed=1,
        seconds=seconds, record=lambda _: None, progress=lambda _: None, suite=suite,
    )  # fmt: skip
    task = Task(
        id=TaskId("t1"), kind="failing_test", gate="tests", role="debugger", title="test_high fails",
        targets=targets, fingerprint=Fingerprint("f1"),
    )  # fmt: skip
    return asyncio.run(Debugger(ClassicalBrain([technique])).work(task, bench))


def test_a_small_edit_is_proposed_once_the_real_suite_accepts_it(tmp_path: Path) -> None:
    """The worktree holds the change and nothing else; options of plugins that are not installed are in nobody's way."""
    ini = "[pytest]\naddopts = --cov=shop --cov-report term --doctest-modules --plugin-that-is-not-here\n"
    target = project(tmp_path, {"shop.py": CODE, "test_shop.py": TESTS, "pytest.ini": ini})

    outcome = tried(TemplateRepair(), target)

    assert isinstance(outcome, Proposal), outcome
    assert outcome.fixes == (Fingerprint("f1"),)
    assert (tmp_path / "shop.py").read_text() == CODE.replace("return low  # the end", "return high  # the end")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pytest.ini", "shop.py", "test_shop.py"]


def test_where_no_edit_helps_the_function_is_named(tmp_path: Path) -> None:
    """The answer is no, with the place, and the worktree is as it was."""
    code = "def rate(country):\n    return 7\n"
    tests = "from shop import rate\n\n\ndef test_high():\n"
    tests += "    assert [rate(c) for c in 'abcd'] == [3.25, 19.5, 0.125, 44.75]\n"
    target = project(tmp_path, {"shop.py": code, "test_shop.py": tests})

    outcome = tried(TemplateRepair(candidates=400), target)

    assert isinstance(outcome, Nothing)
    assert [(place.path, place.symbol, place.line) for place in outcome.localised] == [("shop.py", "rate", 2)]
    assert (tmp_path / "shop.py").read_text() == code


def test_a_module_that_cannot_be_imported_is_mended(tmp_path: Path) -> None:
    """The failing tests are then a file that could not be collected."""
    code = "LIMITS = {'low': 1, 'high': 5}\nSPAN = LIMITS['hihg'] - LIMITS['low']\n\n\ndef span():\n    return SPAN\n"
    tests = "from shop import span\n\n\ndef test_span():\n    assert span() == 4\n"
    target = project(tmp_path, {"shop.py": code, "test_shop.py": tests})

    outcome = tried(TemplateRepair(), target, targets=("test_shop.py",))

    assert isinstance(outcome, Proposal), outcome
    assert "LIMITS['high'] - LIMITS['low']" in (tmp_path / "shop.py").read_text()


def test_what_landed_before_is_applied_again(tmp_path: Path) -> None:
    """A proven diff that fits to the byte needs no search."""
    target = project(tmp_path, {"shop.py": CODE, "test_shop.py": TESTS})

    outcome = tried(ProvenFix(), target, Recalled(Fingerprint("f1"), 2, (DIFF,)))

    assert isinstance(outcome, Proposal), outcome
    assert "return high  # the end" in (tmp_path / "shop.py").read_text()


def test_other_tests_that_are_known_to_fail_are_not_waited_for(tmp_path: Path) -> None:
    """Wrong code makes tests endless: who mends another bug would run into them before and after."""
    endless = "\n\n\ndef test_endless():\n    while True:\n        clamp(1, 0, 5)\n"
    known = asyncio.run(project(tmp_path / "before", {"shop.py": CODE, "test_shop.py": TESTS}).suite())
    beside = TestOutcome("test_shop.py::test_endless", "failed", 30.0, "Overrun", "still running after 30 CPU seconds")
    target = project(tmp_path / "now", {"shop.py": CODE, "test_shop.py": TESTS + endless})

    fix = Recalled(Fingerprint("f1"), 2, (DIFF,))
    outcome = tried(ProvenFix(), target, fix, suite=replace(known, tests=(*known.tests, beside)), seconds=15.0)

    assert isinstance(outcome, Proposal), outcome


def test_a_proven_diff_that_does_not_help_here_leaves_no_trace(tmp_path: Path) -> None:
    """The suite has the last word."""
    target = project(tmp_path, {"shop.py": CODE, "test_shop.py": TESTS})
    wrong = DIFF.replace("+        return high", "+        return x")

    outcome = tried(ProvenFix(), target, Recalled(Fingerprint("f1"), 2, (wrong,)))

    assert isinstance(outcome, Nothing)
    assert (tmp_path / "shop.py").read_text() == CODE
