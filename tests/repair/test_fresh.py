"""A patch is confirmed by the tests' own runner, and only what passes there without it can be lost by it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = "SEEN = []\ndef largest(values):\n    SEEN.append(values)\n    return min(values)\n"
TESTS = (
    "import code_\n"
    "def test_nothing_was_asked_yet(): assert code_.SEEN == []\n"
    "def test_one(): assert code_.largest([4]) == 4\n"
    "def test_largest(): assert code_.largest([1, 3, 2]) == 3\n"
)
ASK = """
import json, sys
from agents.inside.fresh import Fresh

spec, patch = json.load(sys.stdin)
verdict = Fresh(spec).confirmed(patch, 60.0)
sys.stderr.write(f" {verdict}")
"""


def verdict(folder: Path, text: str) -> str:
    (folder / "code_.py").write_text(CODE)
    (folder / "test_code.py").write_text(TESTS)
    kept = ["test_code.py::test_nothing_was_asked_yet", "test_code.py::test_one"]
    fixed = ["test_code.py::test_largest"]
    spec = {"project": str(folder), "failing": fixed, "passing": kept, "runner": "pytest"}
    patch = {"path": "code_.py", "text": text, "encoding": "utf-8", "fixed": fixed, "kept": kept}
    done = subprocess.run(
        [sys.executable, "-B", "-c", ASK], input=json.dumps([spec, patch]), cwd=folder, capture_output=True, text=True,
        env={"PYTHONPATH": f"{ROOT}:{folder}"}, check=False,
    )  # fmt: skip
    return done.stderr.split()[-1]


def test_a_test_that_fails_there_without_the_patch_is_not_lost_by_it(tmp_path: Path) -> None:
    """The failing tests are run first, and what they leave behind may fail another."""
    assert verdict(tmp_path, CODE.replace("min(", "max(")) == "True"


def test_a_test_that_passes_there_without_the_patch_is_lost_when_it_fails_with_it(tmp_path: Path) -> None:
    assert verdict(tmp_path, CODE.replace("min(values)", "3")) == "False"


def test_a_patch_that_mends_nothing_is_not_confirmed(tmp_path: Path) -> None:
    assert verdict(tmp_path, CODE.replace("min(values)", "min(values) + 0")) == "False"
