"""PURE: each expected test must have been seen to pass; what is missing, skipped or expected to fail has not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from agents.ports import SuiteResult, TestOutcome
from director.gates.tests import passed

NOT_THERE = ("ModuleNotFoundError", "ImportError")


class Lost(NamedTuple):
    """One expected test that did not pass."""

    id: str
    became: str
    """Its outcome, `broken` when its module could not be collected, `missing` when nothing was heard of it."""
    outcome: TestOutcome | None


def lost(expected: Iterable[str], suite: SuiteResult) -> list[Lost]:
    """Return the expected tests that were not seen to pass; a run without results loses them all."""
    green = passed(suite) if suite.outcome in ("ran", "broken", "timeout") else frozenset[str]()
    by_id = {test.id: test for test in suite.tests}
    broken = {test.id: test for test in suite.broken}
    return [_lost(test, by_id, broken) for test in sorted(frozenset(expected) - green)]


def failing(suite: SuiteResult) -> frozenset[str]:
    """Return the tests that failed, with those whose module could not be collected under the module's name."""
    return frozenset(test.id for test in (*suite.tests, *suite.broken) if test.outcome in ("failed", "error"))


def lacking(suite: SuiteResult, before: Iterable[str], after: Iterable[str]) -> str:
    """Return a package that tests need and that only the candidate declares: the base's environment lacks it."""
    new = frozenset(map(_package, after)) - frozenset(map(_package, before))
    for test in (*suite.broken, *suite.tests):
        wanted = re.search(r"No module named '([\w.]+)'", test.message) if test.exception in NOT_THERE else None
        if wanted is not None and _plain(wanted[1].split(".")[0]) in new:
            return wanted[1].split(".")[0]
    return ""


def file_of(test: str, tests: Iterable[str]) -> str:
    """Return the file a test stands in; empty when it cannot be told."""
    if "::" in test or test.endswith(".py"):
        return test.split("::")[0]
    for path in tests:
        dotted = path.removesuffix(".py").replace("/", ".")
        if test.startswith((f"{dotted}.", f"{dotted.rpartition('.')[2]}.")):
            return path
    return ""


def collected(tests: Iterable[str], ids: Iterable[str]) -> list[str]:
    """Return the files to collect so that some tests are found: code and pages may hold examples that are tests."""
    return sorted({*tests, *(test.split("::")[0] for test in ids if "::" in test)})


def _package(requirement: str) -> str:
    """Return the name of a requirement as a module of it would be called."""
    return _plain(re.split(r"[^\w.-]", requirement.strip())[0])


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _lost(test: str, by_id: dict[str, TestOutcome], broken: dict[str, TestOutcome]) -> Lost:
    found = by_id.get(test)
    if found is not None:
        return Lost(test, found.outcome, found)
    module = broken.get(file_of(test, broken))
    return Lost(test, "broken" if module is not None else "missing", module)
