"""Tests that pass and fail on one tree: which are set aside, and which are the patch's own fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agents.ports import Limits, SuiteResult, TestOutcome
from agents.tools.target import SandboxedTarget
from director.referee.steady import Steadiness, SteadyTree, agreed, cut_short
from tests.target.plain import project

FLAKY = """import os
PLACE = {place!r}


def test_now_and_then():
    with open(PLACE, "a") as file:
        file.write("x")
    assert os.path.getsize(PLACE) {when}


def test_always():
    assert False
"""


def flaky(folder: Path, when: str, name: str = "tree") -> SandboxedTarget:
    """Return a tree with a test whose outcome depends on how often it was run before."""
    return project(folder / name, {"test_a.py": FLAKY.format(place=str(folder / f"count of {name}"), when=when)})


def steady(target: SandboxedTarget, trusted: SandboxedTarget | None = None, **suspected: str) -> SteadyTree:
    """Return a tree about whose tests nothing is known; with a trusted one it is a patch of that."""
    tree = SteadyTree(target, trusted=(trusted or target).project)
    known = {f"test_a.py::{name}": said for name, said in suspected.items()}
    tree.steadied(Steadiness(Limits(wall=60)), (), suspected=known, patched=trusted is not None)
    return tree


async def outcomes(tree: SteadyTree) -> dict[str, str]:
    """Return what counts of each test."""
    return {test.id.partition("::")[2]: test.outcome for test in (await tree.suite()).tests}


def test_a_clock_that_ends_a_run_takes_no_test_away_unless_one_is_known_to_hang() -> None:
    cut = SuiteResult("timeout", "pytest", detail="the tests were still running at the limit of wall time")
    halfway = replace(cut, tests=(TestOutcome("test_a.py::test_a", "passed"),))
    hung = replace(cut, tests=(TestOutcome("test_a.py::test_b", "error"),))

    assert cut_short(cut) and cut_short(halfway)
    assert not cut_short(hung), "a test that hangs is known by its name"
    assert not cut_short(replace(cut, detail="the tests were still running at the limit of cpu time"))


def test_a_test_hangs_that_the_clock_ended_twice_and_not_one_that_was_on_the_way() -> None:
    """On a machine with other work each run is ended somewhere else."""
    cut = SuiteResult("timeout", "pytest", detail="the tests were still running at the limit of wall time")
    at_b, at_c = (replace(cut, tests=(TestOutcome(f"t.py::test_{n}", "error", exception="Timeout"),)) for n in "bc")

    assert cut_short(agreed(at_b, at_c)) and not cut_short(agreed(at_b, at_b))
    assert agreed(at_b, replace(cut, outcome="ran", detail="")).outcome == "ran"


def test_a_test_that_never_ends_is_waited_for_once_and_not_in_each_run() -> None:
    quick, slow = TestOutcome("test_a.py::test_b", "passed", 0.1), TestOutcome("test_a.py::test_c", "failed", 3.0)
    endless = TestOutcome("test_a.py::test_d", "failed", 72.0, "Overrun", "still running after 60 CPU seconds")
    ended, hung = SuiteResult("ran", "pytest", (quick, slow)), SuiteResult("ran", "pytest", (quick, slow, endless))
    steadiness = Steadiness(Limits())

    steadiness.learn(replace(ended, cpu_seconds=3.1))
    before = steadiness.limits().test
    steadiness.learn(replace(hung, cpu_seconds=75.0))

    assert before is None, "a new test may take as long as any"
    assert steadiness.limits().test == 30.0, "ten times the longest that ended"


@pytest.mark.slow
async def test_a_flaky_test_is_quarantined_and_a_broken_one_is_not(tmp_path: Path) -> None:
    """It fails, passes alone and passes among the others: nobody can be judged by it."""
    tree = steady(flaky(tmp_path, "!= 1"))

    assert await outcomes(tree) == {"test_now_and_then": "skipped", "test_always": "failed"}

    steadiness = tree.steadiness
    assert steadiness.cpu > 0 and steadiness.limits().cpu
    (told,) = steadiness.news("t1")
    assert (told.test, told.tree) == ("test_a.py::test_now_and_then", "t1") and "AssertionError" in told.said
    assert steadiness.news("t2") == []


@pytest.mark.slow
async def test_a_test_that_a_patch_made_unsteady_is_not_quarantined(tmp_path: Path) -> None:
    """Over the patch it fails every other time, on the trusted tree never: it is the patch that is wrong."""
    tree = steady(flaky(tmp_path, "% 2 == 0"), flaky(tmp_path, "> 0", "trusted"))

    assert (await outcomes(tree))["test_now_and_then"] == "failed"
    assert tree.steadiness.quarantined == {}


@pytest.mark.slow
async def test_a_test_that_is_unsteady_without_the_patch_too_is_quarantined(tmp_path: Path) -> None:
    """It passes this time, but an earlier look saw it fail; it fails on the trusted tree as well."""
    tree = steady(
        flaky(tmp_path, "% 2 == 1"), flaky(tmp_path, "% 2 == 0", "trusted"), test_now_and_then="AssertionError"
    )

    assert (await outcomes(tree))["test_now_and_then"] == "skipped"
    assert tree.steadiness.quarantined == {"test_a.py::test_now_and_then": "AssertionError"}


@pytest.mark.slow
async def test_a_test_that_passes_only_alone_is_broken_by_the_others(tmp_path: Path) -> None:
    """Being rerun alone makes nothing green."""
    text = "seen = []\n\n\ndef test_a():\n    seen.append(1)\n\n\ndef test_b():\n    assert not seen\n"
    tree = steady(project(tmp_path, {"test_a.py": text}))

    assert (await outcomes(tree))["test_b"] == "failed"
    assert tree.steadiness.quarantined == {}


def test_what_was_quarantined_before_is_not_told_again() -> None:
    """A director that was begun anew knows from the ledger what it set aside."""
    steadiness = Steadiness(Limits())
    steadiness.remember({"test_a.py::test_old": "said"})
    steadiness.quarantined["test_a.py::test_new"] = "said"

    assert [event.test for event in steadiness.news("t")] == ["test_a.py::test_new"]
    assert set(steadiness.quarantined) == {"test_a.py::test_old", "test_a.py::test_new"}
