"""One gate: count what somebody meant to do later, on two trees, and let the judge compare them.

python examples/01_one_gate.py
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from agents.sandbox.local import LocalSandbox
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import Environment
from agents.workspace.layout import python_files, read_text
from director.core.judge import judge, met
from director.gates.gate import MeasuredTree
from director.gates.tree import CleanTree
from ledger.events import Finding, GateSpec, Reading


class Later:
    """Counts comments that put something off."""

    name = "later"
    spec = GateSpec(name="later", better="lower", target=0, tolerance=0, unit=" comments")

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Read every Python file of the project; nothing of it is run."""
        project = tree.target.project
        found = [
            Finding(rule="later", message=line.strip(), path=path, line=number)
            for path in python_files(project)
            for number, line in enumerate(read_text(project / path).splitlines(), start=1)
            if re.search(r"#.*\b(LATER|SOMEDAY)\b", line)
        ]
        return Reading(gate=spec.name, value=float(len(found)), findings=tuple(found))


def clean_tree(folder: Path, text: str) -> CleanTree:
    """Return a tree of one file as something that can be measured."""
    folder.mkdir()
    (folder / "shop.py").write_text(text)
    python = Environment(python=Path(sys.executable), version=sys.version.split()[0], source="base")
    return CleanTree(SandboxedTarget(LocalSandbox(), python, folder))


async def main() -> None:
    """Measure before and after, and judge."""
    with tempfile.TemporaryDirectory() as folder:
        before = clean_tree(Path(folder) / "before", "def price():  # SOMEDAY: taxes\n    return 3  # LATER: read it\n")
        after = clean_tree(Path(folder) / "after", "def price():\n    return 3  # LATER: read it\n")
        old, new = [await Later().measure(tree, Later.spec) for tree in (before, after)]
    for finding in old.findings:
        print(f"{finding.path}:{finding.line}  {finding.message}")
    verdict = judge([Later.spec], [old], [new])
    print(f"{old.value:g} -> {new.value:g}: lands {verdict.lands}, because {verdict.gains}; met {met(Later.spec, new)}")


asyncio.run(main())
