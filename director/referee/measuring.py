"""Measures trees in a clean place: never in an agent's worktree, always with the run's own interpreter and sandbox."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
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
from director.gates import measure_all
from director.gates.gate import Gate
from director.gates.tests import keep_passed
from director.gates.tree import CleanTree
from director.referee.first_look import FirstLook, Look, Runs
from director.referee.readings import Readings
from director.referee.steady import Steadiness, SteadyTree, flaky_notices
from knowledge_graph.fingerprint import trace
from ledger.blobs import Blobs
from ledger.events import ErrorSeen, GateSpec, NoticeRaised, Reading, RunId
from ledger.projections.score import quality_score

SUITE = Limits(wall=1800.0)
"""The backstop of a whole suite; a single test that never ends is ended long before."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What measuring one tree gave."""

    readings: tuple[Reading, ...]
    score: float
    errors: tuple[ErrorSeen, ...]
    notices: tuple[NoticeRaised, ...] = ()


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
        cache: Path,
    ) -> None:
        """`prepare` makes the interpreter for the project directory it is given; it is called once per commit.

        `cache` is a folder for what can be measured again.
        """
        self.mirror, self.sandbox, self.prefix, self.blobs = mirror, sandbox, prefix, blobs
        self.gates = {gate.name: gate for gate in gates}
        self.scratch = scratch
        self._prepare = prepare
        self._environments: dict[str, Environment] = {}
        self._preparing = asyncio.Lock()  # one environment is made at a time
        self._numbers = count(1)
        self.first_look = FirstLook(mirror, Readings(cache / "readings.db"))
        self._steadiness: dict[RunId, Steadiness] = {}
        self._mapping: asyncio.Task[None] | None = None
        self._warm: dict[str, WarmTarget] = {}
        remove(scratch)  # leftovers of a killed process
        scratch.mkdir(parents=True)

    async def prepare(self, commit: str) -> Environment:
        """Return the interpreter the run's code runs on; made from the files of the run's first commit."""
        async with self._preparing:
            if commit not in self._environments:
                with self._checked_out(commit) as root:
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
        with self._checked_out(tree) as root:
            target = await self.target(commit, root)
            chosen = [(self.gates[spec.name], spec) for spec in specs]
            with self._checked_out(commit) as trusted:
                steadiness = self._steadiness.setdefault(run, Steadiness(SUITE))
                known = frozenset(steadiness.quarantined)
                clean = SteadyTree(
                    target, self._expected(before), steadiness, baseline=not before, trusted=trusted / self.prefix
                )
                readings = await measure_all(chosen, clean)
            suite = await clean.suite()
            readings = keep_passed(readings, suite, self.blobs)
            errors = await self._errors(run, clean, readings)
        notices = (
            *flaky_notices(run, steadiness, known),
            *self.first_look.whole(run, tree, suite, steadiness.quarantined),
        )
        return Measured(readings, quality_score(readings, specs), errors, notices)

    async def look(
        self, run: RunId, commit: str, base: str, tree: str, specs: Sequence[GateSpec], before: Sequence[Reading]
    ) -> Look:
        """Judge a tree by the tests its change can reach; without a map of the base yet, one is begun beside it."""
        spec = next((spec for spec in specs if spec.name == "tests"), None)
        reading = next((reading for reading in before if reading.gate == "tests"), None)
        if spec is None or reading is None:
            return Look()
        if self.first_look.can_map(base) and (self._mapping is None or self._mapping.done()):
            self._mapping = asyncio.create_task(self._map(run, commit, base), name=f"map:{base}")
            if self.first_look.knows_much:
                await asyncio.shield(self._mapping)  # only what changed since the last map is run
        if not self.first_look.is_mapped(base):
            return Look()
        limits, warm = self._limits_of(run), await self._warmed(commit)

        async def fresh(wanted: Sequence[str]) -> SuiteResult:
            with self._checked_out(tree) as root:
                return await (await self.target(commit, root)).suite(select=wanted, limits=limits)

        runs = Runs(lambda wanted: warm.suite(tree, wanted, limits), fresh)
        return await self.first_look.at(runs, base, tree, spec, reading, run=run)

    async def close(self) -> None:
        """End what goes on beside the measuring."""
        if self._mapping is not None:
            self._mapping.cancel()
            await asyncio.gather(self._mapping, return_exceptions=True)
        for warm in self._warm.values():
            await warm.close()
        self._warm.clear()

    async def _warmed(self, commit: str) -> WarmTarget:
        """Return the interpreter that waits for candidates of a run; there is one at a time."""
        if commit not in self._warm:
            await self.close()
            folder = self.scratch / f"warm-{next(self._numbers)}"
            folder.mkdir()
            self._warm[commit] = WarmTarget(self.mirror, await self.target(commit, folder), folder)
        return self._warm[commit]

    async def _map(self, run: RunId, commit: str, tree: str) -> None:
        """Map a tree; when that fails, patches are judged by whole runs alone."""
        with self._checked_out(tree) as root:
            try:
                await self.first_look.learn(await self.target(commit, root), tree, self._limits_of(run))
            except (AgentError, GitError, OSError) as failed:
                self.first_look.give_up(tree, f"{type(failed).__name__}: {failed}")

    def _limits_of(self, run: RunId) -> Limits:
        return self._steadiness.setdefault(run, Steadiness(SUITE)).longest

    @contextmanager
    def _checked_out(self, tree: str) -> Iterator[Path]:
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
