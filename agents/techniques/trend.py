"""PURE: how the gates move: their slope over the measurements of a ledger, and when a target will be reached."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.events import (
    AnyEvent,
    BaselineMeasured,
    BranchMeasured,
    GateSpec,
    PatchLanded,
    PatchMeasured,
    Reading,
    RunStarted,
)

T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""Two-sided 95 % quantiles of Student's t for 1, 2, … degrees of freedom; 1.96 beyond."""


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one gate on the branch, in the order they were measured."""

    spec: GateSpec
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """The line through a series, and what it promises; measured in measurements, not in hours."""

    spec: GateSpec
    now: float
    slope: float
    """Change of the value from one measurement to the next."""
    error: float
    """Standard error of the slope."""
    count: int
    steps: float | None = None
    """Measurements until the target is met, 0 when it is; None when the line does not lead there."""
    soonest: float | None = None
    latest: float | None = None
    """The ends of the 95 % interval of `steps`; None when it has no end."""


def series_of(events: Iterable[AnyEvent]) -> tuple[Series, ...]:
    """Return the values of every gate of the last run's gates, over all runs of a ledger."""
    specs: dict[str, GateSpec] = {}
    measured: dict[str, tuple[Reading, ...]] = {}
    values: dict[str, list[float]] = {}
    for event in events:
        readings: tuple[Reading, ...] = ()
        match event:
            case RunStarted():
                specs = {spec.name: spec for spec in event.gates}
            case BaselineMeasured() | BranchMeasured():
                readings = event.readings
            case PatchMeasured():
                measured[event.attempt] = event.readings
            case PatchLanded():
                readings = measured.get(event.attempt, ())
        for reading in readings:
            if reading.value is not None:
                values.setdefault(reading.gate, []).append(reading.value)
    return tuple(Series(spec, tuple(values[name])) for name, spec in specs.items() if name in values)


def trend_of(series: Series) -> Trend:
    """Return the least-squares line of a series and the forecast by its slope's interval."""
    values, count = series.values, len(series.values)
    now = values[-1]
    met = now >= series.spec.target if series.spec.better == "higher" else now <= series.spec.target
    if count < 2:
        return Trend(series.spec, now, 0.0, math.inf, count, steps=0.0 if met else None)
    slope, intercept = statistics.linear_regression(range(count), values)
    residual = sum((value - intercept - slope * n) ** 2 for n, value in enumerate(values))
    spread = sum((n - (count - 1) / 2) ** 2 for n in range(count))
    error = math.sqrt(residual / (count - 2) / spread) if count > 2 else math.inf
    if met:
        return Trend(series.spec, now, slope, error, count, 0.0, 0.0, 0.0)
    quantile = T95[count - 3] if 3 <= count < 3 + len(T95) else 1.96
    ends = (slope - quantile * error, slope + quantile * error)
    fastest, slowest = (max(ends), min(ends)) if series.spec.target > now else (min(ends), max(ends))
    steps, soonest, latest = (_steps(now, series.spec.target, each) for each in (slope, fastest, slowest))
    return Trend(series.spec, now, slope, error, count, steps, soonest, latest)


def weakest_first(trends: Sequence[Trend]) -> list[Trend]:
    """Return the trends of unmet gates, the one with the most weight left to gain first."""
    return sorted((t for t in trends if t.steps != 0), key=lambda t: (-distance(t) * t.spec.weight, t.spec.name))


def distance(trend: Trend) -> float:
    """Return how far a gate is from its target, 0 to 1: relative to the larger of both, so that units do not count."""
    size = max(abs(trend.spec.target), abs(trend.now))
    return min(1.0, abs(trend.spec.target - trend.now) / size) if size else 0.0


def told(trend: Trend) -> str:
    """Return a trend in one line for people."""
    spec = trend.spec
    line = f"{spec.name} is {trend.now:.4g}{spec.unit}, the target {spec.target:.4g}{spec.unit}"
    if trend.steps == 0:
        return f"{line}: met"
    if trend.count < 3:
        return f"{line}: too few measurements for a trend ({trend.count})"
    line += f"; it moves by {trend.slope:+.3g} a measurement (± {trend.error:.2g}, {trend.count} measurements)"
    if trend.steps is None:
        return f"{line}; that does not lead to the target"
    latest = f"{trend.latest:.0f}" if trend.latest is not None else "never"
    soonest = f"{trend.soonest:.0f}" if trend.soonest is not None else "?"
    return f"{line}; the target in {trend.steps:.0f} measurements (95 %: {soonest} to {latest})"


def _steps(now: float, target: float, slope: float) -> float | None:
    if not math.isfinite(slope) or slope == 0 or (target - now) / slope < 0:
        return None if math.isfinite(slope) else 1.0 if (target - now) * slope > 0 else None
    return max(1.0, math.ceil((target - now) / slope))
