"""A clean tree whose failures are looked at twice: slow machines and flaky tests must not decide about a patch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.ports import Limits, SuiteResult, Target, TestOutcome
from director.gates.tree import CleanTree
from ledger.events import NoticeRaised, RunId

FACTOR, SPARE, BACKSTOP = 2.0, 5.0, 20.0
"""A run may take twice the processor time of the longest one and five seconds, and on the clock twenty times that."""
SUSPECTS = 50
"""More new failures than these are no chance: they are believed at once."""
GREEN = ("passed", "xpassed")


@dataclass(slots=True)
class Steadiness:
    """What is known of the tests of one run's trees."""

    longest: Limits
    """The backstop while nothing is known yet."""
    cpu: float = 0.0
    """Processor seconds the last whole run took that reached its end."""
    quarantined: dict[str, str] = field(default_factory=dict)
    """Tests that pass and fail on one tree, with what they said: they count neither as passed nor as failed."""

    def limits(self) -> Limits:
        """Return the limits of the next whole run, in processor time where a run has shown how much that is."""
        if not self.cpu:
            return self.longest
        cpu = FACTOR * self.cpu + SPARE
        return replace(self.longest, cpu=cpu, wall=min(self.longest.wall, max(60.0, BACKSTOP * cpu)))


class SteadyTree(CleanTree):
    """A clean tree. A limit on the clock is run into twice before it counts, and so is a failure."""

    def __init__(
        self, target: Target, expected: Iterable[str], steadiness: Steadiness, *, baseline: bool,
        trusted: Path | None = None,
    ) -> None:  # fmt: skip
        """`baseline`: nothing is expected yet, so that every failure is looked at twice."""
        super().__init__(target, expected, trusted=trusted, limits=steadiness.limits())
        self._steadiness, self._baseline = steadiness, baseline
        self._steady: asyncio.Task[SuiteResult] | None = None

    @property
    def expected(self) -> frozenset[str]:
        """Ids of the tests that passed on the trusted checkpoint and can be relied on."""
        return super().expected - self._steadiness.quarantined.keys()

    async def suite(self) -> SuiteResult:
        """Run the whole suite, once; what is doubtful in it is run again."""
        if self._steady is None or self._steady.cancelled():
            self._steady = asyncio.ensure_future(self._measured())
        return await self._steady

    async def _measured(self) -> SuiteResult:
        suite = await super().suite()
        if _waited(suite):
            suite = await self._again()
        if suite.outcome == "ran":
            self._steadiness.cpu = max(self._steadiness.cpu, suite.cpu_seconds)
            await self._find_flaky(suite)
        return self._without_flaky(suite)

    async def _again(self) -> SuiteResult:
        return await self.target.suite(coverage=True, limits=self._steadiness.limits())

    async def _find_flaky(self, suite: SuiteResult) -> None:
        """A test that fails alone as well is broken; one that fails each time among the others is broken by them."""
        suspects = {
            test.id: test.message for test in suite.tests
            if test.outcome not in GREEN and test.outcome in ("failed", "error")
            and (self._baseline or test.id in self.expected) and test.id not in self._steadiness.quarantined
        }  # fmt: skip
        if not suspects or len(suspects) > SUSPECTS:
            return
        limits = self._steadiness.limits()
        alone = await self.target.suite(select=sorted(suspects), limits=limits)
        doubtful = _green(alone) & suspects.keys()
        if doubtful:
            doubtful &= _green(await self._again())
        self._steadiness.quarantined.update({test: suspects[test] for test in sorted(doubtful)})

    def _without_flaky(self, suite: SuiteResult) -> SuiteResult:
        known = self._steadiness.quarantined
        return replace(suite, tests=tuple(_set_aside(test) if test.id in known else test for test in suite.tests))


def flaky_notices(run: RunId, steadiness: Steadiness, known: frozenset[str]) -> tuple[NoticeRaised, ...]:
    """Return a notice for each test that was found to be flaky and was not `known` to be."""
    return tuple(
        NoticeRaised(
            code="flaky-test",
            message=f"{test} fails ({said}) and passes on one and the same tree: it is quarantined and counts neither "
            "as passed nor as failed in this run; mend it, or mark it as expected to fail",
            run=run,
        )
        for test, said in steadiness.quarantined.items()
        if test not in known
    )


def _green(suite: SuiteResult) -> set[str]:
    return {test.id for test in suite.tests if test.outcome in GREEN}


def _waited(suite: SuiteResult) -> bool:
    """Return whether a limit on the clock ended the run: that says nothing on a machine that has other work."""
    return suite.outcome == "timeout" and "of wall time" in suite.detail


def _set_aside(test: TestOutcome) -> TestOutcome:
    return TestOutcome(test.id, "skipped", test.seconds, message="quarantined: it passes and fails on one tree")
