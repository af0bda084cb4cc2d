"""Runs the job as the target would be run: a fresh interpreter, the spec on stdin, answers on descriptor 3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

INSIDE = Path(__file__).parents[2] / "agents" / "inside"


def run_job(root: Path, spec: dict[str, Any], source: str = ".", seconds: float = 120.0) -> list[dict[str, Any]]:
    """Return the messages of one run."""
    reading, writing = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-P", "-B", "-s", str(INSIDE / "__main__.py"), "testgen"],
        cwd=root,
        stdin=subprocess.PIPE,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(root / source),
            "KAIZEN_FIRST": str(root / source),
            "PYTHONHASHSEED": "0",
        },
        preexec_fn=lambda: os.dup2(writing, 3),
        pass_fds=(3,),
    )
    os.close(writing)
    assert child.stdin is not None
    child.stdin.write(json.dumps(spec).encode())
    child.stdin.close()
    with os.fdopen(reading, "rb") as stream:
        data = stream.read()
    child.wait(seconds)
    return [json.loads(line) for line in data.splitlines()]
