"""Whether a patch may be confirmed with those before it: judged by the tests it can reach, whole runs left to the last.

A test whose record nothing in a change touches ends as it ended on the branch. So what became of it there and what the
tests that were run became is what a whole run would say, as far as the record is whole: the last of the patches that
land together is measured in full, and tells whether it was.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from msgspec import structs

from agents.ports import FileCoverage, SuiteResult
from agents.tools.target import SandboxedTarget
from director.gates import gate_for, measure_all
from director.gates.coverage import Coverage
from director.gates.gate import Gate
from director.gates.tests import Tests, keep_passed
from director.gates.tree import CleanTree
from director.referee.first_look import GREEN, Chosen
from director.referee.judging import Judging
from director.referee.measuring import SUITE, Referee
from director.referee.selection import expected
from director.referee.usual import may_end_runs
from ledger.events import GateSpec, Reading, Reason


class Provisional(NamedTuple):
    """What is known of a patch before the whole run."""

    readings: tuple[Reading, ...] = ()
    alone: str = ""
    """Why it has to be measured alone; empty when it may be confirmed with others."""


class ReachedTree(CleanTree):
    """A clean tree whose suite is known: what its change reaches was run, the rest is as it was."""

    known = SuiteResult("none", "")

    async def suite(self) -> SuiteResult:
        """Return what is known."""
        return self.known


@dataclass(frozen=True, slots=True)
class Looking:
    """One tree that is looked at beside the one it was put on."""

    referee: Referee
    commit: str
    """Names the environment."""
    head: str
    """Tree of the branch."""
    below: str
    """Tree it was put on."""
    tree: str
    specs: Sequence[GateSpec]
    before: Sequence[Reading]
    """Readings of what is below."""

    async def provisional(self) -> Provisional:
        """Judge it by the tests that its difference from the branch can reach."""
        gates = [(gate_for(self.referee.gates, spec), spec) for spec in self.specs]
        blind = next((spec.name for gate, spec in gates if not _is_told(gate) and spec.name != Coverage.name), "")
        if blind:
            return Provisional(alone=f"only a whole measurement tells {blind}")
        was = self.referee.suite_of(self.below)
        chosen = await asyncio.to_thread(self.referee.first_look.choose, self.head, self.tree)
        if was is None or chosen is None:
            return Provisional(alone="it is not known yet which tests reach what on the branch as it stands")
        if chosen.selection.everything:
            return Provisional(alone=f"all tests have to be run: {chosen.selection.everything}")
        with self.referee.checked_out(self.below) as below, self.referee.checked_out(self.tree) as root:
            base = await self.referee.target(self.commit, below)
            here = await self.referee.target(self.commit, root)
            now = await self._suite(was, chosen, base, here)
            if isinstance(now, str):
                return Provisional(alone=now)
            clean = ReachedTree(here, trusted=base.project)
            clean.known = now
            told = await measure_all([(gate, spec) for gate, spec in gates if _is_told(gate)], clean)
        self.referee.keep_reached(self.tree, now)
        return Provisional(self._in_order(keep_passed(told, now, self.referee.blobs), chosen))

    async def _suite(
        self, was: SuiteResult, chosen: Chosen, base: SandboxedTarget, here: SandboxedTarget
    ) -> SuiteResult | str:
        """Return the suite as a whole run would show it, or what speaks against that."""
        judging = Judging(self.referee, self.commit, self.below, self.tree, self.specs, secrets.randbits(32))
        changes, objections = judging.seen_at_once(base, here)
        other = next((change.path for change in changes.all if change.kind not in ("source", "docs")), "")
        if other:
            return f"{other} is more than code of the project: its tests are to be judged too"
        if any(may_end_runs(*judging.texts_of(change)) for change in changes.of("source")):
            return "it touches what can end a run of the tests"
        now = _as_run(was, await _reached(here, chosen), chosen, self.referee.steadiness.quarantined)
        if not isinstance(now, str):
            objections = objections or await judging.held_out(changes, base, was, here, now)
            objections = objections or await judging.restricted(changes, base, here, was, now, now)
        return objections[0].reason.message if objections else now

    def _in_order(self, told: Sequence[Reading], chosen: Chosen) -> tuple[Reading, ...]:
        now = {reading.gate: reading for reading in told}
        if Tests.name in now:
            reached = len(expected(chosen.map, chosen.selection))
            detail = f"{now[Tests.name].detail}; run were the {reached} that the change reaches"
            now[Tests.name] = structs.replace(now[Tests.name], basis="reached", detail=detail)
        old = {reading.gate: structs.replace(reading, basis="before") for reading in self.before}
        both = {**old, **now}
        return tuple(both[spec.name] for spec in self.specs if spec.name in both)


def _is_told(gate: Gate) -> bool:
    """Return whether a gate's value is known without a whole run."""
    return gate.name == Tests.name or bool(getattr(gate, "static", False))


async def _reached(target: SandboxedTarget, chosen: Chosen) -> SuiteResult:
    """Run what the change reaches in an interpreter of its own; nothing where it reaches no test."""
    wanted = chosen.selection.wanted
    return await target.suite(select=wanted, limits=SUITE) if wanted else SuiteResult("ran", "")


def _as_run(was: SuiteResult, ran: SuiteResult, chosen: Chosen, flaky: Iterable[str]) -> SuiteResult | str:
    """Return the suite as a whole run would show it, or why that cannot be said."""
    if ran.outcome != "ran" or ran.broken:
        return f"the tests it reaches do not come to their end: {ran.detail or ran.outcome}"
    aside = frozenset(flaky)
    old = {test.id: test for test in was.tests if test.id not in aside}
    new = {test.id: test for test in ran.tests if test.id not in aside}
    for name in sorted((expected(chosen.map, chosen.selection) & old.keys()) | new.keys()):
        if name not in new or name not in old:
            return f"{name} is {'new' if name in new else 'not run any more'}"
        was_so, is_so = old[name].outcome, new[name].outcome
        if is_so not in GREEN and is_so != was_so and {is_so, was_so} != {"failed", "error"}:
            return f"{name} is {was_so} before it and {is_so} with it"
    return replace(was, tests=tuple(new.get(test.id, test) for test in was.tests))


# --- what the whole run of the last one has to show for all of them


def not_for_each(referee: Referee, head: str, tree: str, specs: Sequence[GateSpec]) -> tuple[Reason, ...]:
    """Return why a whole run that is good does not speak for each of the patches before the last.

    Coverage is known of the branch and of the last tree alone. One patch must not hide what another one loses: with
    whatever part of the changed files as they were, the share may not be worse than one patch may make it.
    """
    spec = next((spec for spec in specs if spec.name == Coverage.name), None)
    was, now = referee.suite_of(head), referee.suite_of(tree)
    if spec is None or was is None or now is None or not _whole(was.coverage):
        return ()
    share = 100 * sum(map(_run, was.coverage)) / _whole(was.coverage)
    asked = spec.target if share >= spec.target else share - spec.tolerance
    if least_share(was.coverage, now.coverage, asked) >= 0:
        return ()
    message = "coverage may be lower with a part of these patches: each is measured by itself"
    return (Reason(code="away", message=message, gate=spec.name),)


def least_share(before: Sequence[FileCoverage], after: Sequence[FileCoverage], asked: float) -> float:
    """Return by how much what ran exceeds the asked share, in lines, when each file is as in the worse of two trees."""
    old, new = ({file.path: _run(file) - asked / 100 * _size(file) for file in files} for files in (before, after))
    return sum(min(old.get(path, 0.0), new.get(path, 0.0)) for path in old.keys() | new.keys()) + 1e-6


def _run(file: FileCoverage) -> int:
    return len(file.executed) + file.branches_taken


def _size(file: FileCoverage) -> int:
    return len(file.lines) + file.branches


def _whole(files: Sequence[FileCoverage]) -> int:
    return sum(map(_size, files))
