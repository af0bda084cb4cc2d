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
import os
import pickle
import random
import re
import sys
import types
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

from . import documented, near, outcomes
from .cases import Case, quiet, with_pytest, with_unittest
from .forks import in_fork
from .placeless import placeless
from .ticks import Counter, arm, disarm

PER_FUNCTION, MANY, TOTAL, NEAR, LARGE, CHUNK = 10, 40, 250, 500, 8192, 300
REACHES = re.compile(r"pytest|unittest|pluggy|\bmodules\b|meta_path|__import__|importlib|\bgc\b|exec\(|eval\(|ctypes")
"""Words without which no code gets at a test runner that is loaded."""
AGAIN, STEPS_BACK, RESIZED = 4, 3, 24
SECONDS = 0.5
"""Processor time of one call."""
PAUSING = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Functions that return before they are done: what they give at once is not what they give."""


class Call(NamedTuple):
    """One call, by what can be carried elsewhere."""

    module: str
    path: str
    name: str
    given: str
    """The arguments, pickled, in base64."""
    test: str
    near: int
    """Number of the call it is near to; -1 for one that a test makes."""
    texts: List[str]
    """Texts among the arguments."""
    numbers: Dict[str, List[float]]
    """Numbers in each argument, or part of one; under its name with `near.SIZES` and a sign behind it, how many items
    or parts it has."""
    varied: str
    """The argument that is otherwise than in the call it is near to."""


def main(spec: Dict[str, Any], send: Callable[[Dict[str, Any]], None]) -> None:
    """Send `call`, `outcome`, `inside`, `documented` and `patched`."""
    quiet()
    sys.dont_write_bytecode = True
    if spec["mode"] == "replay":
        calls = [Call(*one) for one in spec["calls"]]
        modules = list(spec["modules"])
    else:
        recorded = in_fork(lambda: _recorded(spec), 600.0)
        if recorded is None:
            send({"kind": "unable", "why": "the tests did not come to their end"})
            return
        calls, modules, inside, partly = recorded
        for number, told in inside.items():
            send({"kind": "inside", "number": number, "outcome": told})
        made = in_fork(lambda: _with_near(calls, spec), 60.0)
        calls = made if made is not None else calls
        for number, call in enumerate(calls):
            send({"kind": "call", "number": number, "call": list(call)})
        send({"kind": "modules", "names": modules})
        send({"kind": "partly", "tests": partly})
    before = outcomes.snapshot()
    for again in range(2 if spec["mode"] == "record" else 1):
        for start in range(0, len(calls), CHUNK):
            _send_part(calls, start, min(len(calls), start + CHUNK), again, before, send)
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


def _send_part(
    calls: Sequence[Call], start: int, end: int, again: int, before: Dict[str, Any],
    send: Callable[[Dict[str, Any]], None],
) -> None:  # fmt: skip
    """Send what a part of the calls gave; where a call ends the interpreter, smaller parts are tried."""
    part = calls[start:end]
    got = in_fork(lambda: _replayed(part, again, before), 5.0 + SECONDS * 4 * len(part))
    if got is None and len(part) > 1:
        middle = (start + end) // 2
        _send_part(calls, start, middle, again, before, send)
        _send_part(calls, middle, end, again, before, send)
        return
    given, names = got if got is not None else ([["died"]], [])
    for place, outcome in enumerate(given):
        send({"kind": "outcome", "number": start + place, "again": again, "outcome": placeless(outcome)})
    for name in names:
        send({"kind": "patched", "name": name})


# --- how the tests call the project


def _recorded(spec: Dict[str, Any]) -> Tuple[List[Call], List[str], Dict[int, Any], List[str]]:
    recorder = _Recorder(spec)

    def work(cases: List[Case]) -> None:
        wanted = set(spec["ids"])
        for case in cases:
            if case.name in wanted:
                recorder.run(case)

    if spec["runner"] == "unittest":
        with_unittest(spec["tests"], spec["ids"], work)
    else:
        with_pytest(spec["collected"], spec.get("addopts") or [], work)
    files = {os.path.realpath(path) for path in spec["files"]}
    modules = [
        name for name, module in list(sys.modules.items())
        if os.path.realpath(getattr(module, "__file__", None) or "/") in files and name != "__main__"
    ]  # fmt: skip
    return recorder.calls, sorted(modules), recorder.inside, sorted(recorder.partly)


class _Recorder:
    """Notes the calls that test code makes itself."""

    def __init__(self, spec: Dict[str, Any]) -> None:
        self.files = {os.path.realpath(path): path for path in spec["files"]}
        tests = [os.path.realpath(path) for path in spec["tests"]]
        self.tests = set(tests)
        self.hunted = set(spec.get("hunted") or [])
        self.folders = tuple({os.path.dirname(path) + os.sep for path in tests})
        self.calls: List[Call] = []
        self.inside: Dict[int, Any] = {}
        self.partly: set[str] = set()
        """Tests of which not every call could be noted."""
        self._known: Dict[types.CodeType, Tuple[bool, bool]] = {}
        self._count: Dict[Tuple[str, str, str], int] = {}
        self._last: Dict[Tuple[str, str, str], int] = {}
        self._open: Dict[Any, int] = {}
        self._begun: set[Any] = set()
        """Frames that pause and go on; kept, so that no other one is taken for them."""
        self._seen: set[Any] = set()
        self._busy = False
        self._test = ""
        self._missed = False

    def run(self, case: Case) -> None:
        self._test = case.name
        sys.setprofile(self._event)
        try:
            case.run(Counter(), seconds=20.0)
        finally:
            sys.setprofile(None)
            self._open.clear()
            self._begun.clear()

    def _kind(self, code: types.CodeType) -> Tuple[bool, bool]:
        """Return (is the project's, is test code)."""
        known = self._known.get(code)
        if known is None:
            file = os.path.realpath(code.co_filename)
            ours = file in self.files
            of_tests = file in self.tests or (not ours and file.startswith(self.folders))
            known = self._known[code] = (ours, of_tests or code.co_filename.startswith("<doctest "))
        return known

    def _event(self, frame: Any, event: str, argument: Any) -> None:
        if self._busy or event not in ("call", "return"):
            return
        if not self._kind(frame.f_code)[0]:
            return
        self._busy = True
        self._missed = False
        try:
            if event == "call":
                self._enter(frame)
            elif frame in self._open:
                number = self._open.pop(frame)
                if argument is not None:
                    self.inside[number] = placeless(outcomes.encoded(argument, alive=True))
        except Exception:
            return
        finally:
            if self._missed:
                self.partly.add(self._test)
            self._busy = False

    def _is_asked_by_a_test(self, back: Any) -> bool:
        """Return whether test code made a call, by itself or by what checks for it (`assertRaises`)."""
        for _ in range(STEPS_BACK):
            if back is None:
                return False
            ours, of_tests = self._kind(back.f_code)
            if ours or of_tests:
                return of_tests
            back = back.f_back
        return False

    def _enter(self, frame: Any) -> None:
        code = frame.f_code
        pauses = bool(code.co_flags & PAUSING)
        goes_on = pauses and frame in self._begun
        if pauses:
            self._begun.add(frame)
        if goes_on or code.co_name.startswith("<") or not self._is_asked_by_a_test(frame.f_back):
            return
        self._missed = True
        module = str(frame.f_globals.get("__name__"))
        name = _qualified(frame)
        hunted = self._test in self.hunted
        most = (MANY, TOTAL + MANY) if hunted else (PER_FUNCTION, TOTAL)
        count = (module, name, self._test if hunted else "")
        full = self._count.get(count, 0) >= most[0] or len(self.calls) >= most[1]
        if full and not hunted:
            return
        size = code.co_argcount + code.co_kwonlyargcount
        size += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
        given = pickle.dumps({each: frame.f_locals[each] for each in code.co_varnames[:size]}, protocol=4)
        key = (module, name, given, self._test)
        if len(given) > LARGE or os.getcwd().encode() in given:
            return  # what is asked about the place of the project cannot be asked elsewhere
        self._missed = False
        if key in self._seen:
            return
        self._seen.add(key)
        self._count[count] = self._count.get(count, 0) + 1
        path = self.files[os.path.realpath(code.co_filename)]
        texts = [text for each in code.co_varnames[:size] for text in near.texts_in(frame.f_locals[each])]
        parts = [part for each in code.co_varnames[:size] for part in near.parts_of(each, frame.f_locals[each])]
        numbers = near.figures_in(parts)
        call = Call(module, path, name, base64.b64encode(given).decode(), self._test, -1, texts, numbers, "")
        # The last call of a test that fails is the one that matters: it takes the place of the one before it.
        last = self._last.get(count) if full else None
        number = len(self.calls) if last is None else last
        self._open = {one: place for one, place in self._open.items() if place != number}
        self._last[count] = number
        if not pauses:
            self._open[frame] = number
        self.inside.pop(number, None)
        self.calls[number : number + 1] = [call]


def _qualified(frame: Any) -> str:
    code = frame.f_code
    if hasattr(code, "co_qualname"):
        return str(code.co_qualname)
    first = code.co_varnames[0] if code.co_argcount else ""
    holder = frame.f_locals.get(first)
    for kind in getattr(holder if isinstance(holder, type) else type(holder), "__mro__", ()):
        if first in ("self", "cls") and code.co_name in vars(kind):
            return str(kind.__qualname__) + "." + str(code.co_name)
    return str(code.co_name)


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
                data = base64.b64encode(pickle.dumps(other, protocol=4)).decode()
                if len(data) <= 2 * LARGE:
                    varied, parts = _varied(given, other)
                    texts = [text for each in other.values() for text in near.texts_in(each)]
                    changed: Dict[str, Any] = {"texts": texts, "numbers": near.figures_in(parts), "varied": varied}
                    made.append(call._replace(given=data, near=number, **changed))
        except Exception:
            continue
    return made


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


def _replayed(calls: Sequence[Call], again: int, before: Dict[str, Any]) -> Tuple[List[Any], List[str]]:
    sys.argv[:] = ["python"]
    random.seed(again)
    given = [_outcome(call) for call in calls]
    return given, outcomes.patched(before)


def _wavering(calls: Sequence[Call], asked: Sequence[int]) -> List[Tuple[int, Any]]:
    """Return the calls that do not give the same again and again, with what else they gave."""
    first = {number: _outcome(calls[number]) for number in asked}
    later = {number: [_outcome(calls[number]) for _ in range(AGAIN)] for number in asked}
    others = {number: [told for told in later[number] if told != first[number]] for number in asked}
    return [(number, told[0]) for number, told in others.items() if told]


def _outcome(call: Call) -> Any:
    try:
        importlib.import_module(call.module)
        arguments = pickle.loads(base64.b64decode(call.given))
        function = function_of(call)
    except BaseException as error:
        return ["absent", type(error).__name__]
    try:
        arm(SECONDS)
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
