"""Job `equality`: which of the project's objects equal each other, and whether that agrees with itself.

Spec: recorded `calls`, and the project's `files`. The objects are those among the arguments of the calls and in what
they give, by class; those that are numbers or texts of a kind of their own stand beside plain ones near to them.
Sends `known` objects of each class, `equal` for each pair that is equal though its parts are not, and `lawless` for
what no equality may do: hold one way only, hold where hashes or the order say otherwise, or hold with two that are not
equal themselves.
"""

from __future__ import annotations

import base64
import importlib
import itertools
import json
import operator
import os
import pickle
import random
import sys
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from . import near, outcomes
from .cases import quiet
from .forks import in_fork
from .heldout import SECONDS, called, function_of
from .placeless import placeless
from .recorded import Call
from .ticks import OutOfTime, arm, disarm

MOST, CLASSES, DEPTH = 20, 12, 3
"""Objects of a class, classes, and how deep objects are looked for in others."""
CALLS, DRAWN = 400, 3
"""Calls whose objects are taken, and objects drawn near to each of the first ones."""
ALLOWED = 60.0


class Found(NamedTuple):
    """What is known of one class."""

    name: str
    path: str
    known: List[str]
    equal: List[Tuple[str, str]]
    """Pairs that are equal, as their parts are told."""
    lawless: List[Tuple[str, str]]
    """What it does, and with which objects."""


def main(spec: Dict[str, Any], send: Callable[[Dict[str, Any]], None]) -> None:
    """Send `known`, `equal` and `lawless`."""
    quiet()
    sys.dont_write_bytecode = True
    for found in in_fork(lambda: list(_looked_at(spec)), ALLOWED) or []:
        send({"kind": "known", "class": found.name, "path": found.path, "objects": found.known})
        for one, other in found.equal:
            send({"kind": "equal", "class": found.name, "path": found.path, "pair": [one, other]})
        for law, which in found.lawless:
            send({"kind": "lawless", "class": found.name, "path": found.path, "law": law, "objects": which})


def _looked_at(spec: Dict[str, Any]) -> Iterator[Found]:
    files = {os.path.realpath(path): path for path in spec["files"]}
    pools: Dict[type, Dict[str, Any]] = {}
    for call in [Call(*one) for one in spec["calls"]][:CALLS]:
        for value in _objects_of(call):
            _collect(value, files, pools, 0)
    for kind, pool in list(pools.items())[:CLASSES]:
        for value in _near(list(pool.values()), random.Random(0)):
            _collect(value, files, pools, DEPTH)
        yield _judged(kind, files[_file_of(kind)], _with_plain(kind, list(pool.items())[: 2 * MOST]))


def _objects_of(call: Call) -> List[Any]:
    try:
        importlib.import_module(call.module)
        arguments = pickle.loads(base64.b64decode(call.given))
        again = pickle.loads(base64.b64decode(call.given))
        arm(SECONDS)
        given = called(function_of(call), again)
        given = list(itertools.islice(given, near.MANY)) if hasattr(given, "__next__") else given
        return [*arguments.values(), given]
    except BaseException:
        return []
    finally:
        disarm()


def _collect(value: Any, files: Dict[str, str], pools: Dict[type, Dict[str, Any]], depth: int) -> None:
    kind = type(value)
    if kind in outcomes.EXACT or kind is float or isinstance(value, type):
        return
    if _file_of(kind) in files and getattr(kind, "__eq__", None) is not object.__eq__:
        pool = pools.setdefault(kind, {})
        if len(pool) < 2 * MOST:
            pool.setdefault(_told(value), value)
    if depth < DEPTH:
        parts = list(value.values()) if isinstance(value, dict) else []
        parts += list(value) if isinstance(value, (list, tuple, set, frozenset)) else []
        parts += list(outcomes._fields(value).values()) if hasattr(value, "__dict__") else []
        for part in parts[: outcomes.FIELDS]:
            _collect(part, files, pools, depth + 1)


def _near(values: Sequence[Any], chance: random.Random) -> Iterator[Any]:
    for value in values[: MOST // 2]:
        try:
            yield from (twin["it"] for twin in near.neighbours({"it": value}, chance, DRAWN))
        except Exception:
            continue


def _file_of(kind: type) -> str:
    module = sys.modules.get(getattr(kind, "__module__", ""))
    return os.path.realpath(getattr(module, "__file__", None) or "/")


def _told(value: Any) -> str:
    try:
        return json.dumps(placeless(outcomes.encoded(value, alive=True)))
    except Exception:
        return ""


def _with_plain(kind: type, pool: List[Tuple[str, Any]]) -> List[Tuple[str, Any]]:
    """Put plain numbers and texts beside those of a kind of their own, and what is far from it beside any other."""
    plain: List[Any] = [] if issubclass(kind, outcomes.BUILTIN) else [918273.5, "kaizen unlike"]
    for _, value in pool[:4]:
        if isinstance(value, int):
            plain += [int.__add__(value, step) for step in (0, 1, -1, 100)]
        elif isinstance(value, float):
            plain += [float.__add__(value, step) for step in (0.0, 0.005, 0.05, 1.0, 100.0)]
        elif isinstance(value, (str, bytes)):
            text: Any = str if isinstance(value, str) else bytes
            plain += [text(value), text(value).swapcase(), text(value) + text(value)[:1]]
    return [one for one in pool[:MOST] if one[0]] + [(_told(value), value) for value in plain]


# --- what equality may not do


def _judged(kind: type, path: str, pool: List[Tuple[str, Any]]) -> Found:
    found = Found(kind.__qualname__, path, [told for told, _ in pool], [], [])
    same: Dict[int, List[int]] = {}
    try:
        arm(4 * SECONDS)
        for place, (told, one) in enumerate(pool):
            for other_place in range(place):
                other_told, other = pool[other_place]
                if told == other_told or not _ask(operator.eq, one, other):
                    continue
                same.setdefault(place, []).append(other_place)
                same.setdefault(other_place, []).append(place)
                found.equal.append((min(told, other_told), max(told, other_told)))
                found.lawless.extend((law, _shown(one, other)) for law in _broken(one, other))
        for place, others in same.items():
            pairs = ((a, b) for a in others for b in others if b < a and pool[a][0] != pool[b][0])
            apart = [(a, b) for a, b in pairs if not _ask(operator.eq, pool[a][1], pool[b][1])]
            if apart:
                a, b = apart[0]
                found.lawless.append(
                    ("one equals two that are not equal", _shown(pool[place][1], pool[a][1], pool[b][1]))
                )
    except OutOfTime:
        return found  # what was seen until then is so
    finally:
        disarm()
    return found


def _broken(one: Any, other: Any) -> Iterator[str]:
    if not _ask(operator.eq, other, one):
        yield "it holds one way only"
    hashes = [_hash(each) for each in (one, other)]
    if None not in hashes and hashes[0] != hashes[1]:
        yield "equals have other hashes"
    if _ask(operator.lt, one, other) or _ask(operator.lt, other, one):
        yield "equals are smaller or greater"


def _ask(question: Callable[[Any, Any], Any], one: Any, other: Any) -> bool:
    try:
        return bool(question(one, other))
    except Exception:
        return False


def _hash(value: Any) -> Any:
    try:
        return hash(value)
    except Exception:
        return None


def _shown(*values: Any) -> str:
    shown = []
    for value in values:
        try:
            shown.append(repr(value)[:60])
        except Exception:
            shown.append(type(value).__name__)
    return ", ".join(shown)
