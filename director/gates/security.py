"""Gate `security`: dangerous code that bandit finds, and secrets that are committed."""

from __future__ import annotations

from agents.tools.dangers import find_dangers
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
        found = await find_dangers(tree.target, source_files(tree.target), tree.trusted)
        if found.why:
            return Reading(gate=spec.name, value=None, detail=found.why, tool=found.tool)
        worst = [*found.secrets, *found.code]
        said = f"{len(found.code)} dangerous places in the code, {len(found.secrets)} secrets"
        counts = {"code": len(found.code), "secrets": len(found.secrets), "in_tests": found.in_tests}
        return Reading(
            gate=spec.name, value=float(len(worst)), detail=said if worst else "no findings", tool=found.tool,
            findings=tuple(worst), counts={what: float(count) for what, count in counts.items()}, seconds=found.seconds,
        )  # fmt: skip
