"""What a change of the worktree is held to before it is proposed: the project's own tests, by their own ids."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.ports import Limits
from agents.techniques.trial import accepted, before
from tests.target.plain import project

pytestmark = pytest.mark.slow

WRONG = "def double(n):\n    return n + 1\n\n\ndef half(n):\n    return n // 2\n"
UNITTESTS = (
    "import unittest\nfrom sums import double, half\n\n\nclass Sums(unittest.TestCase):\n"
    "    def test_double(self):\n        self.assertEqual(double(3), 6)\n\n"
    "    def test_half(self):\n        self.assertEqual(half(4), 2)\n"
)
PYTESTS = (
    "from sums import double, half\n\n\ndef test_double():\n    assert double(3) == 6\n\n\n"
    "def test_half():\n    assert half(4) == 2\n"
)


@pytest.mark.parametrize("tests", [UNITTESTS, PYTESTS], ids=["unittest", "pytest"])
@pytest.mark.parametrize(
    ("code", "why"),
    [
        (WRONG, "test_double"),
        (WRONG.replace("n + 1", "n * 2").replace("n // 2", "n"), "breaks 1 test"),
        (WRONG.replace("n + 1", "n * 2"), ""),
    ],
    ids=["mends nothing", "breaks another", "mends"],
)
def test_a_change_is_accepted_only_when_its_tests_turn_green_and_none_is_lost(
    tmp_path: Path, tests: str, code: str, why: str
) -> None:
    target = project(tmp_path, {"sums.py": WRONG, "test_sums.py": tests})
    was = before(asyncio.run(target.suite()), ())

    (tmp_path / "sums.py").write_text(code)
    said = asyncio.run(accepted(target, was, was.red, Limits(wall=60)))

    assert said.why == "" if not why else why in said.why
    assert bool(said.green) == (not why)


@pytest.mark.parametrize("tests", [UNITTESTS, PYTESTS], ids=["unittest", "pytest"])
def test_a_module_that_can_be_collected_again_counts_as_mended(tmp_path: Path, tests: str) -> None:
    target = project(tmp_path, {"sums.py": WRONG.replace("double", "twice"), "test_sums.py": tests})
    was = before(asyncio.run(target.suite()), ())
    assert was.red == ("test_sums.py",)

    (tmp_path / "sums.py").write_text(WRONG)
    said = asyncio.run(accepted(target, was, was.red, Limits(wall=60)))

    assert said.why == ""
