"""Conditions that no test needs, and that keep the old way for inputs near to those of the tests that were mended.

A patch may be right only for inputs of the shape that tests have: `if len(parts) == 2` before the new way, and for all
others the old one, which a failing test proved wrong. So each condition that a change brings is loosened and tried.
That it keeps something from being mended is no proof, but where every test is content without it, a person decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from agents.ports import Limits, SuiteResult
from agents.tools.target import SandboxedTarget
from agents.workspace.addopts import kept_options
from director.referee.answers import Calls, kinds, raised
from director.referee.examples import TOGETHER, Examples
from director.referee.expected import collected
from director.referee.objections import Objection, doubts
from director.referee.restrictions import Loosened

LIMITS = Limits(wall=120.0, cpu=12.0)
SECONDS = 8.0
"""Processor seconds in which tests are run; what is left then is not known, and not said."""
CALLS, OTHERS, FURTHER, TRIED = 200, 60, 300, 12
"""Calls of mended tests, and of others, that are made with each condition, further ones near to those, and conditions
with which tests are run."""
KEPT, SHARE = 3, 0.1
"""So many inputs must be kept from the new way, and such a share of those that it could reach."""

Told = Mapping[int, tuple[str, str]]
"""What a call gave and what it left of its arguments."""


class Kept(NamedTuple):
    """What a condition does to inputs near to those of mended tests."""

    inputs: int
    test: str
    how: str


@dataclass(frozen=True, slots=True)
class Needless:
    """The check of one candidate."""

    examples: Examples
    mended: frozenset[str]
    green: frozenset[str]
    """Tests that pass over the candidate's code as it stands."""
    conditions: Sequence[Loosened]
    seed: int

    async def check(
        self, base: SandboxedTarget, bare: SandboxedTarget, candidate: SandboxedTarget, suite: SuiteResult
    ) -> list[Objection]:
        """Return what a person should look at; `bare` is the candidate without its tests, `suite` ran over it."""
        # An object of which one hidden part is otherwise may be none that there can be.
        possible = [call for call in self.examples.calls if "._" not in str(call[8])]
        calls = [call for call in possible if call[4] in self.mended][:CALLS]
        names = {call[0:3:2] for call in calls}
        others = [call for call in possible if call[5] < 0 and call[4] not in self.mended and call[0:3:2] in names]
        calls += others[:OTHERS]
        if not calls or not self.conditions:
            return []
        kept = await self._kept(calls, base, bare)
        if not kept:
            return []
        unneeded = await self._unneeded(list(kept), candidate, suite)
        return [_said(unneeded[0], kept[unneeded[0]])] if unneeded else []

    async def _kept(self, calls: Calls, base: SandboxedTarget, bare: SandboxedTarget) -> dict[Loosened, Kept]:
        """Return the conditions that keep inputs on the base's way, or let be what base and tests refuse."""
        told, further = await _given(bare, calls, self.conditions, FURTHER, self.seed)
        as_is, every = told.get(-1, {}), [*calls, *further]
        other = {one: told.get(place, {}) for place, one in enumerate(self.conditions)}
        if not any(other.values()):
            return {}
        before = (await _given(base, every, [], 0, self.seed))[0].get(-1, {})
        mended = {n for n in as_is if n in before and before[n] != as_is[n]}
        refused = {kinds(as_is[n][0])[0] for n, call in enumerate(calls) if call[5] < 0 and _raised(as_is.get(n))}
        kept: dict[Loosened, Kept] = {}
        for condition, given in other.items():
            old = [n for n in given if n in before and n not in mended]
            old = [n for n in old if every[n][8] == TOGETHER or _answers(as_is[n], given[n])]
            quiet = [n for n in given if _raised(before.get(n)) and given[n][0] == before[n][0] != as_is[n][0]]
            quiet = [n for n in quiet if kinds(before[n][0])[0] in refused and not raised(as_is[n][0])]
            if len(old) >= KEPT and len(old) >= SHARE * (len(old) + len(mended - given.keys())):
                kept[condition] = Kept(len(old), str(every[old[0]][4]), "go the old way only for it")
            elif len(quiet) >= KEPT:
                what = f"that were refused with {kinds(before[quiet[0]][0])[0]} are refused no more only for it"
                kept[condition] = Kept(len(quiet), str(every[quiet[0]][4]), what)
        return kept

    async def _unneeded(
        self, conditions: Sequence[Loosened], candidate: SandboxedTarget, suite: SuiteResult
    ) -> list[Loosened]:
        """Return the loosened conditions with which all tests pass, of what the mending hangs on."""
        chosen = list(conditions[:TRIED])
        settled = [one for one in self.conditions if one.is_settled and one not in chosen]
        chosen += [one for one in settled if any(_at(one) == _at(other) for other in chosen)]
        layout, ids = candidate.layout(), sorted(test.id for test in suite.tests)
        spec = {
            "runner": layout.runner, "tests": list(layout.tests), "ids": ids, "files": list(layout.files),
            "collected": collected(layout.tests, ids), "addopts": kept_options(layout.addopts)[0],
            "focus": sorted(self.green), "mended": sorted(self.mended), "seconds": SECONDS,
            "loosened": _told(chosen),
        }  # fmt: skip
        run = await candidate.inside("loosened", spec, limits=LIMITS, copied=True)
        noticed = {chosen[int(m["variant"])]: str(m["by"]) for m in run.of("noticed")}
        hangs = {_at(one) for one, test in noticed.items() if one.is_settled and test in self.mended}
        return [one for one in conditions if noticed.get(one) == "" and _at(one) in hangs]


def _said(condition: Loosened, kept: Kept) -> Objection:
    instead = "" if condition.is_settled else f" (`{condition.text[:80]}` instead)"
    said = (
        f"no test needs the restriction `{condition.condition[:120]}`: without it{instead} all tests pass too, and "
        f"{kept.inputs} inputs near to those of {kept.test} {kept.how}"
    )
    return doubts("special-cased", said, condition.path, condition.line, rule="a restriction no test needs")


async def _given(
    target: SandboxedTarget, calls: Calls, conditions: Sequence[Loosened], further: int, seed: int
) -> tuple[dict[int, Told], list[tuple[Any, ...]]]:
    """Return what the calls gave (-1), what else they give by loosened condition, and the further calls drawn."""
    spec = {"calls": [list(one) for one in calls], "loosened": _told(conditions), "further": further, "seed": seed}
    run = await target.inside("loosened", spec, limits=LIMITS)
    found: dict[int, dict[int, tuple[str, str]]] = {int(message["variant"]): {} for message in run.of("tried")}
    for message in run.of("gave"):
        told = json.dumps(message["told"]), json.dumps(message["left"])
        found.setdefault(int(message["variant"]), {})[int(message["call"])] = told
    return dict(found), [tuple(message["call"]) for message in run.of("call")]


def _answers(is_so: tuple[str, str], would_be: tuple[str, str]) -> bool:
    """Return whether something else would be answered; what is refused either way may leave something else."""
    return is_so[0] == would_be[0] or not (raised(is_so[0]) or raised(would_be[0]))


def _raised(told: tuple[str, str] | None) -> bool:
    return told is not None and raised(told[0])


def _at(condition: Loosened) -> tuple[str, int]:
    return condition.path, condition.start


def _told(conditions: Sequence[Loosened]) -> list[list[Any]]:
    return [[one.path, one.function, one.first, one.start, one.end, one.text] for one in conditions]
