"""Whether tests behave the same each time they are run in one interpreter, in whatever order."""

from __future__ import annotations

from typing import Dict, List, Sequence

from .clock import Clock
from .forks import in_fork
from .trial import Trial

ODD = 0.1
"""Share of the tests that may be such that they can be run only once."""


def isolated(trial: Trial, passing: Sequence[int], clock: Clock) -> bool:
    """Return whether tests behave the same when they are run in another order in one interpreter.

    A few passing tests that can be run only once are left out then: each patch is confirmed with them anyway.
    """
    cheap: List[int] = []
    left = 1.0
    for index in [*trial.first, *reversed(passing)]:
        left -= trial.bases[index].seconds
        if left > 0 and trial.bases[index].seconds < 0.05 and len(cheap) < 150:
            cheap.append(index)

    def odd() -> List[int]:
        found: Dict[int, None] = {}
        for order in (cheap, list(reversed(cheap))):
            for index in order:
                if trial.cases[index].run(trial.counter, 3_000_000, 5.0).status != trial.bases[index].status:
                    found[index] = None
        return list(found)

    for _ in range(2):
        once = in_fork(odd, 20.0, clock)
        if once is None or len(once) > ODD * len(cheap) or set(once) & set(trial.first):
            return False
        cheap = [index for index in cheap if index not in once]
        trial.leave_out(once)
        if not once:
            return True
    return False


def canary(trial: Trial, clock: Clock) -> List[int]:
    """Return a few cheap tests that behave the same, to the tick, each time they are run."""
    quick = [i for i in trial.bases if trial.bases[i].seconds < 0.02]
    cheap = sorted(quick, key=lambda i: trial.bases[i].ticks)[-40:]

    def steady() -> List[int]:
        found = []
        for index in cheap[:24]:
            runs = [trial.cases[index].run(trial.counter, 3_000_000, 2.0) for _ in range(2)]
            same = all(run.status == trial.bases[index].status for run in runs)
            if same and (runs[0].ticks == runs[1].ticks == trial.bases[index].ticks or runs[0].status == "f"):
                found.append(index)
        return found[:4]

    return in_fork(steady, 10.0, clock) or []
