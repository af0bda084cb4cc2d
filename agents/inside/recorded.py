"""How the tests call the project: each call that test code makes itself, by what can be carried elsewhere."""

from __future__ import annotations

import base64
import inspect
import os
import pickle
import sys
import tempfile
import types
from typing import Any, Dict, List, NamedTuple, Tuple

from . import near, outcomes
from .cases import Case, with_pytest, with_unittest
from .placeless import placeless
from .ticks import Counter

PER_FUNCTION, MANY, TOTAL, LARGE = 10, 40, 250, 8192
STEPS_BACK = 3
PATIENCE, IMPATIENCE = 5.0, 1.0
"""Processor time of a test, and of each test after one that never ended: others will not end either."""
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


def recorded(spec: Dict[str, Any]) -> Tuple[List[Call], List[str], Dict[int, Any], List[str]]:
    """Run the tests; return calls, modules, what a call gave at the time by its number, and tests noted in part."""
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
        self.temporary = tempfile.gettempdir() + os.sep
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
        self._busy, self._missed, self._test = False, False, ""
        self._patience = PATIENCE

    def run(self, case: Case) -> None:
        self._test = case.name
        sys.setprofile(self._event)
        try:
            if case.run(Counter(), seconds=self._patience).status == "t":
                self._patience = IMPATIENCE
                self.partly.add(case.name)
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
        texts = [text for each in code.co_varnames[:size] for text in near.texts_in(frame.f_locals[each])]
        if len(given) > LARGE or any(text.startswith(self.temporary) for text in texts):
            return  # what a test put there is gone by the time it is asked again
        if os.getcwd().encode() in given:
            return  # what is asked about the place of the project cannot be asked elsewhere
        self._missed = False
        if key in self._seen:
            return
        self._seen.add(key)
        self._count[count] = self._count.get(count, 0) + 1
        path = self.files[os.path.realpath(code.co_filename)]
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
