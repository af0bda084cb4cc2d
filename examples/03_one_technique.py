"""One technique, whole: sort the names in `__all__`. It proposes, or it says no and leaves the tree as it was.

python examples/03_one_technique.py
"""

from __future__ import annotations

import ast
import asyncio
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from agents.brains.classical import ClassicalBrain
from agents.ports import Nothing, Outcome, Proposal, Workbench
from agents.workspace.layout import parse, python_files, read_text
from ledger.events import AttemptId, Task, TaskId

TASK = Task(id=TaskId("t"), kind="lint", gate="lint", role="coder", title="tidy what is exported")


class SortedExports:
    """Sorts the names of a module's `__all__` when they stand on one line."""

    name = "sorted_exports"

    async def try_on(self, task: Task, bench: Workbench) -> Outcome:
        """Propose the tree with sorted names, or answer no."""
        changed = [path for path in python_files(bench.target.project) if _sort(bench.target.project / path)]
        if not changed:
            return Nothing("the names of every `__all__` are sorted")
        return Proposal(self.name, f"sort `__all__` in {', '.join(changed)}")


def _sort(file: Path) -> bool:
    lines = read_text(file).splitlines(keepends=True)
    tree = parse("".join(lines))
    for node in tree.body if tree else []:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() as names, lineno=first, end_lineno=last):
                exported = ast.literal_eval(names)
                if first == last and exported != sorted(exported):
                    lines[first - 1] = f"__all__ = {sorted(exported)!r}\n".replace("'", '"')
                    file.write_text("".join(lines))
                    return True
    return False


async def main() -> None:
    """Let a brain try it twice: the second time there is nothing left to do."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "shapes.py").write_text('__all__ = ["square", "circle"]\n')
        target: Any = SimpleNamespace(project=Path(folder), root=Path(folder))
        bench = Workbench(AttemptId("a1"), target, {}, lambda fingerprint: None, 1, 10, lambda event: None, print)
        for _ in range(2):
            print(await ClassicalBrain([SortedExports()]).work(TASK, bench))
        print((Path(folder) / "shapes.py").read_text())


asyncio.run(main())
