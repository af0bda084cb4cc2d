"""Runs the tests under unittest, module by module, and sends each outcome."""

from __future__ import annotations

import importlib
import os
import re
import sys
import time
import unittest
from typing import Any, Callable, Iterator

from .failure import MESSAGE, described
from .overrun import Clock


def run(spec: dict[str, Any], recorder: Any, clock: Clock, switch: Callable[[str], None] | None) -> int:
    """Import each test file, run what is asked for."""
    wanted = None if spec.get("select") is None else frozenset(spec["select"])
    loader = unittest.TestLoader()
    tests: list[unittest.TestCase] = []
    for path in spec.get("tests") or []:
        try:
            with clock.armed():
                suite = loader.loadTestsFromModule(imported(path, recorder.root))
        except unittest.SkipTest as skipped:
            recorder.test(path, "skipped", 0.0, {"message": str(skipped)[:MESSAGE]})
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            recorder.broken(path, described(error, error.__traceback__, recorder.root))
        else:
            tests += [test for test in flat(suite) if wanted is None or test.id() in wanted]
    recorder.collected([test.id() for test in tests])
    result = Result(recorder, clock, switch)
    # One suite for all, so that the class and module fixtures run once.
    unittest.TestSuite(tests).run(result)
    result.finish([test.id() for test in tests])
    return 0


def imported(path: str, root: str) -> Any:
    """Import a test file under the name unittest would give it: dotted as far up as there are packages."""
    folder, name = os.path.split(os.path.join(root, path))
    parts = [os.path.splitext(name)[0]]
    while os.path.isfile(os.path.join(folder, "__init__.py")) and folder != root:
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = importlib.import_module(".".join(parts))
    found = os.path.realpath(getattr(module, "__file__", "") or "")
    if found != os.path.realpath(os.path.join(root, path)):
        raise ImportError(f"the name {'.'.join(parts)} belongs to {found}; give the test files different names")
    return module


def flat(suite: Any) -> Iterator[unittest.TestCase]:
    """Yield the tests of a suite, however deep."""
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            for test in flat(part):
                yield test
        else:
            yield part


class Result(unittest.TestResult):
    """Sends the outcome of each test when it has ended."""

    def __init__(self, recorder: Any, clock: Clock, switch: Callable[[str], None] | None) -> None:
        super().__init__()
        self._recorder = recorder
        self._clock = clock
        self._switch = switch
        self._armed: Any = None
        self._began = 0.0
        self._now: tuple[str, dict[str, Any]] | None = None
        self._sent: set[str] = set()
        self._fixtures: list[tuple[str, str, dict[str, Any]]] = []

    def startTest(self, test: unittest.TestCase) -> None:
        """A test begins."""
        self._recorder.started(test.id())
        if self._switch is not None:
            self._switch(test.id())
        self._now = None
        self._began = time.monotonic()
        self._armed = self._clock.armed()
        self._armed.__enter__()

    def stopTest(self, test: unittest.TestCase) -> None:
        """Send what became of it."""
        if self._armed is None:
            return
        self._armed.__exit__(None, None, None)
        self._armed = None
        if self._switch is not None:
            self._switch("")
        outcome, how = self._now or ("passed", {})
        self._sent.add(test.id())
        self._recorder.test(test.id(), outcome, time.monotonic() - self._began, how)

    def addSuccess(self, test: unittest.TestCase) -> None:
        """It passed, unless a subtest did not."""
        self._now = self._now or ("passed", {})

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        """An assertion failed."""
        self._fail(test, "failed", err)

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        """Something else was raised, perhaps by a fixture of a class or module."""
        self._fail(test, "failed" if isinstance(test, unittest.TestCase) else "error", err)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        """One part of a test ended."""
        if err is not None:
            self._fail(test, "failed", err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        """It was skipped."""
        self._note(test, "skipped", {"message": str(reason)[:MESSAGE]})

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        """It failed as it should."""
        self._note(test, "xfailed", {})

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        """It passed though it should fail: unittest calls that a failure."""
        self._note(test, "failed", {"exception": "", "message": "unexpected success"})

    def finish(self, ids: list[str]) -> None:
        """Send the tests that never began because the fixture of their class or module failed or skipped."""
        for place, outcome, how in self._fixtures:
            behind = [test for test in ids if test.startswith(place + ".") and test not in self._sent]
            for test in behind:
                self._sent.add(test)
                self._recorder.test(test, outcome, 0.0, how)
            if not behind and outcome == "error":
                self._recorder.test(place, outcome, 0.0, how)

    def _fail(self, test: unittest.TestCase, outcome: str, err: Any) -> None:
        if self._now is None or self._now[0] not in ("failed", "error"):
            self._note(test, outcome, described(err[1], err[2], self._recorder.root))

    def _note(self, test: unittest.TestCase, outcome: str, how: dict[str, Any]) -> None:
        if isinstance(test, unittest.TestCase):
            if self._armed is not None:
                self._now = (outcome, how)
            else:  # some Pythons never begin a test whose decorator skips it
                self._sent.add(test.id())
                self._recorder.test(test.id(), outcome, 0.0, how)
            return
        # `setUpClass (tests.test_a.A)`: unittest gives the fixtures of classes and modules a holder of their own.
        place = re.search(r"\(([\w.]+)\)", test.id())
        self._fixtures.append((place.group(1) if place else test.id(), outcome, how))
