"""Gate `performance`: whether a benchmark of the project's has become slower, as far as noise lets one be certain."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from agents.ports import Limits, Target
from director.gates.command import OUTPUT, SECONDS, measuring_files, read_value, without_command
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.readers import Read
from ledger.events import Finding, GateSpec, Reading

ROUNDS = (7, 14, 28)
"""Pairs after which the interval is looked at; enough is enough."""
NARROW = 10.0
"""Width of the interval, in per cent, that tells something."""
DRAWS = 2000
SURE = 0.95
SHORTEST = 0.01
"""CPU seconds a benchmark must take: below, only the start of the program is measured."""


class Performance:
    """Runs the benchmark on both trees by turns, so that whatever slows the machine slows both."""

    name = "performance"
    spec = DEFAULTS["performance"]
    alone = True

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Compare with the trusted checkpoint; an interval too wide to tell anything is no value.

        It is held against nobody when runs of the trusted checkpoint alone differ as much.
        """
        if not spec.command:
            return without_command(spec, 'name a benchmark, e.g. command = ["python", "bench.py"]')
        pairs: list[Pair] = []
        for rounds in ROUNDS:
            while len(pairs) < rounds:
                pair = await _pair(tree, spec, first_here=len(pairs) % 2 == 0)
                if isinstance(pair, str):
                    return Reading(gate=spec.name, value=None, detail=pair, tool=_tool(spec, len(pairs)))
                pairs.append(pair)
            low, high = slower(pairs)
            if high - low <= NARROW or low > spec.target:
                break
        tool = _tool(spec, len(pairs))
        interval = f"{low:+.1f} % to {high:+.1f} % of time beside the trusted checkpoint ({SURE:.0%} sure)"
        if high - low > NARROW and low <= spec.target:
            if is_noisy([pair.trusted for pair in pairs]):
                why = f"too noisy: {interval}; let the benchmark run longer, or quieten the machine"
                return Reading(gate=spec.name, value=None, detail=why, tool=tool, basis="noise")
            why = f"it varies here and not on the trusted checkpoint: {interval}; make it take the same time each time"
            return Reading(gate=spec.name, value=None, detail=why, tool=tool)
        value = round(max(0.0, low), 2)
        said = f"slower: {interval}" if value else f"no slower: {interval}"
        findings = (Finding(rule="slower", message=interval),) if value > spec.target else ()
        seconds = sum(pair.here + pair.trusted for pair in pairs)
        return Reading(
            gate=spec.name, value=value, detail=said, tool=tool, findings=findings,
            counts={"low": round(low, 2), "high": round(high, 2), "pairs": float(len(pairs))},
            seconds=round(seconds, 3),
        )  # fmt: skip


class Pair(NamedTuple):
    """One run on each tree, side by side in time."""

    here: float
    trusted: float


def slower(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Return between which two shares, in per cent, the measured tree is slower; drawn anew from the pairs."""
    draw = random.Random(0)
    shares = [100 * (pair.here / pair.trusted - 1) for pair in pairs]
    medians = sorted(statistics.median(draw.choices(shares, k=len(shares))) for _ in range(DRAWS))
    out = int(DRAWS * (1 - SURE) / 2)
    return medians[out], medians[-1 - out]


def is_noisy(times: Sequence[float]) -> bool:
    """Return whether runs of one and the same tree differ so much among themselves that nothing could be told."""
    low, high = slower([Pair(later, earlier) for earlier, later in pairwise(times)])
    return high - low > NARROW


async def _pair(tree: MeasuredTree, spec: GateSpec, *, first_here: bool) -> Pair | str:
    order = (tree.target, tree.trusted_target) if first_here else (tree.trusted_target, tree.target)
    took = []
    for target in order:
        one = await _once(target, tree, spec)
        if isinstance(one, str):
            return one if target is order[0] and first_here else f"on the trusted checkpoint: {one}"
        took.append(one)
    return Pair(*took) if first_here else Pair(*reversed(took))


async def _once(target: Target, tree: MeasuredTree, spec: GateSpec) -> float | str:
    """Return what one run took, or why it tells nothing: CPU seconds, or the number the benchmark itself says."""
    limits = Limits(wall=float(spec.options.get("seconds", SECONDS)), output=OUTPUT)
    wanted = (spec.options["file"],) if spec.options.get("file") else ()
    done = await target.produce(spec.command, collect=wanted, laid=measuring_files(tree, spec), limits=limits)
    read: Read = read_value(done, spec)
    if read.value is None:
        return read.detail
    if "read" not in spec.options:
        if read.value:
            return read.detail
        if done.completed.cpu_seconds < SHORTEST:
            return f"the benchmark takes less than {SHORTEST:g} s of CPU time: let it do more"
        return done.completed.cpu_seconds
    if read.value <= 0:
        return f"the benchmark says {read.value:g}: a duration or a rate is above 0"
    return read.value if spec.options.get("counts") != "higher" else 1 / read.value


def _tool(spec: GateSpec, pairs: int) -> str:
    return f"{' '.join(spec.command)[:150]}, {pairs} pairs"
