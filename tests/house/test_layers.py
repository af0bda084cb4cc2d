"""Who may import whom: the contracts of pyproject.toml hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("director", "dashboard", "agents", "knowledge_graph", "ledger")
REGISTRIES = {
    "agents/registry.py", "director/gates/__init__.py", "director/cli/checks.py", "agents/inside/__main__.py",
}  # fmt: skip
"""Where modules are found by walking a folder: the contracts cannot see what is imported there."""


@pytest.mark.slow
def test_every_import_contract_is_kept() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:]


def test_nothing_imports_our_own_rooms_in_ways_the_contracts_cannot_see() -> None:
    dynamic = []
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if name in REGISTRIES or "node_modules" in name:
                continue
            calls = [ast.unparse(n.func) for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
            if name.startswith("agents/inside/"):
                continue  # loads the target's modules, and stands under a contract of its own
            dynamic += [name for call in calls if call.endswith(("import_module", "__import__"))]

    assert dynamic == []
