"""Judges a candidate tree against a trusted base: what changed, what runs show, what objects."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from agents.ports import SuiteResult
from agents.tools.target import SandboxedTarget
from director.core.judge import judge as compared
from director.gates.tests import passed
from director.referee.changes import Changes, changes_between
from director.referee.expected import Lost, failing, lost
from director.referee.measuring import Referee, Seen
from director.referee.objections import Objection, doubts, rejects
from director.referee.static import Texts, static_objections
from director.referee.trees import under_trusted_tests
from ledger.events import GateSpec, Reading, Reason

SHOWN = 8
"""Reasons of one code that are told; the rest is counted."""

Verdict = Literal["accepted", "rejected", "undecided", "unmeasurable"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the referee makes of a candidate."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    base: tuple[Reading, ...]
    candidate: tuple[Reading, ...]


@dataclass(slots=True)
class Judging:
    """One candidate before the referee. `commit` names the environment, `seed` is drawn after the candidate stands."""

    referee: Referee
    commit: str
    base: str
    candidate: str
    specs: Sequence[GateSpec]
    seed: int
    objections: list[Objection] = field(default_factory=list)

    async def judged(self) -> Judged:
        """Run whatever is needed and return the verdict."""
        mirror, referee = self.referee.mirror, self.referee
        with referee.checked_out(self.base) as base_root, referee.checked_out(self.candidate) as root:
            before, after = await referee.target(self.commit, base_root), await referee.target(self.commit, root)
            entries = mirror.entries(self.base), mirror.entries(self.candidate)
            layouts = before.layout(), after.layout()
            changes = changes_between(*entries, referee.prefix, layouts)
            installed = _installed(before)
            self.objections += static_objections(changes, *entries, Texts(mirror), referee.prefix, layouts, installed)
            seen = await referee.see(before, self.specs, self._chance("base"), trusted=before.project)
            if not changes.all:
                return self._verdict(seen.readings, seen.readings)
            return await self._measured(changes, before, after, seen)

    async def _measured(self, changes: Changes, before: SandboxedTarget, after: SandboxedTarget, seen: Seen) -> Judged:
        expected = passed(seen.suite)
        own = await self.referee.see(after, self.specs, self._chance("candidate"), trusted=before.project)
        if seen.suite.outcome != "ran" and own.suite.outcome != "ran":
            why = own.suite.detail or own.suite.outcome
            self.objections.append(
                doubts("unmeasurable", f"neither the base nor the candidate has a suite that ends: {why}")
            )
            return self._verdict(seen.readings, own.readings, unmeasurable=True)
        trusted_tree = under_trusted_tests(self.referee.mirror, self.candidate, changes)
        trusted = own
        if trusted_tree != self.candidate:
            with self.referee.checked_out(trusted_tree) as root:
                target = await self.referee.target(self.commit, root)
                trusted = await self.referee.see(target, (), self._chance("trusted"), trusted=before.project)
        for run in {id(own): own, id(trusted): trusted}.values():
            self.objections += [rejects("canary", line, rule="planted tests") for line in run.forged if not seen.forged]
        readings = own.readings
        self.objections += self._tests(expected, seen.suite, trusted.suite, own.suite, changes)
        self.objections += self._gates(seen.readings, readings)
        return self._verdict(seen.readings, readings)

    def _tests(
        self, expected: frozenset[str], base: SuiteResult, trusted: SuiteResult, own: SuiteResult, changes: Changes
    ) -> Iterator[Objection]:
        """Yield what the trusted tests, and the candidate's own, say of the candidate's code."""
        missing = {one.id: one for one in lost(expected, own)}
        unchanged = not changes.touches_measuring
        for one in lost(expected, trusted):
            if unchanged or (one.id in missing and missing[one.id].became not in ("missing", "broken")):
                yield _expected(one)
            elif one.id not in missing:
                yield doubts(
                    "behaviour", f"{one.id} {_became(one)} over the new code, and passes as changed", *_place(one)
                )
            else:
                yield doubts("gone", f"{one.id} is gone with what it needed", *_place(one))
        for one in missing.values():
            if one.became in ("skipped", "xfailed"):
                yield rejects("gone", f"{one.id} passed on the base and is {one.became} now", *_place(one))
            elif one.became not in ("missing", "broken"):
                yield _expected(one)
        yield from self._failing(base, trusted, own)

    def _failing(self, base: SuiteResult, trusted: SuiteResult, own: SuiteResult) -> Iterator[Objection]:
        mended, there = passed(trusted), failing(own)
        for test in sorted(failing(base)):
            if test in mended or test in there or test.endswith(".py"):
                continue
            if test in passed(own):
                yield rejects(
                    "fitted", f"{test} fails over the new code as it stood on the base, and passes as changed"
                )
            else:
                yield rejects("dropped", f"{test} failed on the base, fails over the new code, and is not run any more")

    def _gates(self, before: Sequence[Reading], after: Sequence[Reading]) -> Iterator[Objection]:
        """Yield the gates that are worse; tests that are gone are judged by what they noticed, not by their number."""
        for reason in compared(self.specs, before, after).worse:
            yield Objection(Reason(code="worse", message=reason.message, gate=reason.gate, rule=reason.code), "rejects")

    def _chance(self, what: str) -> random.Random:
        return random.Random(f"{self.seed} {what}")

    def _verdict(self, before: Sequence[Reading], after: Sequence[Reading], unmeasurable: bool = False) -> Judged:
        verdict: Verdict = "accepted"
        if any(objection.weight == "rejects" for objection in self.objections):
            verdict = "rejected"
        elif unmeasurable:
            verdict = "unmeasurable"
        elif self.objections:
            verdict = "undecided"
        ordered = sorted(self.objections, key=lambda objection: objection.weight != "rejects")
        return Judged(verdict, _told(objection.reason for objection in ordered), tuple(before), tuple(after))


def _told(reasons: Iterator[Reason]) -> tuple[Reason, ...]:
    kept: dict[str, list[Reason]] = {}
    for reason in reasons:
        if reason not in kept.setdefault(reason.code, []):
            kept[reason.code].append(reason)
    told: list[Reason] = []
    for code, found in kept.items():
        told += found[:SHOWN]
        if len(found) > SHOWN:
            told.append(Reason(code=code, message=f"and {len(found) - SHOWN} more of this kind"))
    return tuple(told)


def _expected(one: Lost) -> Objection:
    return rejects(
        "expected", f"{one.id} passes on the base and {_became(one)} over the candidate's code", *_place(one)
    )


def _became(one: Lost) -> str:
    said = (
        f": {one.outcome.exception} {one.outcome.message}"[:200]
        if one.outcome is not None and one.outcome.exception
        else ""
    )
    words = {
        "failed": "fails",
        "error": "fails",
        "broken": "cannot be collected",
        "missing": "is not run",
        "skipped": "is skipped",
        "xfailed": "is expected to fail",
    }
    return words.get(one.became, one.became) + said


def _place(one: Lost) -> tuple[str, int]:
    frame = one.outcome.frames[-1] if one.outcome is not None and one.outcome.frames else None
    if frame is not None:
        return frame.path, frame.line
    return (one.id.split("::")[0] if ".py" in one.id else ""), 0


def _installed(target: SandboxedTarget) -> frozenset[str]:
    """Return the names that the environment's packages can be imported by."""
    places = [*target.environment.paths, *([target.environment.overlay] if target.environment.overlay else [])]
    for readable in target.environment.readable:
        places += readable.glob("lib/python3*/site-packages")
    names: set[str] = set()
    for place in places:
        names |= {path.name.removesuffix(".py") for path in _listed(place)}
    return frozenset(name for name in names if name.isidentifier())


def _listed(place: Path) -> list[Path]:
    return list(place.iterdir()) if place.is_dir() else []
