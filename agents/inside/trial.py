"""The tests that judge candidates, with what they did before, and how one candidate is judged by them."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

from .abandoned import Ran
from .cases import Case
from .ticks import Counter


class Base(NamedTuple):
    """How a test behaves on the unchanged program."""

    status: str
    ticks: int
    seconds: float


class Trial:
    """The tests with their baselines, and how one installed candidate is judged by them."""

    def __init__(
        self,
        cases: Sequence[Case],
        counter: Counter,
        bases: Dict[int, Base],
        failing: List[int],
        first: List[int],
        beside: Sequence[int] = (),
    ) -> None:
        self.cases, self.counter, self.bases, self.failing, self.first = cases, counter, bases, failing, first
        self.beside = beside
        self.covering: Dict[int, List[int]] = {}
        """Per region: the passing tests that run it, cheapest first."""
        self.ran: Dict[int, Ran] = {}
        """Per region: the lines of it that tests run."""
        self.factor = 1
        self.least = 1
        """How many tests a candidate must mend to be worth more runs: as many as the best so far."""
        green = [base.ticks for base in bases.values() if base.status == "p"] or [200]
        self.typical = max(green)
        self.quick = 0.5 + 10 * max([base.seconds for base in bases.values() if base.status != "t"] or [0.1])

    def budget(self, index: int) -> int:
        """Return the ticks a test may take: many times what it took before."""
        base = self.bases[index]
        if base.status == "p":
            return (base.ticks * 10 + 500) * self.factor
        if base.status == "t":
            return min(self.typical * 20 + 3000, 400_000) * self.factor
        return max(base.ticks * 3 + 500, min(self.typical * 20 + 3000, 400_000)) * self.factor

    def seconds(self, index: int) -> float:
        """Return the processor time a test may take, the backstop behind the ticks."""
        usual = self.bases[index].seconds if self.bases[index].status != "t" else self.quick / 20
        return (0.3 + 10 * usual) * min(self.factor, 8)

    def judge(self, regions: Sequence[int], beat: Callable[[], None]) -> Tuple[str, Tuple[int, ...], int]:
        """Judge the program as it is now: `P` plausible, `b` breaks others, `f`, `t`; the tests fixed; ticks."""
        fixed: List[int] = []
        spent, late = 0, False
        for index in self.first:
            outcome = self.run(index)
            spent += outcome.ticks
            late = late or outcome.status == "t"
            if outcome.status == "p":
                fixed.append(index)
        if not fixed:
            return ("t" if late else "f"), (), spent
        if len(self.failing) - len(self.first) + len(fixed) < self.least:
            return "f", (), spent
        for index in self.failing:
            if index not in self.first:
                beat()
                outcome = self.run(index)
                spent += outcome.ticks
                if outcome.status == "p":
                    fixed.append(index)
        if len(fixed) < self.least:
            return "f", (), spent
        passing = list(dict.fromkeys(index for region in regions for index in self.covering.get(region, [])))
        for index in passing:
            beat()
            outcome = self.run(index)
            spent += outcome.ticks
            if outcome.status != "p":
                for region in regions:
                    if index in self.covering.get(region, []):
                        self.covering[region].remove(index)
                        self.covering[region].insert(0, index)
                return ("t" if outcome.status == "t" else "b"), tuple(fixed), spent
        return "P", tuple(sorted(fixed)), spent

    def leave_out(self, once: Sequence[int]) -> None:
        """Judge without these passing tests."""
        for region, tests in self.covering.items():
            self.covering[region] = [index for index in tests if index not in once]

    def green_beside(self) -> int:
        """Return how many of the failing tests beside pass with the program as it is now."""
        return sum(self.run(index).status == "p" for index in self.beside)

    def run(self, index: int) -> Any:
        """Run a test within its budget."""
        return self.cases[index].run(self.counter, self.budget(index), self.seconds(index))
