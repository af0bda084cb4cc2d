"""The scripts under `examples/` run, each by itself, and say what they promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAYS = {
    "00_replay_a_ledger.py": "the row was altered",
    "01_one_gate.py": "2 -> 1: lands True",
    "02_one_agent.py": "ruff: 1 fix in 1 file",
    "03_one_technique.py": '__all__ = ["circle", "square"]',
    "04_ask_the_graph.py": "with other values it is the same",
    "05_drive_the_core.py": "asked the same again: [(), (), ()]",
}


def test_every_script_is_known_here() -> None:
    """A new example is run, too."""
    assert {path.name for path in (ROOT / "examples").glob("[0-9]*.py")} == set(SAYS)


@pytest.mark.slow
@pytest.mark.parametrize("script", sorted(SAYS))
def test_a_script_says_what_it_promises(script: str) -> None:
    """It needs nothing but an installed Kaizen."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert SAYS[script] in done.stdout
