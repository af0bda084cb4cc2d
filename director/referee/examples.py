"""How the tests of the base call its code, with inputs near to those and what all of them gave."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agents.ports import InsideRun, Limits
from agents.tools.target import SandboxedTarget
from agents.workspace.addopts import kept_options
from director.referee.compared import differ
from director.referee.documented import Documented, documented
from director.referee.expected import collected

LIMITS = Limits(wall=300.0, cpu=90.0)
TOGETHER = "="
"""Stands for the argument that is varied where one value is varied in all its places: as valid as it was."""
FRESH = 8
"""Inputs drawn near to each one that a test uses; they are drawn after the candidate stands."""


@dataclass(frozen=True, slots=True)
class Examples:
    """What was recorded on the base: calls, what they gave, and what was there besides."""

    calls: tuple[tuple[Any, ...], ...] = ()
    """Each (module, path, name, arguments, test, number of the call it is near to, texts among the arguments,
    numbers by argument, the argument that is varied)."""
    outcomes: Mapping[int, str] = field(default_factory=dict)
    """Of those that gave the same twice."""
    modules: tuple[str, ...] = ()
    patched: frozenset[str] = frozenset()
    documented: Mapping[tuple[str, str], Documented] = field(default_factory=dict)
    """By name and by the examples themselves."""
    partly: frozenset[str] = frozenset()
    """Tests of which not every call could be recorded."""
    wavering: frozenset[int] = frozenset()
    """Calls that give something else when they are made again."""
    bound: frozenset[tuple[str, str]] = frozenset()
    """Path and name of what gives tests something else than whoever asks the same without them, as it is."""
    stale: frozenset[str] = frozenset()
    """Tests that fail at another place by now: what they call before it was never recorded."""

    def without(self, tests: frozenset[str]) -> Examples:
        """Return what was recorded of other tests, numbered anew."""
        kept = [number for number, call in enumerate(self.calls) if call[4] not in tests]
        place = {number: new for new, number in enumerate(kept)} | {-1: -1}
        calls = tuple((*call[:5], place[call[5]], *call[6:]) for call in (self.calls[number] for number in kept))
        outcomes = {place[number]: told for number, told in self.outcomes.items() if number in place}
        wavering = frozenset(place[number] for number in self.wavering if number in place)
        return replace(self, calls=calls, outcomes=outcomes, wavering=wavering, partly=self.partly - tests)

    def joined(self, more: Examples) -> Examples:
        """Return these with what was recorded of other tests behind them; what was documented stays."""
        shift = len(self.calls)
        calls = [(*call[:5], call[5] + shift if call[5] >= 0 else -1, *call[6:]) for call in more.calls]
        return replace(
            self, calls=(*self.calls, *calls), partly=self.partly | more.partly, bound=self.bound | more.bound,
            outcomes={**self.outcomes, **{number + shift: told for number, told in more.outcomes.items()}},
            wavering=self.wavering | {number + shift for number in more.wavering},
        )  # fmt: skip


async def record(target: SandboxedTarget, ids: Sequence[str], seed: int, hunted: Sequence[str] = ()) -> Examples:
    """Run the tests of the base and return how they call the code, with inputs near to those.

    The more calls, the fewer inputs near to each; the tests `hunted`, which fail, get all of them.
    """
    layout = target.layout()
    spec = {
        "mode": "record", "runner": layout.runner, "tests": list(layout.tests), "ids": list(ids), "seed": seed,
        "addopts": kept_options(layout.addopts)[0], "files": list(layout.files), "fresh": FRESH,
        "hunted": list(hunted), "collected": collected(layout.tests, ids),
    }  # fmt: skip
    run = await target.inside("heldout", spec, limits=LIMITS)
    calls = [tuple(message["call"]) for message in run.of("call")]
    first = {int(m["number"]): json.dumps(m["outcome"]) for m in run.of("outcome") if m.get("again") == 0}
    second = {int(m["number"]): json.dumps(m["outcome"]) for m in run.of("outcome") if m.get("again") == 1}
    steady = {n: told for n, told in first.items() if second.get(n) == told}
    modules = [str(name) for message in run.of("modules") for name in message["names"]]
    partly = frozenset(str(test) for message in run.of("partly") for test in message["tests"])
    inside = {int(m["number"]): json.dumps(["gave", m["outcome"]]) for m in run.of("inside")}
    bound = {
        (str(calls[n][1]), str(calls[n][2])) for n, told in inside.items() if n in first and differ(told, first[n])
    }
    return Examples(
        tuple(calls), steady, tuple(modules), patched_by(run), documented(run), partly, frozenset(wavering(run)),
        frozenset(bound),
    )  # fmt: skip


async def refreshed(known: Examples, target: SandboxedTarget, seed: int) -> Examples:
    """Record anew the tests that fail at another place than when they were recorded."""
    tests = sorted(known.stale)
    more = await record(target, tests, seed, tests)
    return replace(known.without(known.stale).joined(more), stale=frozenset())


def comparable(told: str) -> bool:
    """Return whether a call came to an end that can be held against another."""
    return bool(json.loads(told)[0] in ("gave", "raised"))


def patched_by(run: InsideRun) -> frozenset[str]:
    """Return what of the interpreter was another object once the code was used."""
    return frozenset(str(message.get("name")) for message in run.of("patched"))


def wavering(run: InsideRun) -> dict[int, str]:
    """Return the calls that gave something else when they were made again, with what that was."""
    return {int(message["number"]): json.dumps(message["outcome"]) for message in run.of("wavers")}
