"""Measures trees in a clean place: never in an agent's worktree, always with the run's own interpreter and sandbox."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from agents.ports import Limits, Sandbox, SuiteResult
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import Environment
from agents.workspace.mirror import Mirror
from agents.workspace.worktree import remove
from director.gates import measure_all
from director.gates.gate import Gate
from director.gates.tests import keep_passed
from director.gates.tree import CleanTree
from director.referee.canaries import PlantedTree, canaries_for
from director.referee.heldout import Examples, record
from knowledge_graph.fingerprint import trace
from ledger.blobs import Blobs
from ledger.events import ErrorSeen, GateSpec, Reading, RunId
from ledger.projections.score import quality_score

SUITE = Limits(wall=1800.0)
"""The backstop of a whole suite; a single test that never ends is ended long before."""


REMEMBERED = 8
"""Trees whose runs are kept: one of them is the branch's, any of them may become it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What measuring one tree gave."""

    readings: tuple[Reading, ...]
    score: float
    errors: tuple[ErrorSeen, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One run of one tree: what the gates say, what became of each test, what forged results were seen."""

    readings: tuple[Reading, ...]
    suite: SuiteResult
    forged: tuple[str, ...]


class Referee:
    """Measures one project's trees."""

    def __init__(
        self,
        *,
        mirror: Mirror,
        sandbox: Sandbox,
        prefix: str,
        gates: Sequence[Gate],
        blobs: Blobs,
        scratch: Path,
        prepare: Callable[[Path], Environment],
    ) -> None:
        """`prepare` makes the interpreter for the project directory it is given; it is called once per commit."""
        self.mirror, self.sandbox, self.prefix, self.blobs = mirror, sandbox, prefix, blobs
        self.gates = {gate.name: gate for gate in gates}
        self.scratch = scratch
        self._prepare = prepare
        self._environments: dict[str, Environment] = {}
        self._preparing = asyncio.Lock()  # one environment is made at a time
        self._seen: dict[str, Seen] = {}
        self._examples: dict[str, Examples] = {}
        self._numbers = count(1)
        remove(scratch)  # leftovers of a killed process
        scratch.mkdir(parents=True)

    async def prepare(self, commit: str) -> Environment:
        """Return the interpreter the run's code runs on; made from the files of the run's first commit."""
        async with self._preparing:
            if commit not in self._environments:
                with self.checked_out(commit) as root:
                    made = await asyncio.to_thread(self._prepare, root / self.prefix)
                self._environments[commit] = made
            return self._environments[commit]

    async def target(self, commit: str, root: Path) -> SandboxedTarget:
        """Return the tree that stands in `root` as something that can be run."""
        environment = await self.prepare(commit)
        return SandboxedTarget(self.sandbox, environment, root, self.prefix, scratch=self.scratch)

    async def measure(
        self, run: RunId, commit: str, tree: str, specs: Sequence[GateSpec], before: Sequence[Reading]
    ) -> Measured:
        """Measure all gates on a tree; each test that passed `before` is expected to pass again."""
        with self.checked_out(tree) as root:
            target = await self.target(commit, root)
            chosen = [(self.gates[spec.name], spec) for spec in specs]
            with self.checked_out(commit) as trusted:
                clean = CleanTree(target, expected=self._expected(before), trusted=trusted / self.prefix, limits=SUITE)
                readings = await measure_all(chosen, clean)
            suite = await clean.suite()
            readings = keep_passed(readings, suite, self.blobs)
            self.remember(self.mirror.tree_of(tree), Seen(readings, suite, ()))
            errors = await self._errors(run, clean, readings)
        return Measured(readings, quality_score(readings, specs), errors)

    async def see_trusted(
        self, tree: str, target: SandboxedTarget, specs: Sequence[GateSpec], chance: random.Random
    ) -> Seen:
        """Return what a trusted tree showed; the last few are remembered."""
        if tree not in self._seen:
            self.remember(tree, await self.see(target, specs, chance, trusted=target.project))
        return self._seen[tree]

    def remember(self, tree: str, seen: Seen) -> None:
        """Keep what a tree showed: it may be the trusted one soon."""
        self._seen.pop(tree, None)
        self._seen[tree] = seen
        while len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]

    async def see(
        self, target: SandboxedTarget, specs: Sequence[GateSpec], chance: random.Random, *, trusted: Path
    ) -> Seen:
        """Run the suite of a clean tree with planted tests in it, and measure the gates that are asked for."""
        clean = PlantedTree(target, canaries_for(target.layout(), chance), trusted=trusted, limits=SUITE)
        suite = await clean.suite()
        readings = await measure_all([(self.gates[spec.name], spec) for spec in specs], clean)
        return Seen(keep_passed(readings, suite, self.blobs), suite, tuple(clean.forged))

    async def examples(
        self, target: SandboxedTarget, tree: str, ids: Sequence[str], seed: int, hunted: Sequence[str]
    ) -> Examples:
        """Return how the tests of a trusted tree call its code; recorded once per tree."""
        if tree not in self._examples:
            self._examples = {tree: await record(target, ids, seed, hunted)}
        return self._examples[tree]

    @contextmanager
    def checked_out(self, tree: str) -> Iterator[Path]:
        """Have the files of a tree in a folder of its own, for a while."""
        folder = self.scratch / f"tree-{next(self._numbers)}"
        self.mirror.checkout(tree, folder)
        try:
            yield folder
        finally:
            remove(folder)

    def _expected(self, before: Sequence[Reading]) -> frozenset[str]:
        blob = next((r.blob for r in before if r.gate == "tests"), "")
        return frozenset(json.loads(self.blobs.get(blob))) if blob else frozenset()

    async def _errors(self, run: RunId, clean: CleanTree, readings: Sequence[Reading]) -> tuple[ErrorSeen, ...]:
        """Return each way in which tests fail, once, with the test that shows it."""
        tests = next((r for r in readings if r.gate == "tests"), None)
        if tests is None or not tests.findings:
            return ()
        suite = await clean.suite()
        shown = {outcome.id: outcome for outcome in (*suite.tests, *suite.broken)}
        seen: dict[str, ErrorSeen] = {}
        for finding in tests.findings:
            outcome = shown.get(finding.symbol)
            if not finding.fingerprint or finding.fingerprint in seen or outcome is None:
                continue
            frames = [(f.path, f.function) for f in outcome.frames]
            seen[finding.fingerprint] = ErrorSeen(
                run=run,
                fingerprint=finding.fingerprint,
                exception=outcome.exception,
                message=outcome.message,
                test=outcome.id,
                path=finding.path,
                line=finding.line,
                function=outcome.frames[-1].function if outcome.frames else "",
                trace=trace(frames),
            )
        return tuple(seen.values())
