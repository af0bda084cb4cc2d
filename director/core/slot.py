"""PURE: which patches hold the landing slot together, and how far they are.

Patches that wait while others land are put one upon the other and confirmed by one whole run. When they are not good
together, the first half of them is measured, until the one that is not good stands alone: it alone is rejected.
Who ends more failures goes first: of two patches that please a test, that one is the likelier to be right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from director.core.state import Attempt, Run
from ledger.events import AttemptId, Fingerprint, Reading, Task

MOST = 6
"""Patches that are confirmed together at most, so that of six one at least is measured in full."""
WORTH = 5.0
"""Seconds the suite must take: below, a whole run costs no more than all that is asked of a patch before it."""
KINDS = frozenset({"failing_test", "lint", "dead_code", "findings"})
"""Kinds of tasks whose patches may be confirmed together; of new tests only a whole run tells what they are worth."""


class Standing(NamedTuple):
    """The patches of the slot as they stand one upon the other."""

    stood: tuple[Attempt, ...]
    """Those that are in their place, in order."""
    next: Attempt | None
    """The first that is not, None when all are."""
    below: str
    """Tree that the next one is to be put on; with all in place, the tree of all of them."""


def held(run: Run) -> Run:
    """Return the run with the slot given on when nobody holds it; who comes later waits for the next turn."""
    slot = tuple(a for a in run.slot if a in run.queue)
    doubted = tuple(a for a in run.doubted if a in run.queue)
    if not slot:
        queue = tuple(sorted(run.queue, key=lambda a: -len(fixes_of(run.open[a]))))
        slot = doubted[: max(1, len(doubted) // 2)] or _together(run, queue) or queue[:1]
    if (slot, doubted) == (run.slot, run.doubted):
        return run
    return replace(run, slot=slot, doubted=doubted)


def standing(run: Run) -> Standing:
    """Return how far the patches of the slot are."""
    below = run.tree
    stood: list[Attempt] = []
    for attempt in (run.open[a] for a in run.slot):
        if attempt.stacked is None or attempt.stacked.on != below:
            return Standing(tuple(stood), attempt, below)
        stood.append(attempt)
        below = attempt.stacked.tree
    return Standing(tuple(stood), None, below)


def is_mended(run: Run, task: Task) -> bool:
    """Return whether all tests of a task pass with patches that wait to land: nobody need search now."""
    if task.kind != "failing_test" or not task.targets:
        return False
    waiting = [a.patch for a in run.open.values() if a.patch is not None and a.task.id != task.id]
    if task.fingerprint and any(task.fingerprint in patch.fixes for patch in waiting):
        return True
    stood = standing(run).stood if len(run.slot) > 1 else ()
    if not stood:
        return False
    return passes(stood[-1].readings, task) and set(task.targets) <= _failing(run.readings)


def passes(readings: Iterable[Reading], task: Task) -> bool:
    """Return whether none of a task's tests fails."""
    return not set(task.targets) & _failing(readings)


def _failing(readings: Iterable[Reading]) -> set[str]:
    return {finding.symbol for reading in readings if reading.gate == "tests" for finding in reading.findings}


def without_next(run: Run, attempt: AttemptId) -> Run:
    """Return the run where a patch waits for those before it to land; the first of all goes alone."""
    if attempt not in run.slot:
        return run
    return replace(run, slot=run.slot[: max(1, run.slot.index(attempt))])


def fixes_of(attempt: Attempt) -> frozenset[Fingerprint]:
    """Return the failures that its patch ends, as far as its agent tried."""
    return frozenset(attempt.patch.fixes) if attempt.patch is not None else frozenset()


def _together(run: Run, queue: tuple[AttemptId, ...]) -> tuple[AttemptId, ...]:
    tests = next((reading for reading in run.readings if reading.gate == "tests"), None)
    if tests is None or tests.seconds < WORTH or run.goal is not None:
        return ()
    found: list[AttemptId] = []
    for attempt in queue[:MOST]:
        if run.open[attempt].task.kind not in KINDS:
            break
        found.append(attempt)
    return tuple(found)
