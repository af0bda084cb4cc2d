"""The target's tests, loaded once, each of which can be run again and again in a fork of this interpreter."""

from __future__ import annotations

import contextlib
import copy
import inspect
import os
import random
import sys
import time
import unittest
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from . import ticks

DIRECT, PROTOCOL = "direct", "protocol"


class Outcome(NamedTuple):
    """How one run of one test ended."""

    status: str
    """`p` passed, `f` failed, `s` skipped, `t` out of ticks or time."""
    ticks: int
    seconds: float
    error: Optional[BaseException]


class Case:
    """One test with a way to run it."""

    def __init__(self, name: str, path: str) -> None:
        self.name, self.path = name, path
        self.rung = PROTOCOL

    def call(self) -> Tuple[str, Optional[BaseException]]:
        """Run the test; return `p`, `f` or `s` and what it raised."""
        raise NotImplementedError

    def source(self) -> Any:
        """The test function itself, to be read; None when there is none."""
        return None

    def run(self, counter: ticks.Counter, budget: int = ticks.FOREVER, seconds: float = 60.0) -> Outcome:
        """Run within a budget of ticks and of processor time."""
        random.seed(0)
        begun = time.process_time()
        counter.reset(budget)
        error: Optional[BaseException] = None
        try:
            ticks.arm(seconds)
            status, error = self.call()
        except (ticks.OutOfTicks, ticks.OutOfTime) as problem:
            status, error = "t", problem
        except BaseException as problem:
            status, error = "f", problem
        finally:
            ticks.disarm()
        left = counter.left()
        counter.reset(ticks.FOREVER)
        if left < 0 or isinstance(error, (ticks.OutOfTicks, ticks.OutOfTime)):
            status = "t"
        return Outcome(status, budget - left, time.process_time() - begun, error)


class UnittestCase(Case):
    """A method of a `unittest.TestCase`, run with the fixtures of its class and module."""

    def __init__(self, name: str, path: str, kind: Any, method: str) -> None:
        super().__init__(name, path)
        self.kind, self.method, self.rung = kind, method, DIRECT

    def call(self) -> Tuple[str, Optional[BaseException]]:
        """Run it in a suite of its own."""
        result = _Result()
        unittest.TestSuite([self.kind(self.method)]).run(result)
        if result.first is not None or not result.wasSuccessful():
            return "f", result.first
        return ("s" if result.skipped else "p"), None

    def source(self) -> Any:
        """The method."""
        return getattr(self.kind, self.method, None)


class _Result(unittest.TestResult):
    first: Optional[BaseException] = None

    def addError(self, test: Any, err: Any) -> None:
        self._keep(err)
        self.errors.append((test, ""))

    def addFailure(self, test: Any, err: Any) -> None:
        self._keep(err)
        self.failures.append((test, ""))

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            self._keep(err)
            self.failures.append((test, ""))

    def _keep(self, err: Any) -> None:
        if isinstance(err[1], (ticks.OutOfTicks, ticks.OutOfTime)) or self.first is None:
            self.first = err[1]


class PytestCase(Case):
    """An item that pytest collected."""

    def __init__(self, item: Any, errors: List[BaseException], red: List[str]) -> None:
        """`errors` and `red` collect what pytest's hooks are told while an item runs: exceptions, failed reports."""
        super().__init__(item.nodeid, str(getattr(item, "path", None) or item.fspath))
        self.item, self.errors, self.red = item, errors, red
        self.values = _direct_values(item)
        self.globals = dict(getattr(getattr(item, "dtest", None), "globs", None) or {})
        """What the examples of a docstring know; they are cleared when these have run."""
        params = getattr(getattr(item, "callspec", None), "params", None) or {}
        self.managers = {name: value for name, value in params.items() if isinstance(value, Manager)}
        """Values of its parameters that can be entered only once."""
        item.repr_failure = item._repr_failure_py = _said_shortly
        self.unit: Optional[UnittestCase] = None
        if type(item).__name__ == "TestCaseFunction" and not _marked(item) and _needs_no_fixture(item):
            self.unit = UnittestCase(self.name, self.path, item.parent.obj, item.name)
        self.rung = DIRECT if self.values is not None or self.unit is not None else PROTOCOL

    def source(self) -> Any:
        """The test function."""
        return getattr(self.item, "obj", None)

    def call(self) -> Tuple[str, Optional[BaseException]]:
        """Call the function itself where nothing else is needed, else go through pytest's protocol."""
        if self.rung == PROTOCOL:
            return self._protocol()
        if self.unit is not None:
            return self.unit.call()
        function = self.item.obj
        if getattr(self.item, "cls", None) is not None and not inspect.isclass(getattr(function, "__self__", None)):
            function = getattr(self.item.cls(), function.__name__)
        try:
            function(**{name: _fresh(value) for name, value in (self.values or {}).items()})
        except BaseException as problem:
            if type(problem).__name__ == "Skipped":
                return "s", None
            raise
        return "p", None

    def _protocol(self) -> Tuple[str, Optional[BaseException]]:
        from _pytest.runner import runtestprotocol

        del self.errors[:], self.red[:]
        if self.globals:
            self.item.dtest.globs.update(self.globals)
        for name, manager in self.managers.items():
            self.item.callspec.params[name] = _fresh(manager)
        if hasattr(self.item, "_initrequest"):
            self.item._initrequest()
        reports = runtestprotocol(self.item, log=False, nextitem=None)
        # Parts of a test report for themselves, and the whole may pass though one of them failed.
        if self.red or any(report.failed for report in reports):
            return "f", self.errors[0] if self.errors else None
        if all(report.passed for report in reports):
            return "p", None
        return "s", None


def _said_shortly(excinfo: Any, style: Any = None) -> str:
    """Say of a failure what it is: to read and show the code around it takes many times as long as the test."""
    return str(excinfo.typename)


def _marked(item: Any) -> bool:
    return any(
        mark.name in ("skip", "skipif", "xfail", "usefixtures", "asyncio", "anyio", "trio")
        for mark in item.iter_markers()
    )


def _needs_no_fixture(item: Any) -> bool:
    """Return whether a test of a `TestCase` has only fixtures that unittest itself does without."""
    made, root = item._fixtureinfo.name2fixturedefs, str(item.config.rootpath)
    return all(
        name == "request" or name.startswith("_unittest_")
        or _foreign(getattr(made[name][-1], "func", None) if made.get(name) else None, root)
        for name in map(str, item.fixturenames)
    )  # fmt: skip


def _direct_values(item: Any) -> Optional[Dict[str, Any]]:
    """Return the arguments to call the test function with, or None when it needs pytest around it."""
    if type(item).__name__ != "Function" or _marked(item) or inspect.iscoroutinefunction(item.obj):
        return None
    callspec = getattr(item, "callspec", None)
    values = {**getattr(callspec, "funcargs", {}), **callspec.params} if callspec is not None else {}
    made = item._fixtureinfo.name2fixturedefs
    asked = set(item._fixtureinfo.argnames)
    for name in item.fixturenames:
        function = getattr(made[name][-1], "func", None) if made.get(name) else None
        if name in values:
            if function is not None and function.__name__ != "get_direct_param_fixture_func":
                return None
        elif name in asked or not _foreign(function, str(item.config.rootpath)):
            return None
    return values


def _foreign(function: Any, root: str) -> bool:
    """Return whether an automatic fixture belongs to an installed plug-in, so that most tests do without it."""
    code = getattr(inspect.unwrap(function), "__code__", None) if function is not None else None
    if (
        code is None
        or "xunit" in code.co_name
        or "unittest" in code.co_name
        or code.co_filename.startswith(root + os.sep)
    ):
        return False
    return bool(os.path.basename(os.path.dirname(code.co_filename)) != "_pytest")


def _fresh(value: Any) -> Any:
    if isinstance(value, Manager):
        return value._recreate_cm()  # as contextlib does when one decorates a function
    if type(value) in (list, dict, set, bytearray):
        return copy.deepcopy(value)
    return value


Manager = contextlib._GeneratorContextManager
Work = Callable[[List[Case]], None]


def with_pytest(files: Sequence[str], options: Sequence[str], work: Work) -> str:
    """Collect the files with pytest and call `work` with the cases inside its session; return why not, or ''."""
    import pytest

    from .with_pytest import session

    errors: List[BaseException] = []
    red: List[str] = []
    called: List[str] = []

    class Plugin:
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: Any) -> Any:
            called.append("yes")
            work([PytestCase(item, errors, red) for item in session.items])
            return True

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
            if call.excinfo is not None:
                errors.append(call.excinfo.value)

        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed:
                red.append(report.nodeid)

    code: Any = None
    try:
        code = session({"select": list(files), "addopts": options}, Plugin()).code
    except Exception:
        # Once the work is done, what the session complains of at its end is of no interest.
        if not called:
            raise
    return "" if called else f"pytest ended with {code} before any test"


def with_unittest(files: Sequence[str], wanted: Sequence[str], work: Work) -> str:
    """Load test files as unittest names them and call `work` with the wanted cases; return why not, or ''."""
    from .with_unittest import flat, imported

    loader, names = unittest.TestLoader(), set(wanted)
    cases: List[Case] = []
    for path in files:
        try:
            suite = loader.loadTestsFromModule(imported(path, os.getcwd()))
        except (Exception, unittest.SkipTest):
            # A file that cannot be imported has no case here; the tests that were asked for are missed below.
            continue
        for test in flat(suite):
            if test.id() in names:
                cases.append(UnittestCase(test.id(), os.path.abspath(path), type(test), test.id().rsplit(".", 1)[-1]))
    if not cases:
        return "none of the tests could be loaded"
    work(cases)
    return ""


def quiet() -> None:
    """Send what the tests print nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)
