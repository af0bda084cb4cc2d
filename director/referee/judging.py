"""Judges a candidate tree against a trusted base: what changed, what runs show, what objects."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from agents.ports import SuiteResult
from agents.tools.target import SandboxedTarget
from agents.workspace.declared import declared_by
from director.core.judge import judge as compared
from director.gates.tests import passed
from director.referee.borne_out import borne_out
from director.referee.changes import Change, Changes, changes_between
from director.referee.examples import Examples
from director.referee.expected import Lost, failing, lost
from director.referee.growth import grew
from director.referee.heldout import HeldOut
from director.referee.measuring import SUITE, Referee, Seen
from director.referee.needless import Needless
from director.referee.objections import Objection, doubts, rejects
from director.referee.restrictions import brought
from director.referee.static import Texts, installed, static_objections
from director.referee.steady import CUT_SHORT, cut_short, untold
from director.referee.strength import Side, Strength, Weighed
from director.referee.trees import over_trusted_sources, under_trusted_tests, without_tests
from director.referee.twins import same_but_for_values, same_tests
from director.referee.usual import as_usual, may_end_runs, told_otherwise, unheard
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
    weights: tuple[str, ...] = ()
    """Of each reason: whether it rejects by itself, or is for a person to decide."""

    @property
    def objections(self) -> tuple[Reason, ...]:
        """Return what speaks against the candidate besides its gates, as reasons to reject its patch."""
        found = tuple(reason for reason in self.reasons if reason.code not in ("worse", "unmeasurable"))
        if self.verdict == "undecided" and found:
            return (Reason(code="undecided", message="a person must decide: " + found[0].message), *found)
        return found


async def judge(referee: Referee, commit: str, base: str, candidate: str, specs: Sequence[GateSpec]) -> Judged:
    """Judge a candidate of a run, with a seed that nobody could know when it was made."""
    seed = secrets.randbits(32)
    base = await asyncio.to_thread(referee.mirror.tree_of, base)
    return await Judging(referee, commit, base, candidate, specs, seed).judged()


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
    twins: dict[str, str] = field(default_factory=dict)
    """Tests of the base, and those of the candidate that have the same text."""
    meant: frozenset[str] = frozenset()
    """Failing tests that want other values now, and that pass over the new code alone."""
    tells: bool = False
    """Whether the project's own command tells that planted tests fail, asked on the candidate."""

    async def judged(self) -> Judged:
        """Run whatever is needed and return the verdict."""
        referee = self.referee
        with referee.checked_out(self.base) as base_root, referee.checked_out(self.candidate) as root:
            before, after = await referee.target(self.commit, base_root), await referee.target(self.commit, root)
            changes, objections = self.seen_at_once(before, after)
            self.objections += objections
            seen = await referee.see_trusted(self.base, before, self.specs, self._chance("base"))
            if not changes.all:
                return self._verdict(seen.readings, seen.readings)
            return await self._measured(changes, before, after, seen)

    def seen_at_once(self, before: SandboxedTarget, after: SandboxedTarget) -> tuple[Changes, list[Objection]]:
        """Return what changed, and what can be said without running anything."""
        mirror, prefix = self.referee.mirror, self.referee.prefix
        entries = mirror.entries(self.base), mirror.entries(self.candidate)
        layouts = before.layout(), after.layout()
        changes = changes_between(*entries, prefix, layouts)
        said = static_objections(changes, *entries, Texts(mirror), prefix, layouts, installed(before))
        return changes, list(said)

    def texts_of(self, change: Change) -> tuple[str, str]:
        """Return a changed file's text before and after."""
        texts = Texts(self.referee.mirror)
        return texts(change.before), texts(change.after)

    async def _measured(self, changes: Changes, before: SandboxedTarget, after: SandboxedTarget, seen: Seen) -> Judged:
        settled = failing(seen.suite)
        texts = Texts(self.referee.mirror)
        async with asyncio.TaskGroup() as both:
            if changes.of("source") and seen.suite.tests:  # what is known of the base will be asked for: see `held_out`
                both.create_task(self._examples(before, seen.suite))
            own = await both.create_task(self._see(after, self.specs, "candidate", before, settled))
        declared = (declared_by(target.project).requirements for target in (before, after))
        unable = untold(seen.suite, own.suite, *declared)
        if unable:
            return self._unmeasurable(seen, own, unable)
        self.referee.remember(self.candidate, own)
        trusted_tree = under_trusted_tests(self.referee.mirror, self.candidate, changes)
        trusted = own
        if trusted_tree == self.candidate:
            self.objections += await self.held_out(changes, before, seen.suite, after, own.suite)
        else:
            with self.referee.checked_out(trusted_tree) as root:
                target = await self.referee.target(self.commit, root)
                trusted = await self._see(target, (), "trusted", before, settled)
                if cut_short(trusted.suite):
                    return self._unmeasurable(seen, own, CUT_SHORT)
                self.objections += await self.held_out(changes, before, seen.suite, target, trusted.suite)
        for run in {id(own): own, id(trusted): trusted}.values():
            self.objections += [rejects("canary", line, rule="planted tests") for line in run.forged if not seen.forged]
        if changes.of("test"):
            self.twins = same_tests(changes, texts, self.referee.prefix, seen.suite, own.suite)
        weighed: Weighed | None = None
        sides = Side(before, before.layout(), seen.suite), Side(after, after.layout(), own.suite)
        strength = Strength(*sides, changes, self.referee.prefix, self._chance("faults"))
        other_tests = changes.of("test", "data", "read") or strength.shown_otherwise()
        if other_tests or (changes.of("settings") and lost(passed(seen.suite), own.suite)):
            weighed = await strength.weigh()
            self.objections += weighed.objections
            left = self._not_moved(weighed.new_unproven, seen.suite, own.suite)
            self.objections += await self._proven(changes, left)
        self.meant = await self._meant(changes, (failing(seen.suite) & passed(own.suite)) - passed(trusted.suite))
        self.objections += await self._usual(changes, before, after, seen.suite, own.suite)
        self.objections += self._tests(changes, seen.suite, trusted.suite, own.suite, weighed)
        self.objections = list(borne_out(self.objections, seen.readings, own.readings, self.tells))
        self.objections += self._gates(seen.readings, own.readings)
        if not any(one.weight == "rejects" for one in self.objections):
            self.objections += await self.restricted(changes, before, after, seen.suite, trusted.suite, own.suite)
        return self._verdict(seen.readings, own.readings)

    async def _see(
        self, target: SandboxedTarget, specs: Sequence[GateSpec], what: str, before: SandboxedTarget,
        settled: Iterable[str],
    ) -> Seen:  # fmt: skip
        chance, trusted = self._chance(what), before.project
        return await self.referee.see(target, specs, chance, trusted=trusted, settled=settled, suspected=self.candidate)

    def _unmeasurable(self, seen: Seen, own: Seen, why: str) -> Judged:
        self.objections.append(doubts("unmeasurable", why))
        return self._verdict(seen.readings, own.readings, unmeasurable=True)

    async def held_out(
        self, changes: Changes, before: SandboxedTarget, base: SuiteResult, watched: SandboxedTarget,
        trusted: SuiteResult,
    ) -> list[Objection]:  # fmt: skip
        """Return what speaks against the candidate where nobody watches; `watched` has the trusted tests."""
        if not changes.of("source") or not base.tests:
            return []
        mirror, prefix = self.referee.mirror, self.referee.prefix
        texts = Texts(mirror)
        check = HeldOut(
            await self._examples(before, base),
            mended=passed(trusted) & failing(base),
            green=passed(base) & passed(trusted),
            before={change.path: texts(change.before) for change in changes.of("source")},
            after={change.path: texts(change.after) for change in changes.of("source")},
        )
        tree = without_tests(mirror, self.candidate, prefix, (before.layout(), watched.layout()))
        with self.referee.checked_out(tree) as root:
            objections, then = await check.check(await self.referee.target(self.commit, root), watched, before)
        if not changes.touches_measuring:
            self.referee.keep_examples(self.candidate, then)
        return objections

    async def restricted(
        self, changes: Changes, before: SandboxedTarget, after: SandboxedTarget, base: SuiteResult,
        trusted: SuiteResult, own: SuiteResult,
    ) -> list[Objection]:  # fmt: skip
        """Return what keeps a mending from inputs near to those of the tests, and is needed by none of them."""
        mirror, prefix = self.referee.mirror, self.referee.prefix
        conditions = brought({one.path: self.texts_of(one) for one in changes.of("source")}, prefix)
        mended = passed(trusted) & failing(base)
        if not mended or not conditions:
            return []
        check = Needless(await self._examples(before, base), mended, passed(own), conditions, self.seed)
        tree = without_tests(mirror, self.candidate, prefix, (before.layout(), after.layout()))
        with self.referee.checked_out(tree) as root:
            return await check.check(before, await self.referee.target(self.commit, root), after, own)

    async def _examples(self, before: SandboxedTarget, base: SuiteResult) -> Examples:
        ids = [test.id for test in base.tests if test.outcome in ("passed", "failed", "error")]
        return await self.referee.examples(before, self.base, ids, self.seed, sorted(failing(base)))

    async def _usual(
        self, changes: Changes, before: SandboxedTarget, after: SandboxedTarget, base: SuiteResult, own: SuiteResult
    ) -> list[Objection]:
        """Ask the project's own command too, where anything changed that could make it say something else."""
        texts = Texts(self.referee.mirror)
        ends = any(may_end_runs(texts(one.before), texts(one.after)) for one in changes.of("source"))
        if not base.tests or not (ends or changes.touches_measuring):
            return []
        now = await as_usual(after, self._chance("usual"), SUITE)
        self.tells = now is not None and bool(now.status) and now.planted
        if now is None or (now.status and not unheard(now, own)):
            return []
        was = await self.referee.usual(self.base, before, self._chance("usual"))
        return list(told_otherwise(was, now, base, own)) if was is not None else []

    def _not_moved(self, new: Sequence[str], base: SuiteResult, own: SuiteResult) -> list[str]:
        """Return the tests that took the place of none: what a moved or converted one notices was weighed already."""
        gone = {_function(test) for test in passed(base) - {one.id for one in own.tests}}
        twins = frozenset(self.twins.values())
        return [test for test in new if test not in twins and _function(test) not in gone]

    async def _meant(self, changes: Changes, tests: frozenset[str]) -> frozenset[str]:
        """Return the tests that say the same but for values, and fail with them over the code of the base."""
        texts = [self.texts_of(change) for change in changes.of("test")]
        settled = not tests or not changes.of("source") or changes.of("settings", "read")
        if settled or not all(same_but_for_values(*both) for both in texts):
            return frozenset()
        return tests - await self._passing_over_trusted_sources(changes, tests)

    async def _passing_over_trusted_sources(self, changes: Changes, tests: frozenset[str]) -> frozenset[str]:
        with self.referee.checked_out(over_trusted_sources(self.referee.mirror, self.candidate, changes)) as root:
            target = await self.referee.target(self.commit, root)
            return passed(await target.suite(select=sorted(tests), limits=SUITE))

    async def _proven(self, changes: Changes, unproven: Sequence[str]) -> list[Objection]:
        """Return the new tests that notice no fault and do not fail on the base either."""
        left = frozenset(unproven)
        if left and changes.of("source"):
            left &= await self._passing_over_trusted_sources(changes, left)
        said = "notices no fault that was put into the code it runs"
        return [
            rejects("checks-nothing", f"{test} {said}", test.split("::")[0] if "::" in test else "")
            for test in sorted(left)
        ]

    def _tests(
        self, changes: Changes, base: SuiteResult, trusted: SuiteResult, own: SuiteResult, weighed: Weighed | None
    ) -> Iterator[Objection]:
        """Yield what the trusted tests, and the candidate's own, say of the candidate's code.

        What is missing on the candidate's side was judged by what it noticed, when anything could be told of it.
        """
        expected = passed(base) - self.referee.steadiness.quarantined.keys()
        missing = {one.id: one for one in lost(expected, own)}
        told = weighed is not None and weighed.noticed > 0
        more = told and weighed is not None and weighed.kept and self._want_more(changes)
        for one in lost(expected, trusted):
            gone = one.id in missing and missing[one.id].became in ("missing", "broken")
            if weighed is None or (one.id in missing and not gone):
                yield _expected(one)
            elif not _for_want_of_a_name(one) and (gone or not more):
                said = f"{one.id} {_became(one)} over the new code, and " + ("is gone" if gone else "passes as changed")
                yield doubts("behaviour", said, *_place(one))
        for one in missing.values():
            if one.became in ("skipped", "xfailed"):
                yield rejects("gone", f"{one.id} passed on the base and is {one.became} now", *_place(one))
            elif one.became != "missing" or weighed is None:
                yield _expected(one)
        if any(one.became == "missing" for one in missing.values()) and weighed is not None and not told:
            first = next(one.id for one in missing.values() if one.became == "missing")
            yield doubts("gone", f"{first} is gone, and what it noticed could not be told")
        yield from self._failing(base, trusted, own)

    def _want_more(self, changes: Changes) -> bool:
        """Return whether what changed of the tests wants all it wanted before: then new behaviour only adds to it."""
        found = [(change, *self.texts_of(change)) for change in changes.of("test", "data") if change.before is not None]
        there = bool(found) and all(change.after is not None for change, _, _ in found)
        return there and not changes.of("settings", "read") and all(grew(a, b, one.path) for one, a, b in found)

    def _failing(self, base: SuiteResult, trusted: SuiteResult, own: SuiteResult) -> Iterator[Objection]:
        mended, there = passed(trusted), failing(own)
        for test in sorted(failing(base)):
            if test in mended or test in there or test.endswith(".py") or self._moved(test, base, own):
                continue
            asked = next(iter(lost([test], trusted)), None)
            twin = self.twins.get(test)
            if twin is not None and twin in passed(own) and asked is not None and _for_want_of_a_name(asked):
                continue  # the same test under another name, or of what has another name now
            if test in self.meant:
                said = f"{test} fails over the new code as it stood on the base, and wants what the new code gives now"
                yield doubts("behaviour", said)
            elif test in passed(own):
                yield rejects(
                    "fitted", f"{test} fails over the new code as it stood on the base, and passes as changed"
                )
            else:
                yield rejects("dropped", f"{test} failed on the base, fails over the new code, and is not run any more")

    def _moved(self, test: str, base: SuiteResult, own: SuiteResult) -> bool:
        """Return whether a failing test fails elsewhere as it did: under its own name, or with the same words."""
        old = next((one for one in base.tests if one.id == test), None)
        known = {one.id for one in base.tests}
        new = [one for one in own.tests if one.id not in known and one.outcome in ("failed", "error")]
        last = test.replace("::", ".").rpartition(".")[2]
        return any(
            one.id.replace("::", ".").rpartition(".")[2] == last
            or (old is not None and (one.exception, one.message) == (old.exception, old.message))
            for one in new
        )

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
        told = _told(ordered)
        reasons, weights = tuple(one.reason for one in told), tuple(one.weight for one in told)
        return Judged(verdict, reasons, tuple(before), tuple(after), weights)


def _told(objections: Sequence[Objection]) -> list[Objection]:
    kept: dict[str, list[Objection]] = {}
    for one in objections:
        if one.reason not in [other.reason for other in kept.setdefault(one.reason.code, [])]:
            kept[one.reason.code].append(one)
    told: list[Objection] = []
    for code, found in kept.items():
        told += found[:SHOWN]
        if len(found) > SHOWN:
            more = Reason(code=code, message=f"and {len(found) - SHOWN} more of this kind")
            told.append(Objection(more, found[-1].weight))
    return told


def _function(test: str) -> str:
    return test.partition("[")[0].replace("::", ".").rpartition(".")[2]


def _expected(one: Lost) -> Objection:
    return rejects(
        "expected", f"{one.id} passes on the base and {_became(one)} over the candidate's code", *_place(one)
    )


def _for_want_of_a_name(one: Lost) -> bool:
    """A test that asks for what was renamed, moved or given other parameters says nothing of what the code does."""
    exception = one.outcome.exception if one.outcome is not None else ""
    said = one.outcome.message if one.outcome is not None else ""
    if exception == "TypeError":
        return "argument" in said
    return one.became == "missing" or exception in ("ImportError", "ModuleNotFoundError", "AttributeError", "NameError")


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
