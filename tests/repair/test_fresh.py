"""A patch is confirmed by the tests' own runner, and only what passes there without it can be lost by it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CODE = "def largest(values):\n    return min(values)\n"
TESTS = (
    "import code_, os, unittest\n"
    "class Parts(unittest.TestCase):\n"
    "    def test_parts(self):\n"
    "        with self.subTest('absent'): self.skipTest('not here')\n"
    "        self.assertEqual(code_.largest([2]), 2)\n"
    "def test_outside(): assert 'OUTSIDE' in os.environ\n"
    "def test_one(): assert code_.largest([4]) == 4\n"
    "def test_largest(): assert code_.largest([1, 3, 2]) == 3\n"
    "def test_of_another_mistake():\n"
    "    while True: pass\n"
)
ASK = """
import json, sys
from agents.inside.fresh import Fresh

spec, patch = json.load(sys.stdin)
verdict = Fresh(spec).confirmed(patch, 20.0)
sys.stderr.write(f" {verdict}")
"""


def verdict(folder: Path, text: str) -> str:
    (folder / "code_.py").write_text(CODE)
    (folder / "test_code.py").write_text(TESTS)
    kept = [f"test_code.py::{name}" for name in ("test_outside", "test_one", "Parts::test_parts")]
    fixed = ["test_code.py::test_largest"]
    options = ["--cov=code_", "--doctest-modules", "-p", "no:unraisableexception", "--plugin-that-is-not-here"]
    failing = [*fixed, "test_code.py::test_of_another_mistake"]
    spec = {"project": str(folder), "failing": failing, "passing": kept, "runner": "pytest", "options": options}
    patch = {"path": "code_.py", "text": text, "encoding": "utf-8", "fixed": fixed, "kept": kept}
    done = subprocess.run(
        [sys.executable, "-B", "-c", ASK], input=json.dumps([spec, patch]), cwd=folder, capture_output=True, text=True,
        env={"PYTHONPATH": f"{ROOT}:{folder}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, check=False,
    )  # fmt: skip
    return done.stderr.split()[-1]


def test_a_test_that_fails_there_without_the_patch_is_not_lost_by_it(tmp_path: Path) -> None:
    """What stood in the environment elsewhere may be missing; a test of which a part is skipped has passed."""
    assert verdict(tmp_path, CODE.replace("min(", "max(")) == "True"


def test_a_test_that_passes_there_without_the_patch_is_lost_when_it_fails_with_it(tmp_path: Path) -> None:
    assert verdict(tmp_path, CODE.replace("min(values)", "3")) == "False"


def test_a_patch_that_mends_nothing_is_not_confirmed(tmp_path: Path) -> None:
    assert verdict(tmp_path, CODE.replace("min(values)", "min(values) + 0")) == "False"
