"""Small projects of the tests' own, as targets that nothing confines."""

from __future__ import annotations

import sys
from pathlib import Path

from agents.sandbox.local import LocalSandbox
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import Environment


def own_python() -> Environment:
    """The interpreter of these tests: it has pytest and coverage."""
    return Environment(python=Path(sys.executable), version=sys.version.split()[0], source="base")


def project(folder: Path, files: dict[str, str], prefix: str = "") -> SandboxedTarget:
    """Write a small project and return it as a target."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return SandboxedTarget(LocalSandbox(), own_python(), folder, prefix)
