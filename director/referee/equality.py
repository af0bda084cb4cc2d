"""Things that are equal now and were told apart before: a test that compares them passes, and nothing was mended."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.ports import InsideRun, Limits
from agents.tools.target import SandboxedTarget
from agents.workspace.layout import parse
from director.referee.answers import Calls, Told
from director.referee.compared import differ
from director.referee.objections import Objection, doubts, rejects

LIMITS = Limits(wall=120.0, cpu=20.0)
COMPARING = frozenset({"__eq__", "__ne__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__"})
OPTIONS = frozenset({"eq", "order", "compare", "hash", "unsafe_hash", "cmp"})
"""What classes and fields are told about how they compare."""
HASHES = "equals have other hashes"
PLAIN = frozenset({"int", "float", "str", "bytes", "Decimal", "Fraction"})


@dataclass(slots=True)
class Equalities:
    """What one tree takes for equal, by class."""

    known: dict[str, set[str]] = field(default_factory=dict)
    equal: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    lawless: dict[str, dict[str, str]] = field(default_factory=dict)
    """By class and by what equality may not do: the objects that show it."""
    paths: dict[str, str] = field(default_factory=dict)


def compares_otherwise(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Return whether what says how objects compare stands otherwise in some files."""
    return any(_comparing(before.get(path, "")) != _comparing(text) for path, text in after.items())


def asked_otherwise(calls: Calls, old: Told, now: Told) -> bool:
    """Return whether a comparison that tests make gives something else."""
    return any(str(calls[n][2]).rpartition(".")[2] in COMPARING and differ(old[n], now[n]) for n in old.keys() & now)


async def equalities(target: SandboxedTarget, calls: Sequence[Sequence[Any]], mended: Collection[str]) -> Equalities:
    """Return what is equal among the objects of some calls; mended tests come first, as only some are taken."""
    ordered = sorted(calls, key=lambda call: (call[4] not in mended, call[5] >= 0))
    spec = {"calls": [list(call) for call in ordered], "files": list(target.layout().files)}
    run: InsideRun = await target.inside("equality", spec, limits=LIMITS)
    found = Equalities()
    for message in run.messages:
        kind, name = message["kind"], str(message.get("class"))
        if kind == "known":
            found.known[name], found.paths[name] = set(map(str, message["objects"])), str(message["path"])
        elif kind == "equal":
            one, other = message["pair"]
            found.equal.setdefault(name, set()).add((str(one), str(other)))
        elif kind == "lawless":
            found.lawless.setdefault(name, {}).setdefault(str(message["law"]), str(message["objects"]))
    return found


def equated(
    was: Equalities, now: Equalities, calls: Calls, outcomes: tuple[Told, Told], mended: Collection[str], *,
    follows: bool = False,
) -> Iterator[Objection]:  # fmt: skip
    """Yield the classes of which more is equal than before, where that is wrong in itself or all that mends a test.

    Where it only `follows` from what objects are made of, a test that compares them is mended with the others.
    """
    for name, path in now.paths.items():
        new = now.equal.get(name, set()) - was.equal.get(name, set())
        if name in was.known:
            new = {pair for pair in new if was.known[name].issuperset(pair)}
        if not new:
            continue
        laws = now.lawless.get(name, {}).keys() - was.lawless.get(name, {}).keys()
        law = min(laws, key=lambda one: (one == HASHES, one), default="")
        if law:
            said = f"objects of {name} are equal that were told apart, and their equality contradicts itself: {law}"
            objection = doubts if law == HASHES else rejects
            yield objection("too-equal", f"{said} ({now.lawless[name][law]})", path, rule=law)
            continue
        test = "" if follows else next(iter(only_compared(calls, *outcomes, mended)), "")
        if test:
            said = (
                f"{test} passes because objects of {name} are equal that were told apart; all else it asks is as before"
            )
            yield doubts("too-equal", said, path, rule="what was told apart")


def mends_beside(calls: Calls, old: Told, now: Told, mended: Collection[str]) -> bool:
    """Return whether any mended test gets something else from what is no comparison."""
    asked = (n for n in old.keys() & now.keys() if calls[n][5] < 0 and calls[n][4] in mended)
    return any(_is_no_comparison(calls[n]) and differ(old[n], now[n]) for n in asked)


def only_compared(calls: Calls, old: Told, now: Told, mended: Collection[str]) -> list[str]:
    """Return the mended tests of whose calls nothing gives anything else but comparisons, though they ask for more."""
    asked: dict[str, list[int]] = {}
    for number in sorted(old.keys() & now.keys()):
        if calls[number][5] < 0 and calls[number][4] in mended:
            asked.setdefault(str(calls[number][4]), []).append(number)
    return [test for test, numbers in asked.items() if _rests_on_comparing(numbers, calls, old, now)]


def _rests_on_comparing(numbers: Sequence[int], calls: Calls, old: Told, now: Told) -> bool:
    others = [n for n in numbers if _is_no_comparison(calls[n])]
    return bool(others) and not any(differ(old[n], now[n]) for n in others)


def _is_no_comparison(call: Sequence[Any]) -> bool:
    return str(call[2]).rpartition(".")[2] not in (*COMPARING, "__init__")


def _comparing(text: str) -> frozenset[str]:
    tree = parse(text)
    return frozenset(part for node in ast.walk(tree) for part in _of_class(node)) if tree is not None else frozenset()


def _of_class(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.ClassDef):
        return
    for part in node.body:
        if COMPARING.intersection(_names(part)):
            yield f"{node.name} {ast.dump(part)}"
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            yield from (f"{node.name} {ast.dump(word)}" for word in call.keywords if word.arg in OPTIONS)
    yield from (f"{node.name} is {ast.unparse(base)}" for base in node.bases if ast.unparse(base) in PLAIN)
    yield from (f"{node.name} @ {ast.unparse(each)}" for each in node.decorator_list)


def _names(part: ast.stmt) -> list[str]:
    if isinstance(part, ast.Assign):
        return [target.id for target in part.targets if isinstance(target, ast.Name)]
    return [part.name] if isinstance(part, ast.FunctionDef) else []
