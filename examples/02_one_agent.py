"""One agent: the coder mends what the linter finds in a small tree. No model, no daemon.

python examples/02_one_agent.py
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from agents.brains.classical import ClassicalBrain
from agents.ports import Workbench
from agents.registry import find_roles
from agents.sandbox.local import LocalSandbox
from agents.techniques.dead_code import UnusedCode
from agents.techniques.lint import LintFixes
from agents.tools.target import SandboxedTarget, own_ruff
from agents.workspace.environment import Environment
from director.gates.lint import lint_arguments
from ledger.events import AttemptId, Task, TaskId

BEFORE = "import os\nimport json\n\n\ndef read(text):\n    return json.loads(text) if text != None else None\n"
TASK = Task(id=TaskId("lint:lint"), kind="lint", gate="lint", role="coder", title="lint findings with a safe fix")


async def main() -> None:
    """Hand the coder a workbench over a folder, and show what it brings."""
    ruff = own_ruff()
    techniques = (
        LintFixes(ruff, lambda target: lint_arguments(target.project, target.root)),
        UnusedCode(ruff, lambda target: lint_arguments(target.project, target.root)),
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "read.py"
        file.write_text(BEFORE)
        python = Environment(python=Path(sys.executable), version=sys.version.split()[0], source="base")
        bench = Workbench(
            attempt=AttemptId("r1.i1.a1"),
            target=SandboxedTarget(LocalSandbox(), python, Path(folder)),
            readings={},
            recall=lambda fingerprint: None,
            seed=1,
            seconds=30,
            record=lambda event: print("recorded:", event),
            progress=lambda line: print("doing:   ", line),
        )
        coder = find_roles()["coder"](ClassicalBrain(techniques))
        print(f"{coder.name}: {coder.charge}\n")
        print("brought: ", await coder.work(TASK, bench), "\n\n" + file.read_text())


asyncio.run(main())
