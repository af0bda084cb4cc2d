"""The strength of a suite is what it notices: faults that the trusted tests notice must not escape the changed ones."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.ports import InsideRun, Limits, SuiteResult
from agents.tools.target import SandboxedTarget
from agents.workspace.addopts import kept_options
from agents.workspace.layout import Layout, parse, python_files, read_text
from director.gates.tests import passed
from director.referee.changes import Changes
from director.referee.checks import checks_something
from director.referee.definitions import Definitions, Known
from director.referee.expected import collected, file_of
from director.referee.objections import Objection, doubts, rejects
from director.referee.shown import examples, hollowed
from director.referee.twins import mentioning, touched

MOST, MOST_NEW = 120, 40
"""Faults tried, and new tests asked whether they notice any."""
SECONDS = 8.0
"""Processor seconds of one of the two runs; what is left untried then is not counted."""
LIMITS = Limits(wall=600.0, cpu=120.0)

Key = tuple[str, str, str, int, str]
"""Path, function, what is wrong, its number, the arguments it is about."""


@dataclass(frozen=True, slots=True)
class Side:
    """One tree with its tests."""

    target: SandboxedTarget
    layout: Layout
    suite: SuiteResult

    @property
    def ids(self) -> frozenset[str]:
        """Return every test there is."""
        return frozenset(test.id for test in self.suite.tests)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What comparing two suites gave."""

    objections: tuple[Objection, ...]
    noticed: int
    """Faults that the trusted tests notice."""
    kept: bool
    """Whether every one of them, as far as it still can be put in, is noticed still."""
    new_unproven: tuple[str, ...] = ()
    """New tests that notice nothing; they may yet fail on the base."""


@dataclass(frozen=True, slots=True)
class Strength:
    """The comparison of a candidate's tests with the trusted ones."""

    base: Side
    candidate: Side
    changes: Changes
    prefix: str
    chance: random.Random

    async def weigh(self) -> Weighed:
        """Put the same faults in both trees, one at a time, and see who notices."""
        known, now = self._definitions(self.base), self._definitions(self.candidate)
        twins = known.twins(now)
        gone = [name for name in known.all if name not in twins]
        rewritten = [name for name, twin in twins.items() if known.all[name].shape != now.all[twin].shape]
        focus = self._focus(self.base, passed(self.base.suite), before=True)
        faults: dict[Key, Mapping[str, Any]] = {}
        objections = list(self._hollowed())
        if focus:
            run = await self._run(self.base, focus=focus, leave=gone, bends_only=rewritten, most=MOST)
            faults = {_key(m): m for m in run.of("fault") if m.get("state") == "noticed"}
            if _unable(run):
                objections.append(doubts("weaker", f"the trusted tests could not be compared: {_unable(run)}"))
        new = self._new()
        mine = self._focus(self.candidate, passed(self.candidate.suite), before=False)
        wanted = {_renamed(key, twins): key for key in faults}
        if not wanted and not new:
            return Weighed((*objections, *self._gone(known, gone)), 0, kept=True)
        run = await self._run(
            self.candidate,
            focus=mine,
            wanted=list(wanted),
            rest=True,
            each=[name for group in new.values() for name in group],
        )
        if _unable(run):
            objections.append(doubts("weaker", f"the changed tests could not be compared: {_unable(run)}"))
        missed = await self._confirmed([m for m in run.of("fault") if _counts(m)], run)
        objections += [self._weaker(m, faults[wanted[_key(m)]]) for m in missed if _key(m) in wanted]
        objections += self._gone(known, gone)
        unproven = self._unproven(run, new)
        return Weighed(tuple(objections), len(faults), not missed and not _unable(run), unproven)

    async def _confirmed(self, missed: Sequence[Mapping[str, Any]], run: InsideRun) -> list[Mapping[str, Any]]:
        """Return the faults that are missed also when they stand in the code before any test is imported.

        What tests make while they are collected, in parameters and class bodies, was made without the fault. What is
        left untried when the time is over is not counted, as long as any could be tried.
        """
        if not missed:
            return []
        green = sorted(str(m["id"]) for m in run.of("test") if m.get("status") == "p")
        again = await self._run(self.candidate, focus=green, planted=[_key(one) for one in missed])
        noticed = {_key(m): bool(m["noticed"]) for m in again.of("planted")}
        return [one for one in missed if not noticed.get(_key(one), True)] if noticed else list(missed)

    # --- what is compared

    def _focus(self, side: Side, green: frozenset[str], *, before: bool) -> list[str]:
        """Return the tests that may check otherwise than before: touched ones, and those that use what was touched."""
        if self.changes.of("read"):
            return sorted(green)
        texts = {path: read_text(side.target.project / path) for path in side.layout.tests}
        own: dict[str, frozenset[str] | None] = {}
        shared: set[str] = set()
        for change in self.changes.of("test", "data", "settings"):
            path = self._inside(change.path)
            if change.kind == "test" and not self._shared(change.path):
                other = [read_text(one.target.project / path) for one in (self.base, self.candidate)]
                own[path] = touched(*other) if change.before and change.after else None
            elif change.kind == "settings" or path.endswith("conftest.py"):
                return sorted(green)
            elif (change.before is not None) or not before:
                shared.add(path.rpartition("/")[2].removesuffix(".py"))
        own |= dict.fromkeys(self.shown_otherwise())
        if shared:
            users = mentioning(texts, shared)
            if not users or mentioning(self._helpers(side), shared):
                return sorted(green)  # used by a way round
            own |= dict.fromkeys(users)
        return sorted(test for test in green if self._is_touched(test, file_of(test, side.layout.tests), own))

    def shown_otherwise(self) -> frozenset[str]:
        """Return the changed modules and pages in which tests of the base are examples that are no longer the same."""
        held = {file_of(test, ()) for test in self.base.ids | self.candidate.ids}
        paths = {self._inside(change.path) for change in self.changes.of("source", "docs")} & held
        sides = self.base.target.project, self.candidate.target.project
        return frozenset(path for path in paths if len({examples(read_text(side / path)) for side in sides}) > 1)

    def _is_touched(self, test: str, path: str, own: Mapping[str, frozenset[str] | None]) -> bool:
        if path not in own:
            return False
        names = own[path]
        plain = test.partition("[")[0].replace("::", ".")
        return names is None or any(plain.endswith(f".{name}") for name in names)

    def _helpers(self, side: Side) -> dict[str, str]:
        """Return the texts of what tests share: conftest files and modules beside them."""
        paths = [path for path in python_files(side.target.project) if side.layout.is_of_tests(path)]
        return {path: read_text(side.target.project / path) for path in paths if path not in side.layout.tests}

    def _shared(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        tests = {*self.base.layout.tests, *self.candidate.layout.tests}
        return name == "conftest.py" or self._inside(path) not in tests

    def _inside(self, path: str) -> str:
        return path.removeprefix(f"{self.prefix}/") if self.prefix else path

    def _new(self) -> dict[str, list[str]]:
        """Return the tests that were not there, by function; a parametrised one counts once."""
        groups: dict[str, list[str]] = {}
        for test in sorted(passed(self.candidate.suite) - self.base.ids):
            groups.setdefault(test.split("[")[0], []).append(test)
        names = self.chance.sample(sorted(groups), min(MOST_NEW, len(groups)))
        return {name: groups[name][:3] for name in names}

    def _definitions(self, side: Side) -> Definitions:
        return Definitions.read({path: read_text(side.target.project / path) for path in side.layout.files})

    async def _run(
        self, side: Side, *, focus: Sequence[str], wanted: Sequence[Key] | None = None, rest: bool = False,
        each: Sequence[str] = (), planted: Sequence[Key] = (), leave: Sequence[Known] = (),
        bends_only: Sequence[Known] = (), most: int = 0,
    ) -> InsideRun:  # fmt: skip
        spec = {
            "runner": side.layout.runner, "tests": list(side.layout.tests), "ids": sorted(side.ids),
            "collected": collected(side.layout.tests, side.ids),
            "addopts": kept_options(side.layout.addopts)[0], "files": list(side.layout.files), "focus": list(focus),
            "each": list(each), "rest": rest, "wanted": None if wanted is None else [list(key) for key in wanted],
            "leave": [list(name) for name in leave], "bends_only": [list(name) for name in bends_only], "most": most,
            "seed": self.chance.randrange(2**32), "seconds": SECONDS, "planted": [list(key) for key in planted],
        }  # fmt: skip
        return await side.target.inside("strength", spec, limits=LIMITS, copied=True)

    # --- what is said

    def _weaker(self, missed: Mapping[str, Any], known: Mapping[str, Any]) -> Objection:
        path, function, what, _, _ = _key(missed)
        said = f"a fault in {function} ({missed.get('said')})"
        message = f"{said} is noticed by {known.get('by')} of the base and by no test of the candidate"
        return rejects("weaker", message, path, int(missed.get("line") or 0), rule=what)

    def _hollowed(self) -> Iterator[Objection]:
        """Dots that stand for most of an answer let almost any answer be."""
        for path in sorted(self.shown_otherwise()):
            before, after = (read_text(side.target.project / path) for side in (self.base, self.candidate))
            for source, old in hollowed(before, after):
                yield rejects("weaker", f"the answer of `{source}` was `{old[:60]}` and is mostly dots now", path)

    def _gone(self, known: Definitions, gone: Sequence[Known]) -> Iterator[Objection]:
        """A test may go with what it checked, if nothing else reached that."""
        if passed(self.base.suite) <= self.candidate.ids:
            return
        for path, name in gone:
            user = known.user_of((path, name), gone)
            if user is not None:
                message = f"{name} is gone with its tests, and {user[1]} in {user[0]} used it"
                yield doubts("gone", message, path, known.all[path, name].line)

    def _unproven(self, run: InsideRun, new: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        said = {str(m.get("id")): m for m in run.of("each")}
        unproven = []
        for name, group in new.items():
            heard = [said[test] for test in group if test in said]
            if not heard or any(m.get("how") == "check" for m in heard):
                continue
            if any(m.get("tried") for m in heard) or not self._checks(name):
                unproven.append(group[0])
        return tuple(unproven)

    def _checks(self, test: str) -> bool:
        """Return whether a test that runs no code of the project checks anything by its text."""
        path = file_of(test, self.candidate.layout.tests)
        tree = parse(read_text(self.candidate.target.project / path))
        name = test.replace("::", ".").rpartition(".")[2]
        found = [
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name == name
        ] if tree is not None else []  # fmt: skip
        return not found or any(checks_something(node) for node in found)


def _unable(run: InsideRun) -> str:
    if run.ended:
        found = run.of("unable")
        return str(found[0].get("why")) if found else ""
    completed = run.completed
    return f"ended by {completed.outcome} {completed.exit}: {completed.stderr[-200:].decode('utf-8', 'replace')}"


def _key(message: Mapping[str, Any]) -> Key:
    path, function, what, number, asked = message["key"]
    return str(path), str(function), str(what), int(number), str(asked)


def _renamed(key: Key, twins: Mapping[Known, Known]) -> Key:
    path, function = twins.get((key[0], key[1]), (key[0], key[1]))
    return path, function, *key[2:]


def _counts(message: Mapping[str, Any]) -> bool:
    """A fault that no test runs any more counts too, unless it is about arguments that are simply asked no more."""
    asked = message["key"][2] == "asked"
    return message.get("state") == "missed" or (message.get("state") == "unreached" and not asked)
