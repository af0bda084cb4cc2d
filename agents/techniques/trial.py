"""Try a change of the worktree against the project's real tests, and take it back when they refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agents.ports import Limits, SuiteResult, Target, TestOutcome, Workbench

GREEN = ("passed", "xfailed", "xpassed")
RED = ("failed", "error")
QUICK = 5.0
"""Seconds: a suite that is done sooner is run whole at once."""


@dataclass(frozen=True, slots=True)
class Before:
    """What the tests said before anything was changed."""

    failing: tuple[TestOutcome, ...]
    """The task's own, modules that cannot be collected among them."""
    passing: tuple[str, ...]
    seconds: float
    runner: str
    whole: bool = True
    """Whether the suite reached its end; else only what ran is known."""
    beside: tuple[str, ...] = ()
    """Ids of the failing tests that are not the task's."""
    slow: frozenset[str] = frozenset()
    """Those of them that wrong code makes so slow that they are not run for what they tell of a patch."""

    @property
    def red(self) -> tuple[str, ...]:
        """Ids of the task's failing tests."""
        return tuple(test.id for test in self.failing)


async def known_suite(bench: Workbench, share: float) -> SuiteResult:
    """Return what the tests give before anything is changed; run, in a share of the attempt's time, if not known."""
    if bench.suite is not None:
        return bench.suite
    return await bench.target.suite(limits=Limits(wall=max(10.0, bench.seconds * share)))


class Tried(NamedTuple):
    """What the real suite makes of a change."""

    why: str
    """Why it is refused; nothing when it is accepted."""
    green: frozenset[str] = frozenset()
    """Ids of the tests that pass with it, as far as they were run."""


def before(suite: SuiteResult, targets: Sequence[str]) -> Before:
    """Return the failing tests of a task and all passing ones; every failing test when the task names none."""
    red = [test for test in suite.tests if test.outcome in RED] + list(suite.broken)
    wanted = set(targets)
    own = tuple(test for test in red if not wanted or test.id in wanted)
    beside = tuple(test.id for test in suite.tests if test.outcome in RED and wanted and test.id not in wanted)
    passing = tuple(test.id for test in suite.tests if test.outcome == "passed")
    whole = suite.outcome == "ran"
    if not whole:
        # What the suite did not reach is taken to fail as the task says.
        seen = {test.id for test in suite.tests} | {test.id for test in suite.broken}
        own += tuple(TestOutcome(id=one, outcome="failed") for one in targets if one not in seen)
    return Before(own, passing, suite.seconds, suite.runner, whole, beside, _slow(suite, frozenset(beside)))


def _slow(suite: SuiteResult, beside: frozenset[str]) -> frozenset[str]:
    """Return the failing tests beside that do not fit into a quarter of the suite's time, the quickest taken first."""
    left, found = max(QUICK, 0.25 * suite.seconds), set()
    for test in sorted((one for one in suite.tests if one.id in beside), key=lambda one: one.seconds):
        left -= test.seconds
        if left < 0:
            found.add(test.id)
    return frozenset(found)


async def accepted(target: Target, was: Before, fixed: Iterable[str], limits: Limits) -> Tried:
    """Run the real suite, the mended tests first and then all; say why the change is refused, or what passes."""
    wanted = tuple(fixed)
    if not was.whole:
        return await _accepted_beside(target, was, wanted, limits)
    if was.seconds > QUICK:
        first = await target.suite(select=wanted, limits=limits)
        if missing := _not_green(first, wanted):
            return Tried(f"{missing[0]} still fails")
    # A module that could not be collected has no names of tests yet.
    tells = not was.slow or any(one.endswith(".py") for one in wanted)
    quick = (one for one in was.beside if one not in was.slow)
    whole = await target.suite(select=None if tells else (*wanted, *was.passing, *quick), limits=limits)
    if whole.outcome != "ran":
        return Tried(f"the suite did not reach its end: {whole.detail}")
    if missing := _not_green(whole, wanted):
        return Tried(f"{missing[0]} fails when all tests run")
    if lost := _not_green(whole, was.passing):
        return Tried(f"breaks {len(lost)} {'test' if len(lost) == 1 else 'tests'}, {lost[0]} among them")
    return Tried("", _green(whole))


async def _accepted_beside(target: Target, was: Before, wanted: tuple[str, ...], limits: Limits) -> Tried:
    """Judge by the tests in the files of the mended ones: the whole suite takes longer than there is time."""
    files = {_file_of(one) for one in wanted}
    beside = tuple(one for one in was.passing if _file_of(one) in files)
    seen = await target.suite(select=(*wanted, *beside), limits=limits)
    if missing := _not_green(seen, (*wanted, *beside)):
        return Tried(f"{missing[0]} {'still fails' if missing[0] in wanted else 'is broken'}")
    return Tried("", _green(seen))


def _file_of(test: str) -> str:
    return test.split("::")[0] if "::" in test else ".".join(test.split(".")[:-2])


def _not_green(suite: SuiteResult, wanted: Sequence[str]) -> list[str]:
    green = _green(suite)
    broken = {test.id for test in suite.broken}
    return [one for one in wanted if one not in green and not (one not in broken and _is_collected(suite, one))]


def _green(suite: SuiteResult) -> frozenset[str]:
    return frozenset(test.id for test in suite.tests if test.outcome in GREEN)


def _is_collected(suite: SuiteResult, path: str) -> bool:
    """Return whether a module that could not be collected shows its tests now; a test's own id is no module."""
    if not path.endswith(".py"):
        return False
    dotted = path.removesuffix(".py").replace("/", ".")
    starts = (f"{path}::", f"{dotted}.", f"{dotted.rpartition('.')[2]}.")
    return any(test.id.startswith(starts) for test in suite.tests)
