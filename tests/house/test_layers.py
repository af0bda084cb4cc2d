"""Who may import whom: the contracts of pyproject.toml."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT, shown, written

REGISTRIES = {"agents/registry.py", "agents/tools/found.py", "director/gates/__init__.py", "director/cli/checks.py"}
"""Where plug-ins are found by walking, and where doctor looks whose packages ours are."""
ROOMS = ("agents/", "dashboard/", "director/", "knowledge_graph/", "ledger/")


@pytest.mark.slow
def test_every_import_contract_is_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]

    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_registries_import_by_name() -> None:
    """The contracts cannot see such imports."""
    found = {
        shown(path)
        for path in written(".py")
        if shown(path).startswith(ROOMS) and not shown(path).startswith("agents/inside/")
        for name in imported_by_name(path)
        if name == "importlib.import_module" or name == "__import__"
    }

    assert found <= REGISTRIES


def imported_by_name(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)) if "import_module" in text or "__import__" in text else ():
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
