"""Try a change of the worktree against the project's real tests, and take it back when they refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agents.ports import Limits, SuiteResult, Target, TestOutcome

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

    @property
    def red(self) -> tuple[str, ...]:
        """Ids of the task's failing tests."""
        return tuple(test.id for test in self.failing)


def before(suite: SuiteResult, targets: Sequence[str]) -> Before:
    """Return the failing tests of a task and all passing ones; every failing test when the task names none."""
    red = [test for test in suite.tests if test.outcome in RED] + list(suite.broken)
    wanted = set(targets)
    own = tuple(test for test in red if not wanted or test.id in wanted)
    passing = tuple(test.id for test in suite.tests if test.outcome == "passed")
    return Before(own, passing, suite.seconds, suite.runner)


async def accepted(target: Target, was: Before, fixed: Iterable[str], limits: Limits) -> str:
    """Run the real suite, the mended tests first and then all; return why the change is refused, or ''."""
    wanted = tuple(fixed)
    if was.seconds > QUICK:
        first = await target.suite(select=wanted, limits=limits)
        if missing := _not_green(first, wanted):
            return f"{missing[0]} still fails"
    whole = await target.suite(limits=limits)
    if whole.outcome != "ran":
        return f"the suite did not reach its end: {whole.detail}"
    if missing := _not_green(whole, wanted):
        return f"{missing[0]} fails when all tests run"
    if lost := _not_green(whole, was.passing):
        return f"breaks {len(lost)} {'test' if len(lost) == 1 else 'tests'}, {lost[0]} among them"
    return ""


def _not_green(suite: SuiteResult, wanted: Sequence[str]) -> list[str]:
    green = {test.id for test in suite.tests if test.outcome in GREEN}
    broken = {test.id for test in suite.broken}
    return [one for one in wanted if one not in green and not (one not in broken and _is_collected(suite, one))]


def _is_collected(suite: SuiteResult, path: str) -> bool:
    """Return whether a module that could not be collected shows its tests now; a test's own id is no module."""
    if not path.endswith(".py"):
        return False
    dotted = path.removesuffix(".py").replace("/", ".")
    starts = (f"{path}::", f"{dotted}.", f"{dotted.rpartition('.')[2]}.")
    return any(test.id.startswith(starts) for test in suite.tests)
