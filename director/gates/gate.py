"""The port of a gate: it measures one quality of one tree, and judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from agents.ports import SuiteResult, Target
from director.gates.by_file import FileReadings
from ledger.events import GateSpec, Reading


class MeasuredTree(Protocol):
    """A clean tree under measurement; what several gates need is measured once."""

    kept: FileReadings
    """What was found in single files before, so that it need not be looked for again."""

    @property
    def target(self) -> Target:
        """The tree, its interpreter, its sandbox."""
        ...

    @property
    def expected(self) -> frozenset[str]:
        """Ids of the tests that passed on the trusted checkpoint: each must pass here too."""
        ...

    @property
    def trusted(self) -> Path:
        """Project directory of the trusted checkpoint: what configures a measuring tool is read there."""
        ...

    @property
    def trusted_target(self) -> Target:
        """The trusted checkpoint as something that can be run, for what is only known by comparing."""
        ...

    async def suite(self) -> SuiteResult:
        """Return the whole suite's result with coverage; run once, shared by the gates."""
        ...


class Gate(Protocol):
    """One quality. Found by walking this folder, and by the entry points `kaizen.gates`."""

    name: str
    spec: GateSpec
    """Defaults of target, tolerance and ratchet."""

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Return the reading; an unmeasurable gate is a reading whose value is None, never an error."""
        ...


def by_name(gates: Sequence[Gate]) -> dict[str, Gate]:
    """Return the gates by name; raise ValueError when two share one."""
    found: dict[str, Gate] = {}
    for gate in gates:
        if gate.name in found:
            raise ValueError(f"two gates are called {gate.name}")
        found[gate.name] = gate
    return found
