"""Which code the failing tests run that are not the task's: whether one mistake may be behind them and its own."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Dict, Iterable, Mapping

from .cases import Case
from .clock import Clock
from .forks import in_fork
from .lines import Lines, Recorder
from .regions import Region
from .ticks import Counter

SECONDS = 2.0
"""Processor time of one test; ticks are counted in none of them."""
ENOUGH = 5.0
"""Seconds of work after which no other test is traced."""


def kin_by_region(
    cases: Iterable[Case], regions: Mapping[int, Any], wanted: Callable[[str], bool], counter: Counter, clock: Clock
) -> Dict[int, int]:
    """Return how many of the tests run each region; of module-level code, how many run anything of its file."""

    def traced() -> Dict[int, int]:
        found = dict.fromkeys(regions, 0)
        begun = Clock()
        for region in regions.values():
            if isinstance(region, Region):
                region.uncount()  # its lines are compared with those of the text
        for case in cases:
            if begun.seconds() > ENOUGH:
                break
            recorder = Recorder(wanted)
            recorder.record(partial(case.run, counter, seconds=SECONDS))
            for index, region in regions.items():
                found[index] += _is_run(region, recorder.lines)
        return found

    return in_fork(traced, 4 * ENOUGH, clock) or {}


def _is_run(region: Any, lines: Lines) -> bool:
    seen = lines.get(region.source.path, set())
    return bool(seen) and (not isinstance(region, Region) or any(region.first <= n <= region.last for n in seen))
