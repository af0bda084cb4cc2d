"""Calls one thing under observation: which arcs of the code ran, what came of it, what it changed."""

from __future__ import annotations

import asyncio
import collections.abc
import inspect
import itertools
import linecache
import signal
import sys
import types
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Set, Tuple

from .effects import SideEffect, Watch
from .expressions import Expr, text
from .spelling import Spelled, spell

Arc = Tuple[int, int]
TICKS = 60_000
"""Lines of the project that one call may run before it counts as endless."""
SECONDS = 1.0
"""CPU seconds: the backstop for loops that run no line of the project; the clock would depend on the machine's load."""
ELEMENTS = 24
"""Elements of an iterator that are looked at."""
ATTRIBUTES = 4


class Endless(BaseException):
    """The call did not end within its ticks."""


class Call(NamedTuple):
    """One call as it would stand in a test."""

    shape: str
    """With the marks `{receiver}` and `{arguments}`, e.g. `{receiver}.name({arguments})` or `str({receiver})`."""
    receiver: Optional[Expr]
    arguments: Tuple[Expr, ...]
    keys: Tuple[str, ...]
    names: Tuple[str, ...]
    """A readable variable name for each argument."""
    origin: int = 3
    """0 from the function's own examples, 1 from a caller or a test, 2 made from types, 3 found by mutation."""

    def written(self, variables: Dict[int, str]) -> str:
        """Return the text; `variables` replace operands, the receiver being number -1."""
        shown = [
            (key + "=" if key else "") + variables.get(place, text(argument))
            for place, (key, argument) in enumerate(zip(self.keys, self.arguments))
        ]
        held = variables.get(-1, text(self.receiver)) if self.receiver is not None else ""
        return self.shape.replace("{receiver}", held).replace("{arguments}", ", ".join(shown))


class Change(NamedTuple):
    """Something that the call left behind in one of its operands."""

    operand: int
    """Place of the argument, or -1 for the receiver."""
    attribute: str
    """How a test writes what changed, e.g. `{}.total` or `list({})`."""
    now: Spelled


class Outcome(NamedTuple):
    """What came of a call."""

    kind: str
    """value, state (an instance compared by its attributes), raises, crash, unspellable, effect or endless."""
    value: Optional[Spelled] = None
    error: Any = None
    """Class of the exception."""
    message: str = ""
    changes: Tuple[Change, ...] = ()
    wrapped: str = "{call}"
    """How the result is made comparable, e.g. `list({call})`."""
    parts: Tuple[Tuple[str, Spelled], ...] = ()
    """Attributes of a result that cannot be compared as a whole."""

    def same(self, other: "Outcome") -> bool:
        """Return whether a test that pins one would also pass for the other."""
        return self.key() == other.key()

    def key(self) -> Tuple[Any, ...]:
        """Return what a test can see."""
        seen = [self.value.text] if self.value else []
        return (
            self.kind, tuple(seen), getattr(self.error, "__name__", ""), self.wrapped,
            tuple((change.operand, change.attribute, change.now.text) for change in self.changes),
            tuple((attribute, part.text) for attribute, part in self.parts),
        )  # fmt: skip


class Observer:
    """Runs calls; counts arcs only in the lines of one function."""

    def __init__(self, watch: Watch, project: FrozenSet[str], path: str, lines: FrozenSet[int]) -> None:
        self.watch = watch
        self.project = project
        """Real paths of the project's files: their lines are ticks."""
        self.path = path
        self.lines = lines
        self._ticks = 0
        self._raised_here = False
        self._arcs: Set[Arc] = set()
        # Made before anything is watched: a loop opens sockets of its own.
        self._loop = asyncio.new_event_loop()
        signal.signal(signal.SIGPROF, _alarm)

    def run(self, call: Call, namespace: Dict[str, Any]) -> Tuple[Outcome, FrozenSet[Arc]]:
        """Evaluate the operands, call, and return what came of it with the arcs that ran."""
        self._arcs, self._ticks = set(), 0
        operands: Dict[int, Any] = {}
        scope = dict(namespace)
        try:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            for place, expr in [(-1, call.receiver), *enumerate(call.arguments)]:
                if expr is not None:
                    operands[place] = eval(compile(text(expr), "<operand>", "eval"), dict(namespace))
            before = {place: states(value) for place, value in operands.items()}
            scope.update({"_%d" % (place + 1): value for place, value in operands.items()})
            code = compile(call.written({place: "_%d" % (place + 1) for place in operands}), "<call>", "eval")
        except (Exception, Endless):
            return Outcome("crash"), frozenset()
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        outcome = self._observe(code, scope)
        if outcome.kind == "raises" and not self._raised_here:
            # Leaving by another function's refusal is no new way through this one.
            self._arcs = {arc for arc in self._arcs if arc[1] > 0}
        if outcome.kind in ("value", "state", "unspellable") and outcome.message == "":
            outcome = _with_changes(outcome, operands, before)
        return outcome, frozenset(self._arcs)

    def _observe(self, code: types.CodeType, scope: Dict[str, Any]) -> Outcome:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            with self.watch:
                sys.setprofile(self._profile)
                sys.settrace(self._trace)
                try:
                    result, wrapped = self._comparable(eval(code, scope))
                finally:
                    sys.settrace(None)
                    sys.setprofile(None)
        except SideEffect:
            return Outcome("effect", message=self.watch.seen)
        except (Endless, KeyboardInterrupt, RecursionError, MemoryError):
            return Outcome("endless")
        except (Exception, SystemExit, GeneratorExit) as error:
            if self.watch.seen:
                return Outcome("effect", message=self.watch.seen)
            return self._raised(error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if self.watch.seen:
            return Outcome("effect", message=self.watch.seen)
        value = spell(result)
        if value is not None:
            return Outcome("value", value, wrapped=wrapped)
        parts = tuple((key, part) for key, part in states(result).items())[:ATTRIBUTES]
        if parts and wrapped == "{call}":
            return Outcome("state", parts=parts)
        return Outcome("unspellable")

    def _raised(self, error: BaseException) -> Outcome:
        """Tell a refusal (a `raise` in the project's own code) from an accident."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        meant = False
        if trace is not None and trace.tb_frame.f_code.co_filename in self.project:
            line = linecache.getline(trace.tb_frame.f_code.co_filename, trace.tb_lineno).strip()
            meant = line.startswith("raise")
            self._raised_here = trace.tb_frame.f_code.co_filename == self.path and trace.tb_lineno in self.lines
        refuses = (
            meant and isinstance(error, Exception) and not isinstance(error, (NotImplementedError, AssertionError))
        )
        kind = "raises" if refuses else "crash"
        return Outcome(kind, error=type(error), message=str(error)[:200])

    def _comparable(self, result: Any) -> Tuple[Any, str]:
        """Run what is lazy; return the result and how a test writes it."""
        if inspect.iscoroutine(result):
            inner, wrapped = self._comparable(self._loop.run_until_complete(result))
            return inner, wrapped.replace("{call}", "asyncio.run({call})")
        if hasattr(result, "__next__") and hasattr(result, "__iter__"):
            first = list(itertools.islice(result, ELEMENTS + 1))
            if len(first) > ELEMENTS:
                return first[:5], "list(itertools.islice({call}, 5))"
            return first, "list({call})"
        if type(result) in (type({}.keys()), type({}.values()), type({}.items())):
            return list(result), "list({call})"
        return result, "{call}"

    def _profile(self, frame: Any, event: str, argument: Any) -> None:
        if event == "c_call":
            self.watch.profiled(argument, frame)

    def _trace(self, frame: Any, event: str, argument: Any) -> Any:
        code = frame.f_code
        if code.co_filename not in self.project:
            return None
        counted = code.co_filename == self.path and code.co_firstlineno in self.lines
        last = [-code.co_firstlineno]

        def local(frame: Any, event: str, argument: Any) -> Any:
            self._ticks += 1
            if self._ticks > TICKS:
                raise Endless
            if counted and event in ("line", "return"):
                line = frame.f_lineno if event == "line" else -code.co_firstlineno
                self._arcs.add((last[0], line))
                last[0] = line
            return local

        return local


def _alarm(number: int, frame: Any) -> None:
    raise Endless


def states(value: Any) -> Dict[str, Spelled]:
    """Return what can be seen of a value, by how a test writes it: the whole, else attributes and elements."""
    if isinstance(value, (bool, int, float, complex, str, bytes, type(None), type, types.FunctionType)):
        return {}
    whole = spell(value)
    if whole is not None:
        return {"{}": whole}
    names: List[str] = sorted(getattr(value, "__dict__", {}) or [])
    for kind in type(value).__mro__:
        slots = getattr(kind, "__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
    found = {}
    for attribute in names:
        if not attribute.startswith("_") and hasattr(value, attribute):
            part = spell(getattr(value, attribute))
            if part is not None:
                found["{}." + attribute] = part
    for kind, seen in ((collections.abc.Mapping, dict), (collections.abc.Collection, list)):
        if isinstance(value, kind):
            try:
                part = spell(seen(value))
            except Exception:
                return found
            return {**found, seen.__name__ + "({})": part} if part is not None else found
    return found


def _with_changes(outcome: Outcome, operands: Dict[int, Any], before: Dict[int, Dict[str, Spelled]]) -> Outcome:
    changes = []
    for place, value in operands.items():
        for attribute, now in states(value).items():
            was = before[place].get(attribute)
            if was is None or was.text != now.text:
                changes.append(Change(place, attribute, now))
    if not changes:
        return outcome
    kind = outcome.kind if outcome.kind != "unspellable" else "changes"
    return outcome._replace(kind=kind, changes=tuple(changes[:ATTRIBUTES]))
