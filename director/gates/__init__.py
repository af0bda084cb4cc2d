"""The gates: one file each, found by walking this folder and by the entry points `kaizen.gates`."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from typing import Any

import msgspec

from director.gates.command import OwnCommand
from director.gates.gate import Gate, MeasuredTree, by_name
from ledger.events import Finding, GateSpec, Reading

LONGEST = 20_000
"""Characters of one text of a finding."""
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


def gate_for(gates: Mapping[str, Gate], spec: GateSpec) -> Gate:
    """Return what measures: the gate of that name, or, for a name the project chose, the one that runs commands."""
    return gates.get(spec.name) or gates[OwnCommand.name]


async def measure_all(gates: Sequence[tuple[Gate, GateSpec]], tree: MeasuredTree) -> tuple[Reading, ...]:
    """Return one reading for each gate, in order; a gate whose tool fails is unmeasurable and stops no other.

    What only reads the tree (`static`) is measured beside what runs its code, each lane one by one: two programs are
    at work, not twenty. What needs a quiet machine (`alone`) comes after both.
    """
    lanes: dict[str, list[int]] = {"running": [], "static": [], "alone": []}
    for number, (gate, _) in enumerate(gates):
        kind = next((word for word in ("alone", "static") if getattr(gate, word, False)), "running")
        lanes[kind].append(number)
    readings: dict[int, Reading] = {}
    async with asyncio.TaskGroup() as both:
        for kind in ("running", "static"):
            both.create_task(_one_by_one(gates, lanes[kind], tree, readings))
    await _one_by_one(gates, lanes["alone"], tree, readings)
    return tuple(readings[number] for number in range(len(gates)))


async def _one_by_one(
    gates: Sequence[tuple[Gate, GateSpec]], lane: Sequence[int], tree: MeasuredTree, readings: dict[int, Reading]
) -> None:
    for number in lane:
        gate, spec = gates[number]
        try:
            reading = await gate.measure(tree, spec)
        except Exception as failed:  # noqa: BLE001 - a gate may be anybody's, and reads what a stranger's program says
            reading = Reading(gate=spec.name, value=None, detail=f"{type(failed).__name__}: {failed}"[:500])
        readings[number] = _capped(reading)


def _capped(reading: Reading) -> Reading:
    more = reading.more + max(0, len(reading.findings) - SHOWN)
    shown = tuple(_short(finding) for finding in reading.findings[:SHOWN])
    return msgspec.structs.replace(reading, findings=shown, more=more, detail=reading.detail[:LONGEST])


def _short(finding: Finding) -> Finding:
    """Return a finding whose texts can be shown and kept: a report may hold megabytes, or half letters, for a name."""
    texts = {name: getattr(finding, name) for name in ("rule", "message", "path", "symbol")}
    fit = {name: text[:LONGEST].encode("utf-8", "backslashreplace").decode() for name, text in texts.items()}
    return msgspec.structs.replace(finding, **fit) if fit != texts else finding
