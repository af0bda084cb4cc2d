"""Measures trees in a clean place: never in an agent's worktree, always with the run's own interpreter and sandbox."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from agents.ports import AgentError, Limits, Sandbox, SuiteResult
from agents.tools.target import SandboxedTarget
from agents.tools.warm import WarmTarget
from agents.workspace.environment import Environment
from agents.workspace.git import GitError
from agents.workspace.mirror import Mirror
from agents.workspace.worktree import remove
from director.gates import gate_for, measure_all
from director.gates.gate import Gate
from director.gates.tests import Tests, keep_passed
from director.gates.tree import CleanTree
from director.referee.canaries import canaries_for
from director.referee.examples import Examples, record, refreshed
from director.referee.first_look import FirstLook, Runs, keep
from director.referee.grounds import Grounds
from director.referee.readings import Readings
from director.referee.steady import Steadiness, SteadyPlantedTree, SteadyTree
from director.referee.usual import Usual, as_usual
from knowledge_graph.fingerprint import trace
from ledger.blobs import Blobs
from ledger.events import ErrorSeen, FlakyTestQuarantined, GateSpec, NoticeRaised, Reading, Reason, RunId
from ledger.projections.score import quality_score

SUITE = Limits(wall=1800.0)
"""The backstop of a whole suite; a single test that never ends is ended long before."""

Notice = NoticeRaised | FlakyTestQuarantined
"""What is noticed beside measuring."""


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
        cache: Path | None = None,
    ) -> None:
        """`prepare` makes the interpreter for the project directory it is given; it is called once per commit.

        `cache` is a folder for what can be measured again; without one it is forgotten with the scratch.
        """
        self.mirror, self.sandbox, self.prefix, self.blobs = mirror, sandbox, prefix, blobs
        self.gates = {gate.name: gate for gate in gates}
        self.scratch = scratch
        self._prepare = prepare
        self._environments: dict[str, Environment] = {}
        self._preparing = asyncio.Lock()  # one environment is made at a time
        self._seen: dict[str, Seen] = {}
        self._reached: dict[str, SuiteResult] = {}
        self._examples: dict[str, Examples] = {}
        self._usual: dict[str, Usual | None] = {}
        self._numbers = count(1)
        remove(scratch)  # leftovers of a killed process
        scratch.mkdir(parents=True)
        self.steadiness = Steadiness(SUITE)
        self._readings = Readings((cache or scratch / "cache") / "readings.db")
        self.first_look = FirstLook(mirror, self._readings)
        self._notices: list[Notice] = []
        self._suspected: dict[str, dict[str, str]] = {}
        self._mapping: asyncio.Task[None] | None = None
        self._warm: dict[str, WarmTarget] = {}
        self._grounds = Grounds(mirror, scratch)

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
        self, run: RunId, commit: str, tree: str, specs: Sequence[GateSpec], before: Sequence[Reading],
        quarantined: Mapping[str, str] | None = None,
    ) -> Measured:  # fmt: skip
        """Measure all gates on a tree; each test that passed `before` is expected to pass again."""
        with self.checked_out(tree) as root:
            target = await self.target(commit, root)
            chosen = [(gate_for(self.gates, spec), spec) for spec in specs]
            with self.checked_out(commit) as trusted:
                if not before:
                    self.steadiness = Steadiness(SUITE)
                self.steadiness.remember(quarantined or {})
                clean = SteadyTree(
                    target, expected=self._expected(before), trusted=trusted / self.prefix,
                    limits=self.steadiness.limits(),
                    contexts=any(getattr(gate, "contexts", False) for gate, _ in chosen), kept=self._readings,
                )  # fmt: skip
                clean.steadied(self.steadiness, ())
                readings = await measure_all(chosen, clean)
            if any(reading.gate == Tests.name for reading in readings):
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
        self._notices += self.steadiness.news(tree)
        self._notices += self.first_look.whole(tree, seen.suite, self.steadiness.quarantined)
        keep(self._seen, tree, seen)

    def suite_of(self, tree: str) -> SuiteResult | None:
        """Return what became of each test of a tree, by a whole run or by what a change reaches; None if forgotten."""
        return self.whole_suite(tree) or self._reached.get(tree)

    def whole_suite(self, tree: str) -> SuiteResult | None:
        """Return what the last whole run over a tree gave, if it is remembered."""
        seen = self._seen.get(tree)
        return seen.suite if seen is not None else None

    def keep_reached(self, tree: str, suite: SuiteResult) -> None:
        """Keep what became of each test of a tree as far as it is known without a whole run."""
        keep(self._reached, tree, suite)

    async def see(
        self, target: SandboxedTarget, specs: Sequence[GateSpec], chance: random.Random, *, trusted: Path,
        settled: Iterable[str] = (), suspected: str = "",
    ) -> Seen:  # fmt: skip
        """Run the suite of a clean tree with planted tests in it, and measure the gates that are asked for.

        Failures that are not `settled` by an earlier run are looked at twice; what the first look at the tree
        `suspected` found unsteady is not believed when it passes.
        """
        limits = self.steadiness.limits()
        canaries = canaries_for(target.layout(), chance)
        clean = SteadyPlantedTree(target, canaries, trusted=trusted, limits=limits, kept=self._readings)
        known = self._suspected.get(suspected, {})
        clean.steadied(self.steadiness, settled, suspected=known, patched=trusted != target.project)
        suite = await clean.suite()
        readings = await measure_all([(gate_for(self.gates, spec), spec) for spec in specs], clean)
        return Seen(keep_passed(readings, suite, self.blobs), suite, tuple(clean.forged))

    async def examples(
        self, target: SandboxedTarget, tree: str, ids: Sequence[str], seed: int, hunted: Sequence[str]
    ) -> Examples:
        """Return how the tests of a trusted tree call its code; what is known already is not recorded again."""
        if tree not in self._examples:
            self.keep_examples(tree, await record(target, ids, seed, hunted))
        elif self._examples[tree].stale:
            self.keep_examples(tree, await refreshed(self._examples[tree], target, seed))
        return self._examples[tree]

    def keep_examples(self, tree: str, examples: Examples) -> None:
        """Keep what calls give on a tree: when it lands, only what it changed was called anew."""
        keep(self._examples, tree, examples)

    async def usual(self, tree: str, target: SandboxedTarget, chance: random.Random) -> Usual | None:
        """Return how the project's own command ends on a trusted tree; asked once per tree."""
        if tree not in self._usual:
            self._usual = {tree: await as_usual(target, chance, SUITE)}
        return self._usual[tree]

    async def look(
        self, commit: str, base: str, tree: str, specs: Sequence[GateSpec], before: Sequence[Reading],
        *, patient: bool = False,
    ) -> tuple[Reason, ...]:  # fmt: skip
        """Return why a tree is rejected by the tests its change can reach; nothing leaves it to the whole judgement.

        Without a map of the base yet, one is begun beside this; who is `patient` waits for it.
        """
        spec = next((spec for spec in specs if spec.name == Tests.name), None)
        reading = next((reading for reading in before if reading.gate == Tests.name), None)
        if spec is None or reading is None:
            return ()
        if patient and self._mapping is not None:
            await asyncio.shield(self._mapping)  # of an older tree: the next map is made from it
        if self.first_look.can_map(base) and (self._mapping is None or self._mapping.done()):
            self._mapping = asyncio.create_task(self._map(commit, base), name=f"map:{base}")
            if patient or self.first_look.knows_much:
                await asyncio.shield(self._mapping)  # only what changed since the last map is run
        if not self.first_look.is_mapped(base):
            return ()
        warm = await self._warmed(commit)

        async def fresh(wanted: Sequence[str]) -> SuiteResult:
            with self.checked_out(tree) as root:
                return await (await self.target(commit, root)).suite(select=wanted, limits=SUITE)

        runs = Runs(lambda wanted: warm.suite(tree, wanted, SUITE), fresh)
        look = await self.first_look.at(runs, base, tree, spec, reading)
        if look.unsteady:
            keep(self._suspected, tree, dict(look.unsteady))
        return look.reasons

    def take_notices(self) -> tuple[Notice, ...]:
        """Return what was noticed since the last time, for whoever writes it down."""
        taken, self._notices = tuple(self._notices), []
        return taken

    async def close(self) -> None:
        """End what goes on beside the measuring."""
        if self._mapping is not None:
            self._mapping.cancel()
            await asyncio.gather(self._mapping, return_exceptions=True)
        for warm in self._warm.values():
            await warm.close()
        self._warm.clear()
        self._grounds.clear()

    async def _warmed(self, commit: str) -> WarmTarget:
        """Return the interpreter that waits for candidates of a run; there is one at a time."""
        if commit not in self._warm:
            await self.close()
            folder = self.scratch / f"warm-{next(self._numbers)}"
            folder.mkdir()
            self._warm[commit] = WarmTarget(self.mirror, await self.target(commit, folder), folder)
        return self._warm[commit]

    async def _map(self, commit: str, tree: str) -> None:
        """Map a tree; when that fails, patches are judged by whole runs alone."""
        with self.checked_out(tree) as root:
            try:
                await self.first_look.learn(await self.target(commit, root), tree, SUITE)
            except (AgentError, GitError, OSError) as failed:
                self.first_look.give_up(tree, f"{type(failed).__name__}: {failed}")

    @contextmanager
    def checked_out(self, tree: str) -> Iterator[Path]:
        """Have the files of a tree in a folder of its own, for a while."""
        with self._grounds.holding(tree) as folder:
            yield folder

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
