"""Small projects of the tests' own, as targets that nothing confines."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import shutil
import sys
import tempfile
import venv
from pathlib import Path

from agents.sandbox.local import LocalSandbox
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import Environment

NEEDED = ("pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging", "pygments", "coverage")
"""What a suite is run with. The plugins of these very tests stay out: loading them takes longer than pytest itself."""


@functools.cache
def plain_python() -> Path:
    """Return an interpreter that has pytest and coverage, and nothing else; made once for these tests."""
    folder = Path(tempfile.mkdtemp(prefix="plain-python-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    venv.create(folder, symlinks=True, with_pip=False)
    site = next(folder.glob("lib/python3*/site-packages"))
    for name in NEEDED:
        found = importlib.util.find_spec(name)
        assert found is not None and found.origin is not None, f"{name} is not installed"
        place = Path(found.origin).parent if found.submodule_search_locations else Path(found.origin)
        (site / place.name).symlink_to(place)
    return folder / "bin" / "python"


def own_python() -> Environment:
    """The environment of the tests' own projects."""
    return Environment(python=plain_python(), version=sys.version.split()[0], source="base")


def project(folder: Path, files: dict[str, str], prefix: str = "") -> SandboxedTarget:
    """Write a small project and return it as a target."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return SandboxedTarget(LocalSandbox(), own_python(), folder, prefix)
