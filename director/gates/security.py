"""Gate `security`: dangerous code that bandit finds, and secrets that are committed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from agents.tools.dangers import (
    GUESSES,
    Dangers,
    as_dangers,
    both_tools,
    code_dangers,
    committed_secrets,
    skipped,
)
from director.gates.by_file import FindingsIn, every_file, findings_by_file, grouped
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.sources import source_files
from ledger.events import GateSpec, Reading


class Security:
    """Counts findings of medium and high severity in the project's code, and secrets anywhere but in its tests."""

    name = "security"
    spec = DEFAULTS["security"]
    static = True

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Run both tools isolated, with the tests that the trusted checkpoint skips; `nosec` hides nothing."""
        found = await _found(tree)
        if found.why:
            return Reading(gate=spec.name, value=None, detail=found.why, tool=found.tool)
        worst = [*found.secrets, *found.code]
        said = f"{len(found.code)} dangerous places in the code, {len(found.secrets)} secrets"
        counts = {"code": len(found.code), "secrets": len(found.secrets), "in_tests": found.in_tests}
        return Reading(
            gate=spec.name, value=float(len(worst)), detail=said if worst else "no findings", tool=found.tool,
            findings=tuple(worst), counts={what: float(count) for what, count in counts.items()}, seconds=found.seconds,
        )  # fmt: skip


async def _found(tree: MeasuredTree) -> Dangers:
    sources, tool = source_files(tree.target), both_tools()
    seconds = 0.0

    async def code(files: Sequence[str]) -> FindingsIn | str:
        nonlocal seconds
        part = await code_dangers(tree.target, files or sources, tree.trusted)
        seconds += part.seconds
        return part.why or grouped(part.findings)

    async def secrets(files: Sequence[str]) -> FindingsIn | str:
        nonlocal seconds
        part = await committed_secrets(tree.target, files)
        seconds += part.seconds
        return part.why or grouped(part.findings)

    project, kept = tree.target.project, tree.kept
    rules = ("bandit", tool, *skipped(tree.trusted))
    in_code = await findings_by_file(project, sources, rules, code, kept)
    if isinstance(in_code, str):
        return Dangers(tool=tool, why=in_code)
    committed = await findings_by_file(project, every_file(project), ("secrets", tool, *GUESSES), secrets, kept)
    if isinstance(committed, str):
        return Dangers(tool=tool, why=committed)
    return as_dangers(chain(*in_code.values()), chain(*committed.values()), seconds)
