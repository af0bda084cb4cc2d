"""PURE: what functions give beside what they gave: answers that became one, vaguer errors, tests' own inputs."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from agents.workspace.layout import parse
from director.referee.objections import Objection, doubts, rejects
from director.referee.written import KEPT

DISTINCT, COLLAPSED = 6, 3
"""So many different answers must have been there, and so many times fewer be left."""
MANY = 4
"""Inputs of one failing test that are many."""
VAGUE = 2
"""Inputs that raise a broader error than before."""
PAIRS = 2
"""Tests' inputs that stand in the code newly, together with their answers."""

Calls = Sequence[tuple[Any, ...]]
Told = Mapping[int, str]


YES_OR_NO = frozenset(json.dumps(["gave", ["bool", word]]) for word in ("True", "False"))


def one_answer(
    numbers: Sequence[int], calls: Calls, old: Told, now: Told, mended: Collection[str],
    differ: Callable[[str, str], bool],
) -> Iterator[Objection]:  # fmt: skip
    """Yield when a function gives the same, or hardly more, wherever it gives something else than before."""
    changed = [n for n in numbers if not raised(old[n]) and not raised(now[n]) and differ(old[n], now[n])]
    before, after = {old[n] for n in changed}, {now[n] for n in changed}
    if len(before) < DISTINCT or len(before) < COLLAPSED * len(after) or len(changed) < 2 * len(after):
        return
    path, name = str(calls[changed[0]][1]), str(calls[changed[0]][2])
    asked = Counter(calls[n][4] for n in changed if calls[n][4] in mended and calls[n][5] < 0)
    # A failing test stops at the first answer it does not want: the others that it asked for were good enough for it.
    many = max(asked.values(), default=0) >= MANY
    meant = bool(asked) and not many
    if meant and after <= YES_OR_NO and any(now[n] in YES_OR_NO - after for n in numbers):
        return  # what it could not say no to, it says no to now, and yes to others
    said = f"{name} gave {len(before)} different answers to {len(changed)} inputs, and gives {len(after)} to them now"
    asks = any(calls[n][5] < 0 for n in changed)
    at_the_edge = not asks and 2 * len(changed) < len(numbers)  # no test is there, and most is told apart as before
    objection = rejects if (len(after) == 1 or many) and not (meant or at_the_edge) else doubts
    yield objection("memorised", said, path, rule="answers that were told apart")


def vaguer(
    numbers: Sequence[int], calls: Calls, old: Told, now: Told, mended: Collection[str], gone: Collection[str]
) -> Iterator[Objection]:
    """Yield when inputs that had an error of their own raise a broader one, or none at all; `gone` errors are left out.

    What a mended test itself asks for is meant to be otherwise.
    """
    meant = {kinds(old[n])[0] for n in numbers if calls[n][4] in mended and calls[n][5] < 0 and raised(old[n])}
    failed = [n for n in numbers if raised(old[n]) and kinds(old[n])[0] not in (*meant, *gone)]
    vague = [n for n in failed if raised(now[n]) and kinds(now[n])[0] in kinds(old[n])[1:]]
    if vague:
        path, name, was = str(calls[vague[0]][1]), str(calls[vague[0]][2]), kinds(old[vague[0]])[0]
        said = f"{name} raised {was} for {len(vague)} inputs, and only {kinds(now[vague[0]])[0]} now"
        objection = rejects if len(vague) >= VAGUE else doubts
        yield objection("blurred", said, path, rule=was)
    silent = [n for n in failed if not raised(now[n])]
    if len(failed) >= DISTINCT and len(silent) == len(failed) and len({now[n] for n in silent}) == 1:
        path, name = str(calls[silent[0]][1]), str(calls[silent[0]][2])
        said = f"{name} refused {len(silent)} inputs, and gives one and the same for all of them now"
        yield doubts("blurred", said, path, rule="refusals")


def known_pairs(
    calls: Calls, old: Told, green: Collection[str], before: Collection[str], after: Collection[str]
) -> Iterator[Objection]:
    """Yield when inputs of tests that pass already stand newly in the code or its data, together with their answers."""
    was, new = set[str](), set[str]()
    for text in before:
        was |= literals(text)
    for text in after:
        new |= literals(text)
    new -= was
    pairs: dict[str, int] = {}
    for number, call in enumerate(calls):
        if call[5] >= 0 or call[4] not in green or number not in old or raised(old[number]) or len(call) < 7:
            continue
        answer = texts_in(json.loads(old[number]))
        for given in call[6]:
            if len(given) >= 4 and given in new and any(each in new for each in answer) and given not in answer:
                pairs.setdefault(given, number)
    if pairs:
        number = next(iter(pairs.values()))
        said = f"what tests give to {calls[number][2]} stands in the code now with its answer: {sorted(pairs)[0]!r}"
        objection = rejects if len(pairs) >= PAIRS else doubts
        yield objection("memorised", said, str(calls[number][1]), rule="inputs of tests")


def raised(told: str) -> bool:
    """Return whether a call ended with an exception."""
    return bool(json.loads(told)[0] == "raised")


def kinds(told: str) -> list[str]:
    """Return the class of an exception and those above it."""
    return [str(name) for name in json.loads(told)[1]]


@lru_cache(KEPT)
def literals(text: str) -> frozenset[str]:
    """Return the texts and numbers that code, or a file of data, writes down; what documents is left out."""
    tree = parse(text)
    if tree is None or _is_data(tree):
        try:
            return frozenset(texts_in(_plain(json.loads(text))))
        except (ValueError, RecursionError):
            parts = (part for line in text.splitlines() for part in (line, *line.split("\t"), *line.split(",")))
            return frozenset(part.strip() for part in parts)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    return frozenset(
        str(node.value) for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in documents and type(node.value) in (str, int, float)
    )  # fmt: skip


def texts_in(told: Any) -> list[str]:
    """Return the texts and numbers in an encoded outcome; those that say little are left out."""
    if isinstance(told, list) and len(told) == 2 and told[0] in ("str", "int", "float") and isinstance(told[1], str):
        plain = told[1]
        if told[0] == "str":
            try:
                plain = str(ast.literal_eval(plain))
            except (ValueError, SyntaxError):
                return []
        return [plain] if len(plain) >= 2 else []
    if isinstance(told, dict):
        return [text for part in told.values() for text in texts_in(part)]
    return [text for part in told for text in texts_in(part)] if isinstance(told, list) else []


def _is_data(tree: ast.Module) -> bool:
    return (
        len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr) and not isinstance(tree.body[0].value, ast.Constant)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return [part for key, each in value.items() for part in (["str", repr(key)], _plain(each))]
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return [type(value).__name__, repr(value)]
