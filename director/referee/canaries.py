"""Planted tests with random names whose ends are known: whoever forges results forges theirs too."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from agents.ports import Limits, SuiteResult, Target
from agents.workspace.layout import Layout
from director.gates.by_file import FileReadings
from director.gates.tree import CleanTree


@dataclass(frozen=True, slots=True)
class Canaries:
    """One planted file."""

    path: str
    """Relative to the project directory."""
    text: str
    passing: frozenset[str]
    failing: frozenset[str]
    """Names of functions, unlike every other name there is."""

    def without(self, suite: SuiteResult) -> SuiteResult:
        """Return the suite's result as if nothing had been planted."""
        return replace(
            suite,
            tests=tuple(test for test in suite.tests if self._name(test.id) is None),
            broken=tuple(test for test in suite.broken if test.id != self.path),
        )

    def seen(self, suite: SuiteResult) -> dict[str, str]:
        """Return what became of each planted test that was run, by name."""
        found = {self._name(test.id): test.outcome for test in suite.tests}
        return {name: outcome for name, outcome in found.items() if name is not None}

    def forged(self, suite: SuiteResult) -> list[str]:
        """Return how planted tests ended that should have ended otherwise, one line each."""
        seen = self.seen(suite)
        wrong = [
            f"a planted test that fails is reported as {seen[n]}"
            for n in self.failing & seen.keys()
            if seen[n] not in ("failed", "error")
        ]
        return wrong + [
            f"a planted test that passes is reported as {seen[n]}"
            for n in self.passing & seen.keys()
            if seen[n] != "passed"
        ]

    def _name(self, test: str) -> str | None:
        name = test.replace("::", ".").rpartition(".")[2]
        return name if name in self.passing or name in self.failing else None


def canaries_for(layout: Layout, chance: random.Random) -> Canaries | None:
    """Return a file to plant beside the project's last test file; None when there is none to stand beside."""
    if not layout.tests:
        return None
    folder, _, name = layout.tests[-1].rpartition("/")
    token = "".join(chance.choice("abcdefghijkmnpqrstuvwxyz") for _ in range(12))
    own = f"test_zz{token}.py" if name.startswith("test") else f"zz{token}_test.py"
    first, second = chance.randrange(10**6), chance.randrange(10**6)
    texts = [f"{token}{chance.randrange(10**6)}", f"{token[::-1]}{chance.randrange(10**6)}"]
    bodies = [
        (True, f"self.assertEqual({first} + {second}, {first + second})"),
        (True, f"assert {texts[0]!r} != {texts[1]!r}"),
        (False, f"self.assertEqual({first}, {first + 1 + second})"),
        (False, f"self.assertTrue({first} > {first + second + 1})"),
        (False, f"assert [{first}] == [{first}, {second}]"),
        (False, f"assert {texts[0]!r} == {texts[1]!r}"),
        (False, f"self.assertIn({texts[0]!r}, [{texts[1]!r}])"),
        (False, f"with self.assertRaises(KeyError): str({first})"),
        (False, f"raise RuntimeError({texts[0]!r})"),
    ]
    chance.shuffle(bodies)
    names = [f"test_{token}_{number}" for number in range(len(bodies))]
    lines = ["import unittest", "", "", f"class Test{token.capitalize()}(unittest.TestCase):"]
    for planted, (_, body) in zip(names, bodies, strict=True):
        lines += [f"    def {planted}(self):", f"        {body}", ""]
    ends = list(zip(names, bodies, strict=True))
    if layout.runner == "pytest":
        planted = f"test_{token}_raises"
        lines += [
            "",
            f"def {planted}():",
            "    import pytest",
            "    with pytest.raises(KeyError):",
            f"        str({first})",
        ]
        ends.append((planted, (False, "")))
    return Canaries(
        path=f"{folder}/{own}" if folder else own,
        text="\n".join(lines) + "\n",
        passing=frozenset(n for n, (passes, _) in ends if passes),
        failing=frozenset(n for n, (passes, _) in ends if not passes),
    )


class PlantedTree(CleanTree):
    """A clean tree whose suite runs with planted tests in it; nobody sees them but the referee."""

    def __init__(
        self, target: Target, canaries: Canaries | None, expected: Iterable[str] = (), *, trusted: Path | None = None,
        limits: Limits | None = None, kept: FileReadings | None = None,
    ) -> None:  # fmt: skip
        super().__init__(target, expected, trusted=trusted, limits=limits, kept=kept)
        self._canaries = canaries
        self.forged: list[str] = []
        """How planted tests ended that should have ended otherwise, once the suite has run."""
        self.heard = 0
        """How many planted tests were heard of."""

    async def run_suite(self) -> SuiteResult:
        """Plant, run, take away."""
        if self._canaries is None:
            return await super().run_suite()
        place = self.target.project / self._canaries.path
        place.write_text(self._canaries.text, encoding="utf-8")
        try:
            suite = await super().run_suite()
        finally:
            place.unlink()
        self.forged = self._canaries.forged(suite)
        self.heard = len(self._canaries.seen(suite))
        return self._canaries.without(suite)
