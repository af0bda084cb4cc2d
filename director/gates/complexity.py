"""Gate `complexity`: how many functions branch more than anybody can follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from itertools import chain

from agents.ports import Limits
from agents.tools.target import own_ruff
from director.gates.by_file import FindingsIn, findings_by_file, grouped
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.lint import findings_of, why_not
from director.gates.sources import source_files
from ledger.events import GateSpec, Reading

LIMIT = 15
LIMITS = Limits(wall=120, output=64 * 1024 * 1024)


class Complexity:
    """Counts functions over a limit of cyclomatic complexity, worst first."""

    name = "complexity"
    spec = DEFAULTS["complexity"]
    static = True

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Ask Kaizen's own ruff, isolated; no comment leaves a function out."""
        limit = int(spec.options.get("limit", LIMIT))
        files = source_files(tree.target)
        tool = f"ruff {version('ruff')}, C901 over {limit}"
        if not files:
            return Reading(gate=spec.name, value=None, detail="no code of the project was found", tool=tool)
        seconds = 0.0

        async def look(named: Sequence[str]) -> FindingsIn | str:
            nonlocal seconds
            done = await tree.target.run([*_argv(limit), "--", *(named or files)], limits=LIMITS)
            seconds = done.seconds
            if done.outcome != "exited" or done.exit > 1 or done.truncated:
                return f"ruff could not measure: {why_not(done)}"
            return grouped(findings_of(done.stdout, tree.target))

        by_file = await findings_by_file(tree.target.project, files, (self.name, tool), look, tree.kept)
        if isinstance(by_file, str):
            return Reading(gate=spec.name, value=None, detail=by_file, tool=tool)
        found = list(chain(*by_file.values()))
        unread = sorted({finding.path for finding in found if finding.rule != "C901"})
        if unread:
            return Reading(gate=spec.name, value=None, detail=f"{unread[0]} is no valid Python: mend it", tool=tool)
        over = sorted(found, key=lambda finding: (-_complexity(finding.message), finding.path, finding.line))
        worst = f", the worst has {_complexity(over[0].message)}" if over else ""
        said = f"{len(over)} of the functions are over {limit}{worst}" if over else f"no function is over {limit}"
        total = sum(_complexity(finding.message) - limit for finding in over)
        return Reading(
            gate=spec.name, value=float(len(over)), detail=said, tool=tool, findings=tuple(over),
            counts={"over": float(len(over)), "excess": float(total)}, seconds=seconds,
        )  # fmt: skip


def _argv(limit: int) -> list[str]:
    return [
        str(own_ruff()), "check", "--isolated", "--no-cache", "--no-respect-gitignore", "--ignore-noqa", "--no-fix",
        "--select", "C901", "--config", f"lint.mccabe.max-complexity={limit}", "--output-format", "json-lines",
    ]  # fmt: skip


def _complexity(message: str) -> int:
    found = re.search(r"\((\d+) > \d+\)", message)
    return int(found.group(1)) if found else 0
