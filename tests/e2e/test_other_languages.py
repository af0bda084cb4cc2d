"""A repository without Python is run when it names a command; what it names is believed only when it was measured."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.e2e.command import Kaizen
from tests.support.repositories import make

pytestmark = pytest.mark.slow

SUM = {
    "sum.js": "exports.sum = (a, b) => a + b;\n",
    "test/sum.test.js": "const test = require('node:test');\nconst { sum } = require('../sum.js');\n"
    "test('sums', () => { if (sum(1, 2) !== 3) throw new Error('wrong'); });\n",
    "kaizen.toml": "[gates.unit]\ncommand = ['node', '--test', '--test-reporter=junit']\nread = 'junit'\n"
    "trusted = ['test/**']\n\n[gates.build]\ncommand = ['no-such-compiler']\n",
}


def test_a_javascript_project_is_run_by_its_own_commands(kaizen: Kaizen, tmp_path: Path) -> None:
    """What is there passes; what is not there is unmeasurable, keeps the run from its end and says why."""
    if shutil.which("node") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("node is not installed")

    done = kaizen.run(make(tmp_path / "sum", SUM), "--offline")

    assert done.status == 3, done.err
    assert {gate["name"]: (gate["after"], gate["met"]) for gate in done.ended["gates"]} == {
        "unit": (0.0, True), "build": (None, False),
    }  # fmt: skip
    assert "no-such-compiler could not be started" in done.ended["left"][0]["why"]
