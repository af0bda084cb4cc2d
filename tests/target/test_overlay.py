"""What the target's interpreter lacks, its jobs find beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.tools.target import INSIDE


@pytest.mark.slow
@pytest.mark.parametrize("job", ["mapping", "suite"])
def test_a_job_that_needs_pytest_begins_where_only_the_overlay_has_it(tmp_path: Path, job: str) -> None:
    """Without it a project that has no pytest of its own would never be mapped."""
    reading, writing = os.pipe()
    overlay = Path(pytest.__file__).parents[1]
    command = f'exec 3>&{writing}; exec "{sys.executable}" -S -P -B "{INSIDE}/__main__.py" {job}'
    spec = b'{"files": [], "tests": [], "shared": {}, "addopts": [], "prefix": "", "flaky": [], "runner": "pytest",'
    spec += b' "select": null, "coverage": false, "contexts": false, "test_cpu": 9, "test_wall": 9}'

    done = subprocess.run(
        ["bash", "-c", command], input=spec, cwd=tmp_path, pass_fds=[writing], capture_output=True, check=False,
        env={**os.environ, "KAIZEN_LAST": str(overlay), "PYTHONPATH": ""},
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading, "rb") as channel:
        told = channel.read().decode()

    assert told.endswith('{"kind": "done"}\n'), done.stderr.decode()[-500:]
