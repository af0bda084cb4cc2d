"""The gates: one file each, found by walking this folder and by the entry points `kaizen.gates`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from typing import Any

import msgspec

from agents.ports import AgentError
from director.gates.gate import Gate, MeasuredTree, by_name
from ledger.events import GateSpec, Reading

SHOWN = 500
"""Findings kept in one reading."""


def found_gates() -> dict[str, Gate]:
    """Return every gate by name, sorted; raise ValueError when two share one."""
    gates = [gate_class() for gate_class in _own()]
    for entry in sorted(entry_points(group="kaizen.gates"), key=lambda entry: entry.name):
        loaded = entry.load()
        gates.append(loaded() if inspect.isclass(loaded) else loaded)
    return dict(sorted(by_name(gates).items()))


def _own() -> Iterator[Any]:
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for _, found in inspect.getmembers(loaded, inspect.isclass):
            is_gate = all(hasattr(found, part) for part in ("name", "spec", "measure"))
            if found.__module__ == loaded.__name__ and is_gate:
                yield found


async def measure_all(gates: Sequence[tuple[Gate, GateSpec]], tree: MeasuredTree) -> tuple[Reading, ...]:
    """Return one reading for each gate, in order; a gate whose tool fails is unmeasurable and stops no other."""
    readings = []
    for gate, spec in gates:
        try:
            reading = await gate.measure(tree, spec)
        except (AgentError, OSError) as failed:
            reading = Reading(gate=spec.name, value=None, detail=f"{type(failed).__name__}: {failed}"[:500])
        readings.append(_capped(reading))
    return tuple(readings)


def _capped(reading: Reading) -> Reading:
    if len(reading.findings) <= SHOWN:
        return reading
    more = reading.more + len(reading.findings) - SHOWN
    return msgspec.structs.replace(reading, findings=reading.findings[:SHOWN], more=more)
