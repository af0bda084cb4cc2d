"""A clean tree whose failures are looked at twice: slow machines and flaky tests must not decide about a patch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from agents.ports import Limits, SuiteResult, Target, TestOutcome
from director.gates.tests import passed
from director.gates.tree import CleanTree
from director.referee.canaries import PlantedTree
from director.referee.expected import failing, lacking
from ledger.events import FlakyTestQuarantined, RunId

FACTOR, SPARE, BACKSTOP = 2.0, 5.0, 20.0
"""A run may take twice the processor time of the longest one and five seconds, and on the clock twenty times that."""
TIMES, LEAST = 10.0, 3.0
"""Where a test is known that never ends, each may take so many times the longest of the others, and these seconds."""
AFRESH, AT_LEAST = 0.25, 10.0
"""The failing tests looked at a second time may take this share of the whole run, or so many seconds."""
SUSPECTS = 50
"""More new failures than these are no chance: they are believed at once."""
AGAIN = 5
"""How often a doubtful test is run alone on a patched tree, and as often on the trusted one, before it is set aside."""
SAID = 300
CUT_SHORT = "the clock ended the tests over the candidate's code before they all had run; judge it on a quiet machine"
"""The machine had other work, or something hangs that no limit of a test ends: neither is known."""


@dataclass(slots=True)
class Steadiness:
    """What is known of the tests of one run's trees."""

    longest: Limits
    """The backstop while nothing is known yet."""
    cpu: float = 0.0
    """Processor seconds of the longest whole run that reached its end."""
    test: float | None = None
    """Processor seconds one test may take, once there was one that never ended."""
    quarantined: dict[str, str] = field(default_factory=dict)
    """Tests that pass and fail on one tree, with what they said: they count neither as passed nor as failed."""
    told: set[str] = field(default_factory=set)
    """Those of them that stand in the ledger, or are on the way there."""

    def remember(self, quarantined: Mapping[str, str]) -> None:
        """Hear which tests were set aside before, and are told."""
        self.quarantined |= quarantined
        self.told |= quarantined.keys()

    def news(self, tree: str) -> list[FlakyTestQuarantined]:
        """Return the tests that were set aside since the last time; the run they are of is for the caller to say."""
        new = [test for test in self.quarantined if test not in self.told]
        self.told |= set(new)
        return [
            FlakyTestQuarantined(run=RunId(""), test=test, said=self.quarantined[test][:SAID], tree=tree)
            for test in new
        ]

    def limits(self) -> Limits:
        """Return the limits of the next whole run, in processor time where a run has shown how much that is."""
        if not self.cpu:
            return self.longest
        cpu = FACTOR * self.cpu + SPARE
        return replace(self.longest, cpu=cpu, wall=min(self.longest.wall, max(60.0, BACKSTOP * cpu)), test=self.test)

    def learn(self, suite: SuiteResult) -> None:
        """Hear how long a whole run took that reached its end; what never ends is waited for once, not in each run."""
        self.cpu = max(self.cpu, suite.cpu_seconds)
        ended = [test.seconds for test in suite.tests if test.exception != "Overrun"]
        if len(ended) < len(suite.tests):
            self.test = max(LEAST, TIMES * max(ended, default=0.0), self.test or 0.0)


class SteadyTree(CleanTree):
    """A clean tree. A limit on the clock is run into twice before it counts, and so is a failure."""

    steadiness = Steadiness(Limits())
    settled: frozenset[str] = frozenset()
    suspected: Mapping[str, str] = MappingProxyType({})
    patched = False
    _steady: SuiteResult | None = None

    def steadied(
        self, steadiness: Steadiness, settled: Iterable[str], *,
        suspected: Mapping[str, str] = MappingProxyType({}), patched: bool = False,
    ) -> None:  # fmt: skip
        """Say what is known of the project's tests; failures that are `settled` are not looked at again.

        Tests that are `suspected` failed on this tree before, with what they said: passing now is not enough. A tree
        that is `patched` may be what makes a test unsteady.
        """
        self.steadiness, self.settled = steadiness, frozenset(settled)
        self.suspected, self.patched = suspected, patched

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
        if _waited(suite) or (self.patched and _silent(suite)):
            suite = agreed(suite, await self.run_suite())
        blamed: frozenset[str] = frozenset()
        if suite.outcome == "ran":
            self.steadiness.learn(suite)
            unsteady = await self._unsteady(suite)
            if unsteady and self.patched:
                blamed = await self._made_so_by_the_patch(frozenset(unsteady))
            self.steadiness.quarantined |= {test: said for test, said in unsteady.items() if test not in blamed}
        aside = self.steadiness.quarantined
        return replace(suite, tests=tuple(_told(test, aside, blamed) for test in suite.tests))

    async def _unsteady(self, suite: SuiteResult) -> dict[str, str]:
        """Return the tests that fail and pass on this tree, with what they said.

        One that fails alone as well is broken; one that fails each time among the others is broken by them.
        """
        known = self.settled | self.steadiness.quarantined.keys()
        red = [test for test in suite.tests if test.outcome in ("failed", "error") and test.id not in known]
        failed = {test.id: f"{test.exception}: {test.message}".strip(": ") for test in _quick(red, suite.seconds)}
        before = {test: said for test, said in self.suspected.items() if test in passed(suite) - known}
        if not failed or len(failed) > SUSPECTS:
            return before
        alone = await self.target.suite(select=sorted(failed), limits=self.steadiness.limits())
        doubtful = passed(alone) & failed.keys()
        if doubtful:
            doubtful &= passed(await self.run_suite())
        return before | {test: failed[test] for test in sorted(doubtful)}

    async def _made_so_by_the_patch(self, tests: frozenset[str]) -> frozenset[str]:
        """Return those that fail again on this tree, and in as many runs on the trusted one not once."""
        here = await self._failing_alone(self.target, tests)
        return here - await self._failing_alone(self.trusted_target, here) if here else here

    async def _failing_alone(self, target: Target, tests: frozenset[str]) -> frozenset[str]:
        failed: frozenset[str] = frozenset()
        for _ in range(AGAIN):
            if left := tests - failed:
                suite = await target.suite(select=sorted(left), limits=self.steadiness.limits())
                failed |= {test.id for test in suite.tests if test.outcome in ("failed", "error")} & left
        return failed


class SteadyPlantedTree(SteadyTree, PlantedTree):
    """A steady tree whose suite runs with planted tests in it."""


def _quick(failed: Sequence[TestOutcome], seconds: float) -> list[TestOutcome]:
    """Return the failed tests that a second look can afford, the quickest first.

    One that used up its processor time needs none; wrong code makes tests slow, and every attempt waits for this.
    """
    left, found = max(AT_LEAST, AFRESH * seconds), []
    for test in sorted(failed, key=lambda one: one.seconds):
        left -= test.seconds
        if left >= 0 and not (test.exception == "Overrun" and "CPU" in test.message):
            found.append(test)
    return found


def _waited(suite: SuiteResult) -> bool:
    """Return whether a limit on the clock ended the run: that says nothing on a machine that has other work."""
    return suite.outcome == "timeout" and "of wall time" in suite.detail


def _silent(suite: SuiteResult) -> bool:
    """Return whether a run ended without a word of any test or file, for whatever reason."""
    return suite.outcome == "broken" and not suite.tests and not suite.broken


def agreed(first: SuiteResult, again: SuiteResult) -> SuiteResult:
    """Return the second run; where the clock ended both in different tests, none of them is known to hang."""
    if not _waited(again) or _stuck_in(first) == _stuck_in(again):
        return again
    return replace(again, tests=tuple(test for test in again.tests if test.id not in _stuck_in(again)))


def _stuck_in(suite: SuiteResult) -> frozenset[str]:
    return frozenset(test.id for test in suite.tests if test.exception == "Timeout")


def cut_short(suite: SuiteResult) -> bool:
    """Return whether the clock ended a run, and no test is known to fail: none is gone because of that."""
    return _waited(suite) and not failing(suite)


def untold(base: SuiteResult, own: SuiteResult, declared: Iterable[str], newly: Iterable[str]) -> str:
    """Return why the tests tell nothing of a candidate, which declares `newly`; empty when they tell."""
    if cut_short(own):
        return CUT_SHORT
    lacks = lacking(own, declared, newly)
    if lacks:
        return f"it newly needs {lacks}, which the base's environment lacks: judge it where {lacks} is installed"
    if base.outcome != "ran" and own.outcome != "ran":
        return f"neither the base nor the candidate has a suite that comes to its end: {own.detail or own.outcome}"
    return ""


def _told(test: TestOutcome, aside: Mapping[str, str], blamed: frozenset[str]) -> TestOutcome:
    """Return the outcome that counts: being run again makes no test green."""
    if test.id in aside:
        return TestOutcome(test.id, "skipped", test.seconds, message="quarantined: it passes and fails on one tree")
    if test.id in blamed and test.outcome not in ("failed", "error"):
        said = f"it fails now and then on this tree, and on the trusted one not in {AGAIN} runs"
        return TestOutcome(test.id, "failed", test.seconds, exception="Unsteady", message=said)
    return test
