"""PURE: how far each step of a plan is on a tree, as the gate `goal` counts it."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.events import Reading

GOAL = "goal"
"""Name of the gate, and what its tasks name as theirs."""
_COUNTED = "step "


def shares(readings: Iterable[Reading]) -> dict[str, float]:
    """Return by step the share of its acceptance tests that pass; empty when the goal was not measured."""
    return {
        name.removeprefix(_COUNTED): share
        for reading in readings
        if reading.gate == GOAL
        for name, share in reading.counts.items()
        if name.startswith(_COUNTED)
    }
