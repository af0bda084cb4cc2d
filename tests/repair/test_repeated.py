"""Tests are run again and again in one interpreter; what can be run only once does not slow the others down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CODE = (
    'def half(n):\n    """\n    >>> half(4) + TWO\n    4\n    """\n    return n // 2\n\n\nTWO = 2\n\n\n'
    "def under(a, b):\n    return a > b\n"
)
TESTS = (
    "import contextlib\nimport pytest\nfrom code_ import half, under\n\n\n"
    "@contextlib.contextmanager\ndef gives(value):\n    yield value\n\n\n"
    "@pytest.fixture(autouse=True)\ndef around():\n    yield\n\n\n"
    "@pytest.mark.parametrize('rest', [iter([1])])\n"
    "def test_used_up(rest):\n    assert list(rest)\n\n\n"
    "@pytest.mark.parametrize('n', range(0, 30, 2))\n"
    "def test_even(n):\n    assert half(n) * 2 == n\n\n\n"
    "@pytest.mark.parametrize('expected', [gives(True)])\n"
    "def test_under(expected):\n    with expected as value:\n        assert under(3, 4) is value\n"
)


def test_a_search_judges_many_edits_in_one_interpreter_though_one_test_can_be_run_only_once(tmp_path: Path) -> None:
    """The examples of a docstring forget their names when they have run, and an iterator is used up."""
    (tmp_path / "code_.py").write_text(CODE)
    (tmp_path / "test_code.py").write_text(TESTS)
    passing = ["code_.py::code_.half", "test_code.py::test_used_up[rest0]"]
    passing += [f"test_code.py::test_even[{n}]" for n in range(0, 30, 2)]
    failing = ["test_code.py::test_under[expected0]"]
    spec = {
        "project": str(tmp_path), "files": ["code_.py"], "failing": failing, "passing": passing,
        "runner": "pytest", "options": ["--doctest-modules"], "seconds": 30.0, "candidates": 60,
    }  # fmt: skip
    ask = "import json, sys\nfrom agents.inside import repair\nsent = []\n"
    ask += "repair.main(json.load(sys.stdin), sent.append)\n"
    ask += "open('sent.json', 'w').write(json.dumps(sent))\n"

    subprocess.run(
        [sys.executable, "-B", "-c", ask.replace("sent.json", str(tmp_path / "sent.json"))], input=json.dumps(spec),
        cwd=tmp_path, text=True, check=True, env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"},
    )  # fmt: skip

    sent = json.loads((tmp_path / "sent.json").read_text())
    stats = next(one for one in sent if one["kind"] == "stats")
    assert stats["passing"] == len(passing) and stats["isolated"] == 1.0
    assert stats["plausible"] > 1, "a value that can be entered only once is made anew for each edit"
