"""A candidate is judged by the tests its change can reach before all of them are run: a wrong patch costs little.

Red is final: each test that says so failed three times, twice of them alone in a fresh interpreter. Green is
provisional: the whole run follows, and tells whether the choice has missed anything.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import msgspec

from agents.ports import AgentError, Limits, SuiteResult
from agents.tools.target import SandboxedTarget
from agents.workspace.mirror import Mirror
from director.core.judge import judge
from director.referee.mapping import changes, map_tree, mappable, paths_of
from director.referee.readings import Readings, key_of
from director.referee.selection import FileMap, Map, Selection, expected, select
from ledger.events import GateSpec, NoticeRaised, Reading, Reason

WORTH = 5.0
"""Processor seconds a whole run must take before choosing saves more than mapping costs."""
AGAIN = 2
"""How often a test that failed is run alone before it counts."""
SHOWN = LOOKED_AT = 5
SELECTION_MISSED = "selection-missed"
"""Code of the notice that a choice has missed a test, and that the map is void."""
GREEN = ("passed", "xpassed")
KEPT = 8
"""Trees of which something is remembered: one of them is the branch's, any of them may become it."""
FORMAT = 2
"""Raised when a map written before cannot be read any more."""


class Look(NamedTuple):
    """What the first look found: reasons to reject, or none and the whole run decides."""

    reasons: tuple[Reason, ...] = ()
    unsteady: Mapping[str, str] = {}
    """Tests that failed and passed on this tree, with what they said: the whole run may not believe them."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The two ways in which tests of one tree are run."""

    quick: Callable[[Sequence[str]], Awaitable[SuiteResult | None]]
    """At once, by an interpreter that waits; None where it cannot. What it says is a hint."""
    fresh: Callable[[Sequence[str]], Awaitable[SuiteResult]]
    """In a new copy of the tree and a new interpreter."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for one tree, to be compared with its whole run."""

    map: Map
    selection: Selection


class FirstLook:
    """The first looks at one project's candidates; its maps are kept with the readings."""

    def __init__(self, mirror: Mirror, readings: Readings, *, worth: float = WORTH) -> None:
        self._mirror, self._readings, self._worth = mirror, readings, worth
        self._outcomes: dict[str, dict[str, str]] = {}
        self._maps: dict[str, Map] = {}
        self._last: Map | None = None
        self._chosen: dict[str, Chosen] = {}
        self._killers: Counter[str] = Counter()
        self._fresh_only: set[str] = set()
        self._flaky: set[str] = set()
        self._coarse = 0

    # --- maps

    def whole(
        self, tree: str, suite: SuiteResult, flaky: Iterable[str] = ()
    ) -> tuple[NoticeRaised, ...]:  # fmt: skip
        """Hear of a whole run: it can be mapped from now on, and it tells whether a choice for it was right."""
        self._flaky |= set(flaky)
        outcomes = {test: outcome for test, outcome in mappable(suite).items() if test not in self._flaky}
        if outcomes and suite.cpu_seconds >= self._worth:
            keep(self._outcomes, tree, outcomes)
        chosen = self._chosen.pop(tree, None)
        if chosen is None or not outcomes:
            return ()
        missed = sorted(missed_by(chosen.map, chosen.selection, outcomes) - self._flaky)
        if not missed:
            return ()
        self._coarse += 1
        self._maps.clear()
        self._last = None
        level = "whole files are chosen" if self._coarse == 1 else "all tests are run"
        message = f"{missed[0]} changed with a patch that was not seen to reach it; from now on {level}"
        return (NoticeRaised(code=SELECTION_MISSED, message=message),)

    def can_map(self, tree: str) -> bool:
        """Return whether a map of the tree is missing and can be made."""
        return tree in self._outcomes and tree not in self._maps and self._coarse < 2

    def is_mapped(self, tree: str) -> bool:
        """Return whether a choice can be made for changes of this tree."""
        return tree in self._maps and not self._maps[tree].void

    @property
    def knows_much(self) -> bool:
        """Return whether the next map can be made from the last one."""
        return self._last is not None and not self._last.void

    def give_up(self, tree: str, why: str) -> None:
        """Hear that a tree cannot be mapped: it is not tried again."""
        self._maps[tree] = Map(tree, "", frozenset(), frozenset(), {}, {}, void=why)

    async def learn(self, target: SandboxedTarget, tree: str, limits: Limits | None = None) -> Map:
        """Return the map of a tree, from the cache or by running each test alone that is not known from before."""
        if tree in self._maps:
            return self._maps[tree]
        outcomes = self._outcomes[tree]
        environment = target.environment
        made_by = (environment.python, environment.version, environment.key)
        key = key_of("map", FORMAT, tree, *made_by, sorted(outcomes.items()), sorted(self._flaky))
        kept = await asyncio.to_thread(self._readings.get, key)
        if kept is not None:
            made = msgspec.json.decode(kept, type=Map)
        else:
            paths = await asyncio.to_thread(paths_of, self._mirror, tree)
            known = await asyncio.to_thread(self._still_true, tree, outcomes)
            made = await map_tree(target, tree, paths, outcomes, known=known, flaky=self._flaky, limits=limits)
            if not made.void:
                await asyncio.to_thread(self._readings.put, key, msgspec.json.encode(made))
        self._last = replace(made, coarse=self._coarse > 0)
        keep(self._maps, tree, self._last)
        return self._last

    def _still_true(self, tree: str, outcomes: dict[str, str]) -> dict[str, FileMap]:
        """Return what the last map says of files none of whose tests a change since then reaches."""
        if self._last is None or self._last.void:
            return {}
        last = self._last
        selection = select(last, changes(self._mirror, last.tree, tree))
        if selection.everything:
            return {}
        reached = selection.files | {test.partition("::")[0] for test in selection.tests}
        return {
            path: file
            for path, file in last.files.items()
            if path not in reached and all(outcomes.get(test) == last.outcomes[test] for test in file.tests)
        }

    # --- looking

    def choose(self, base: str, tree: str) -> Chosen | None:
        """Return the tests that the change from `base` to `tree` can reach; None without a map of the base.

        When the tree has its whole run, it tells whether the choice was right.
        """
        map_ = self._maps.get(base)
        if map_ is None:
            return None
        chosen = Chosen(map_, select(map_, changes(self._mirror, base, tree)))
        if not chosen.selection.everything:
            keep(self._chosen, tree, chosen)
        return chosen

    async def at(
        self, runs: Runs, base: str, tree: str, spec: GateSpec, before: Reading
    ) -> Look:  # fmt: skip
        """Run the tests that the change from `base` to `tree` can reach; `before` is the reading of the base."""
        chosen = await asyncio.to_thread(self.choose, base, tree) if before.value is not None else None
        if chosen is None or chosen.selection.everything or before.value is None:
            return Look()
        map_, selection = chosen.map, chosen.selection
        unsteady: dict[str, str] = {}
        for wanted in self._in_turn(map_, selection):
            suite = await self._first(runs, wanted)
            if suite.outcome not in ("ran", "none"):
                return Look((), unsteady)
            count = before.value + score(map_, suite, wanted)
            broken = _broken(map_, suite, wanted)
            if not broken or not _worse(spec, before, count):
                continue
            proven, flaky = await self._proven(runs, map_, broken, enough=_lost(spec, before, count, broken))
            said = _said(suite)
            unsteady |= {test: said.get(test, "") for test in flaky}
            count -= len(broken) - len(proven)
            if proven and _worse(spec, before, count):
                self._killers.update(proven)
                return Look((_reason(spec, before, suite, count, proven, (len(wanted), map_.size)),), unsteady)
            return Look((), unsteady)  # what is doubtful is for the whole run to decide
        return Look((), unsteady)

    async def _first(self, runs: Runs, wanted: Sequence[str]) -> SuiteResult:
        alone = not self._fresh_only & {
            *wanted,
            *(test for test in self._fresh_only if test.partition("::")[0] in wanted),
        }
        suite = await runs.quick(wanted) if alone else None
        return suite if suite is not None and suite.outcome in ("ran", "none") else await _fresh(runs, wanted)

    def _in_turn(self, map_: Map, selection: Selection) -> list[tuple[str, ...]]:
        """Return what to run first, and what then: tests that rejected a patch before come before all others."""
        first = tuple(sorted(set(selection.tests) & {test for test, _ in self._killers.most_common(20)}))
        few = len(expected(map_, selection)) <= 10 * len(first)
        return [selection.wanted] if not first or few else [first, selection.wanted]

    async def _proven(
        self, runs: Runs, map_: Map, broken: Sequence[str], *, enough: int
    ) -> tuple[list[str], list[str]]:
        """Return tests that fail alone each time, and those that do not; not more than are needed for a verdict."""
        proven: list[str] = []
        flaky: list[str] = []
        for test in broken[:LOOKED_AT]:
            path = test.partition("::")[0]
            file = map_.files.get(path)
            asked = path if file is None or file.unit else test
            became = [became_of(await _fresh(runs, (asked,)), test) for _ in range(AGAIN)]
            green = sum(outcome in GREEN for outcome in became)
            if green == AGAIN:
                self._fresh_only.add(test)  # it passes where it may write, or alone: the whole run will tell
            elif green:
                flaky.append(test)
            elif set(became) <= {"failed", "error", "broken"}:
                proven.append(test)
            if len(proven) >= enough:
                break
        return proven, flaky


def keep(kept: dict[str, Any], tree: str, value: object) -> None:
    """Keep something of a tree; what nobody kept again for longest is forgotten."""
    kept.pop(tree, None)
    kept[tree] = value
    while len(kept) > KEPT:
        del kept[next(iter(kept))]


def missed_by(map_: Map, selection: Selection, outcomes: dict[str, str]) -> frozenset[str]:
    """Return the tests that were not chosen and became something else in the whole run."""
    chosen = expected(map_, selection)
    return frozenset(
        test for test, was in map_.outcomes.items()
        if test not in chosen and test.partition("::")[0] not in selection.files and outcomes.get(test) != was
    )  # fmt: skip


def score(map_: Map, suite: SuiteResult, wanted: Iterable[str]) -> float:
    """Return by how much the failing tests of the whole suite would grow, as far as these tests tell."""
    known = map_.outcomes
    mended = sum(test.outcome in GREEN and known.get(test.id, "passed") not in GREEN for test in suite.tests)
    new = sum(test.outcome in ("failed", "error") and test.id not in known for test in suite.tests)
    new += sum(test.id not in map_.files for test in suite.broken)
    return float(len(_broken(map_, suite, wanted)) + new - mended)


def _broken(map_: Map, suite: SuiteResult, wanted: Iterable[str]) -> list[str]:
    """Return the asked tests that passed on the base and fail here, or cannot be collected.

    What is skipped or not there any more may have gone honestly: that takes the whole judgement.
    """
    names = frozenset(wanted)
    asked = expected(map_, Selection("", names, frozenset(names & map_.outcomes.keys())))
    failed = {test.id for test in suite.tests if test.outcome in ("failed", "error")}
    lost = {test.id for test in suite.broken}
    return sorted(
        test for test in asked
        if map_.outcomes[test] in GREEN and (test in failed or test.partition("::")[0] in lost)
    )  # fmt: skip


def _worse(spec: GateSpec, before: Reading, count: float) -> bool:
    return bool(judge([spec], [before], [msgspec.structs.replace(before, value=count)]).worse)


def _lost(spec: GateSpec, before: Reading, count: float, broken: Sequence[str]) -> int:
    """Return how many of the broken tests must be proven for the verdict to stand."""
    others = count - len(broken)
    return next(n for n in range(1, len(broken) + 1) if n == len(broken) or _worse(spec, before, others + n))


def became_of(suite: SuiteResult, test: str) -> str:
    """Return what a test became; `gone` when it was not there, `unknown` when a limit on the clock ended it."""
    if suite.outcome in ("broken", "timeout"):
        return "unknown"
    if any(one.id == test.partition("::")[0] for one in suite.broken):
        return "broken"
    found = next((one for one in suite.tests if one.id == test), None)
    if found is None:
        return "gone"
    waited = found.exception == "Overrun" and "CPU" not in found.message
    return "unknown" if waited else found.outcome


async def _fresh(runs: Runs, wanted: Sequence[str]) -> SuiteResult:
    try:
        return await runs.fresh(wanted)
    except AgentError as failed:
        return SuiteResult("broken", "", detail=str(failed))


def _reason(
    spec: GateSpec, before: Reading, suite: SuiteResult, count: float, proven: Sequence[str], share: tuple[int, int]
) -> Reason:
    said = _said(suite)
    shown = [f"{test} ({said.get(test) or said.get(test.partition('::')[0]) or 'gone'})" for test in proven[:SHOWN]]
    verdict = judge([spec], [before], [msgspec.structs.replace(before, value=count)])
    parts = (
        f"{', '.join(shown)}; seen by running the {share[0]} tests and files the change reaches, of {share[1]} tests"
    )
    return Reason(code=verdict.worse[0].code, message=f"{verdict.worse[0].message}: {parts}"[:2000], gate=spec.name)


def _said(suite: SuiteResult) -> dict[str, str]:
    return {test.id: f"{test.exception}: {test.message}".strip(": ") for test in (*suite.tests, *suite.broken)}
