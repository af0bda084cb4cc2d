"""A clean tree whose failures are looked at twice: slow machines and flaky tests must not decide about a patch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from agents.ports import Limits, SuiteResult, TestOutcome
from director.gates.tests import passed
from director.gates.tree import CleanTree
from director.referee.canaries import PlantedTree
from ledger.events import NoticeRaised

FACTOR, SPARE, BACKSTOP = 2.0, 5.0, 20.0
"""A run may take twice the processor time of the longest one and five seconds, and on the clock twenty times that."""
SUSPECTS = 50
"""More new failures than these are no chance: they are believed at once."""


@dataclass(slots=True)
class Steadiness:
    """What is known of the tests of one run's trees."""

    longest: Limits
    """The backstop while nothing is known yet."""
    cpu: float = 0.0
    """Processor seconds of the longest whole run that reached its end."""
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

    steadiness = Steadiness(Limits())
    settled: frozenset[str] = frozenset()
    _steady: SuiteResult | None = None

    def steadied(self, steadiness: Steadiness, settled: Iterable[str]) -> None:
        """Say what is known of the project's tests; failures that are `settled` are not looked at again."""
        self.steadiness, self.settled = steadiness, frozenset(settled)

    @property
    def expected(self) -> frozenset[str]:
        """Ids of the tests that passed on the trusted checkpoint and can be relied on."""
        return super().expected - self.steadiness.quarantined.keys()

    async def suite(self) -> SuiteResult:
        """Run the whole suite, once; what is doubtful in it is run again."""
        suite = await super().suite()
        if self._steady is None:
            self._steady = await self._looked_at(suite)
        return self._steady

    async def _looked_at(self, suite: SuiteResult) -> SuiteResult:
        if _waited(suite):
            suite = await self.run_suite()
        if suite.outcome == "ran":
            self.steadiness.cpu = max(self.steadiness.cpu, suite.cpu_seconds)
            await self._find_flaky(suite)
        known = self.steadiness.quarantined
        return replace(suite, tests=tuple(_set_aside(test) if test.id in known else test for test in suite.tests))

    async def _find_flaky(self, suite: SuiteResult) -> None:
        """A test that fails alone as well is broken; one that fails each time among the others is broken by them."""
        known = self.settled | self.steadiness.quarantined.keys()
        suspects = {
            test.id: f"{test.exception}: {test.message}".strip(": ")
            for test in suite.tests
            if test.outcome in ("failed", "error") and test.id not in known and not _ran_on(test)
        }
        if not suspects or len(suspects) > SUSPECTS:
            return
        alone = await self.target.suite(select=sorted(suspects), limits=self.steadiness.limits())
        doubtful = passed(alone) & suspects.keys()
        if doubtful:
            doubtful &= passed(await self.run_suite())
        self.steadiness.quarantined.update({test: suspects[test] for test in sorted(doubtful)})


class SteadyPlantedTree(SteadyTree, PlantedTree):
    """A steady tree whose suite runs with planted tests in it."""


def flaky_notice(test: str, said: str) -> NoticeRaised:
    """Return what a person is told of a test that is set aside."""
    return NoticeRaised(
        code="flaky-test",
        message=f"{test} fails ({said}) and passes on one and the same tree: it is quarantined and counts neither "
        "as passed nor as failed in this run; mend it, or mark it as expected to fail",
    )


def _ran_on(test: TestOutcome) -> bool:
    """Return whether a test used up its processor time: that needs no second look, and would cost as much again."""
    return test.exception == "Overrun" and "CPU" in test.message


def _waited(suite: SuiteResult) -> bool:
    """Return whether a limit on the clock ended the run: that says nothing on a machine that has other work."""
    return suite.outcome == "timeout" and "of wall time" in suite.detail


def _set_aside(test: TestOutcome) -> TestOutcome:
    return TestOutcome(test.id, "skipped", test.seconds, message="quarantined: it passes and fails on one tree")
