"""The slowest rung: the tests by their own runner in a fork that has not yet imported anything of the project."""

from __future__ import annotations

import importlib.machinery
import os
import sys
from typing import Any, Dict, List, Optional, Set

from .cases import pytest_options
from .forks import in_fork


def confirmed(spec: Dict[str, Any], patch: Dict[str, Any], seconds: float) -> Optional[bool]:
    """Return whether the patch mends its tests and keeps the passing ones of their files; None when time ran out."""
    passed = outcomes(spec, patch["path"], patch["text"], seconds)
    if passed is None:
        return None
    lost = {name for name in spec["passing"] if name not in passed}
    return set(patch["fixed"]) <= passed and not lost & set(patch["kept"])


def outcomes(spec: Dict[str, Any], path: str, text: str, seconds: float) -> Optional[Set[str]]:
    """Return the tests that pass when one file has another text, run in a fresh fork."""

    def alone() -> Set[str]:
        serve(os.path.join(spec["project"], path), text)
        if spec.get("runner") == "unittest":
            return _unittest([*spec["failing"], *spec["passing"]])
        files = list(dict.fromkeys(one.split("::")[0] for one in [*spec["failing"], *spec["passing"]]))
        return _pytest([*spec.get("options", []), *files])

    if "pytest" not in sys.modules and spec.get("runner") != "unittest":
        import pytest  # noqa: F401
    passed: Optional[Set[str]] = in_fork(alone, seconds)
    return passed


def serve(path: str, text: str) -> None:
    """Let imports of one file see another text; nothing is written."""
    real = os.path.realpath(path)
    loader = importlib.machinery.SourceFileLoader
    plain = loader.get_code

    def get_code(self: Any, fullname: str) -> Any:
        if os.path.realpath(self.get_filename(fullname)) == real:
            return compile(text, path, "exec", dont_inherit=True)
        return plain(self, fullname)

    loader.get_code = get_code  # type: ignore[method-assign]


def _pytest(arguments: List[str]) -> Set[str]:
    import pytest

    results: Dict[str, List[str]] = {}

    class Plugin:
        def pytest_runtest_logreport(self, report: Any) -> None:
            results.setdefault(report.nodeid, []).append(report.outcome)

    pytest.main([*pytest_options(), *arguments], plugins=[Plugin()])
    return {name for name, seen in results.items() if set(seen) == {"passed"}}


def _unittest(names: List[str]) -> Set[str]:
    import unittest

    class Result(unittest.TestResult):
        def __init__(self) -> None:
            super().__init__()
            self.passed: Set[str] = set()

        def addSuccess(self, test: unittest.TestCase) -> None:
            self.passed.add(test.id())

    result = Result()
    unittest.defaultTestLoader.loadTestsFromNames(names).run(result)
    return result.passed
