"""PURE: the quality score, one number from 0 to 100 for all gates together."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ledger.events import GateSpec, Reading

_BELOW_FULL = math.nextafter(100.0, 0.0)


def quality_score(readings: Iterable[Reading], specs: Iterable[GateSpec]) -> float:
    """Return the weighted mean over the gates of how near each is to its target, times 100.

    A gate that is met counts 1. One where more is better counts `value / target`; one where less is better counts
    `target / value`, or `1 / (1 + value)` when the target is 0. A gate with no reading, or an unmeasurable one,
    counts 0. So the score never falls when a gate moves towards its target, and it is 100 exactly when all gates
    are met. Of two readings of a gate the last counts; readings of other gates do not. No gates at all give 0:
    nothing is shown to be good.
    """
    values = {reading.gate: reading.value for reading in readings}
    asked = tuple(specs)
    parts = [nearness(values.get(spec.name), spec) for spec in asked]
    if not asked:
        return 0.0
    if all(part == 1.0 for part in parts):
        return 100.0
    weights = [max(spec.weight, 0.0) for spec in asked]
    if not any(weights):
        weights = [1.0] * len(asked)
    total = math.fsum(weights)
    mean = math.fsum(weight / total * part for weight, part in zip(weights, parts, strict=True))
    return min(100.0 * mean, _BELOW_FULL)


def nearness(value: float | None, spec: GateSpec) -> float:
    """Return how near a value is to its gate's target: 1 exactly when it is met, towards 0 the further it is."""
    if value is None or math.isnan(value):
        return 0.0
    away = spec.target - value if spec.better == "higher" else value - spec.target
    if away <= 0:
        return 1.0
    if spec.better == "lower" or spec.target <= 0:
        near = 1.0 / (1.0 + away / (spec.target if spec.target > 0 else 1.0))
    else:
        near = max(value, 0.0) / spec.target
    return min(near, math.nextafter(1.0, 0.0))
