"""Job `heldout`: what the project's functions give outside of any test runner.

Spec: `mode` record or replay, `runner`, `tests`, `collected` files, `ids`, `addopts`, `files`, `seed`, `fresh`
inputs per call at most (and never fewer for the tests `hunted`), and for replay `calls`, `modules` and `documented`
examples of the base. Recording runs the tests in a fork, notes how they call the project's functions, and gives those
calls and some near to them, each with what it gave in an interpreter that has never seen a test runner.
"""

from __future__ import annotations

import base64
import importlib
import importlib.util
import inspect
import itertools
import pickle
import random
import re
import sys
from collections import Counter
from typing import Any, Callable, Dict, List, Sequence, Tuple

from . import documented, near, outcomes
from .cases import quiet
from .forks import in_fork
from .placeless import placeless
from .recorded import LARGE, PER_FUNCTION, Call, recorded
from .renamed import renamed
from .ticks import OutOfTime, arm, disarm

NEAR, CHUNK = 500, 300
REACHES = re.compile(r"pytest|unittest|pluggy|\bmodules\b|meta_path|__import__|importlib|\bgc\b|exec\(|eval\(|ctypes")
"""Words without which no code gets at a test runner that is loaded."""
AGAIN, RESIZED, RENAMED = 4, 24, 8
SECONDS = 0.5
"""Processor time of one call."""
ENDLESS, HASTE = 2, 0.1
"""So many calls of a function that never ended leave the next ones that share of the time."""
NEVER_ENDED = ["raised", [one.__name__ for one in OutOfTime.__mro__ if one is not object]]
"""What is told of a call that ran out of time."""


Numbered = Tuple[int, Call]


def main(spec: Dict[str, Any], send: Callable[[Dict[str, Any]], None]) -> None:
    """Send `call`, `outcome`, `inside`, `documented` and `patched`."""
    quiet()
    sys.dont_write_bytecode = True
    if spec["mode"] == "replay":
        calls = [Call(*one) for one in spec["calls"]]
        modules = list(spec["modules"])
    else:
        noted = in_fork(lambda: recorded(spec), 600.0)
        if noted is None:
            send({"kind": "unable", "why": "the tests did not come to their end"})
            return
        calls, modules, inside, partly = noted
        for number, told in inside.items():
            send({"kind": "inside", "number": number, "outcome": told})
        made = in_fork(lambda: _with_near(calls, spec), 60.0)
        calls = made if made is not None else calls
        for number, call in enumerate(calls):
            send({"kind": "call", "number": number, "call": list(call)})
        send({"kind": "modules", "names": modules})
        send({"kind": "partly", "tests": partly})
    _send_outcomes(calls, 2 if spec["mode"] == "record" else 1, send)
    wanted = set(spec.get("hunted") or [])
    asked = [number for number, call in enumerate(calls) if call.test in wanted and call.near < 0]
    for number, told in in_fork(lambda: _wavering(calls, asked), 60.0) or []:
        send({"kind": "wavers", "number": number, "outcome": told})
    for name in in_fork(lambda: _patched(modules, spec["files"]), 60.0) or []:
        send({"kind": "patched", "name": name})
    for row in in_fork(lambda: documented.here(modules), 60.0) or []:
        send({"kind": "documented", **row._asdict()})
    for row in in_fork(lambda: documented.elsewhere(spec.get("documented") or []), 60.0) or []:
        send({"kind": "as documented", **row._asdict()})


def _send_outcomes(calls: Sequence[Call], times: int, send: Callable[[Dict[str, Any]], None]) -> None:
    before = outcomes.snapshot()
    asked = list(enumerate(calls))
    for again in range(times):
        late: Counter[str] = Counter()
        parts = [asked[start : start + CHUNK] for start in range(0, len(asked), CHUNK)]
        asked = [one for part in parts for one in _sent(part, again, before, late, send)]


def _sent(
    part: Sequence[Numbered], again: int, before: Dict[str, Any], late: Counter[str],
    send: Callable[[Dict[str, Any]], None],
) -> List[Numbered]:  # fmt: skip
    """Send what calls gave, and return those that ended: others are taken to be endless each time.

    Where one ends the interpreter, fewer are tried at once.
    """
    got = in_fork(lambda: _replayed([call for _, call in part], again, before, late), 5.0 + SECONDS * 4 * len(part))
    if got is None and len(part) > 1:
        middle = len(part) // 2
        return [one for few in (part[:middle], part[middle:]) for one in _sent(few, again, before, late, send)]
    given, names = got if got is not None else ([["died"]], [])
    for (number, call), outcome in zip(part, given):
        late[call.name] += outcome == NEVER_ENDED
        for time in {again, 1} if outcome == NEVER_ENDED else (again,):
            send({"kind": "outcome", "number": number, "again": time, "outcome": placeless(outcome)})
    for name in names:
        send({"kind": "patched", "name": name})
    return [one for one, outcome in zip(part, given) if outcome != NEVER_ENDED]


# --- inputs near to those of the tests


def _with_near(calls: Sequence[Call], spec: Dict[str, Any]) -> List[Call]:
    chance = random.Random(spec.get("seed", 0))
    made, hunted = list(calls), set(spec.get("hunted") or [])
    usual = max(3, NEAR // max(1, len(calls)))
    last = {(call.name, call.test): number for number, call in enumerate(calls)}
    for number, call in enumerate(calls):
        try:
            importlib.import_module(call.module)
            given = pickle.loads(base64.b64decode(call.given))
            wanted = call.test in hunted and (number < PER_FUNCTION or last[call.name, call.test] == number)
            most = max(int(spec["fresh"]), 4 * len(given)) if wanted else min(int(spec["fresh"]), usual)
            resized = itertools.islice(near.resized(given), RESIZED if wanted else 0)
            for other in [*near.neighbours(given, chance, most), *resized]:
                varied, parts = _varied(given, other)
                made += _made(call, number, other, near.figures_in(parts), varied)
            for other in renamed(given, chance, RENAMED if wanted else 0):
                made += _made(call, number, other, {}, near.TOGETHER)
        except Exception:
            continue
    return made


def _made(
    call: Call, number: int, given: Dict[str, Any], numbers: Dict[str, List[float]], varied: str
) -> List[Call]:  # fmt: skip
    """Return the call near to another one, unless it is too large to be carried."""
    data = base64.b64encode(pickle.dumps(given, protocol=4)).decode()
    texts = [text for each in given.values() for text in near.texts_in(each)]
    near_to = call._replace(given=data, near=number, texts=texts, numbers=numbers, varied=varied)
    return [near_to] if len(data) <= 2 * LARGE else []


def _varied(given: Dict[str, Any], other: Dict[str, Any]) -> Tuple[str, List[Tuple[str, Any]]]:
    """Return the argument, or the part of one, that is not the same in both, and what it is now."""
    for name in given:
        if _told(given[name]) != _told(other[name]):
            parts, others = (dict(near.parts_of(name, each[name])) for each in (given, other))
            varied = [(part, others.get(part)) for part in parts if _told(parts[part]) != _told(others.get(part))]
            return (varied[0][0], varied[:1]) if varied else (name, [(name, other[name])])
    return "", []


def _told(value: Any) -> bytes:
    return pickle.dumps(value, protocol=4)


# --- calling again, with nobody watching


def _replayed(
    calls: Sequence[Call], again: int, before: Dict[str, Any], late: Counter[str]
) -> Tuple[List[Any], List[str]]:
    sys.argv[:] = ["python"]
    random.seed(again)
    late, given = late.copy(), []
    for call in calls:
        given.append(_outcome(call, SECONDS * (HASTE if late[call.name] >= ENDLESS else 1.0)))
        late[call.name] += given[-1] == NEVER_ENDED
    return given, outcomes.patched(before)


def _wavering(calls: Sequence[Call], asked: Sequence[int]) -> List[Tuple[int, Any]]:
    """Return the calls that do not give the same again and again, with what else they gave."""
    first = {number: _outcome(calls[number]) for number in asked}
    ended = [number for number in asked if first[number] != NEVER_ENDED]
    later = {number: [_outcome(calls[number]) for _ in range(AGAIN)] for number in ended}
    others = {number: [told for told in later[number] if told != first[number]] for number in ended}
    return [(number, told[0]) for number, told in others.items() if told]


def _outcome(call: Call, seconds: float = SECONDS) -> Any:
    try:
        importlib.import_module(call.module)
        arguments = pickle.loads(base64.b64decode(call.given))
        function = function_of(call)
    except BaseException as error:
        return ["absent", type(error).__name__]
    try:
        arm(seconds)
        value = called(function, arguments)
        kept = arguments.get("self") if call.name.endswith("__init__") else value
        if outcomes.equals_everything(kept):
            return ["everything", type(kept).__name__]
        return ["gave", outcomes.encoded(kept)]
    except BaseException as error:
        return ["raised", [one.__name__ for one in type(error).__mro__ if one is not object]]
    finally:
        disarm()


def function_of(call: Call) -> Any:
    holder: Any = sys.modules[call.module]
    for part in call.name.split("."):
        holder = inspect.getattr_static(holder, part)
    if isinstance(holder, property):
        return holder.fget
    return holder.__func__ if isinstance(holder, (staticmethod, classmethod)) else holder


def called(function: Any, given: Dict[str, Any]) -> Any:
    code = getattr(function, "__code__", None)
    if code is None:
        return function(*given.values())
    names = [name for name in given if name in code.co_varnames[: code.co_argcount]]
    only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    rest = [name for name in given if name not in names and name not in only]
    positional = [given[name] for name in names]
    for name in rest:
        if isinstance(given[name], tuple):
            positional += given[name]
    keywords = {name: given[name] for name in only if name in given}
    for name in rest:
        if isinstance(given[name], dict):
            keywords.update(given[name])
    value = function(*positional, **keywords)
    return _awaited(value) if inspect.iscoroutine(value) else value


def _awaited(value: Any) -> Any:
    import asyncio

    return asyncio.run(value)


# --- what importing leaves behind


def _patched(modules: Sequence[str], files: Sequence[str]) -> List[str]:
    """Import the code beside a test runner, if it names anything by which it could reach one."""
    if any(REACHES.search(_text(path)) for path in files):
        importlib.import_module("unittest.mock")
        if importlib.util.find_spec("pytest") is not None:
            importlib.import_module("pytest")
    before = outcomes.snapshot()
    documented.imported(modules)
    return outcomes.patched(before)


def _text(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
