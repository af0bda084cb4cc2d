"""The slowest rung: the tests by their own runner in a fork that has not yet imported anything of the project."""

from __future__ import annotations

import importlib.machinery
import os
from typing import Any, Dict, List, Optional, Set

from .cases import Case, pytest_arguments, with_unittest
from .forks import in_fork


def confirmed(spec: Dict[str, Any], patch: Dict[str, Any], seconds: float) -> Optional[bool]:
    """Return whether the patch mends its tests and keeps the passing ones of their files; None when time ran out."""
    passed = outcomes(spec, patch["path"], patch["text"], seconds)
    if passed is None:
        return None
    lost = {name for name in spec["passing"] if name not in passed}
    return set(patch["fixed"]) <= passed and not lost & set(patch["kept"])


def outcomes(spec: Dict[str, Any], path: str, text: str, seconds: float) -> Optional[Set[str]]:
    """Return the tests that pass when one file has another text, run in a fresh fork; None when it did not end."""
    wanted = [*spec["failing"], *spec["passing"]]

    def alone() -> Set[str]:
        serve(os.path.join(spec["project"], path), text)
        if spec.get("runner") == "unittest":
            return _unittest(spec.get("tests", []), set(wanted))
        return _pytest(pytest_arguments(wanted, spec.get("options", [])))

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

    pytest.main(arguments, plugins=[Plugin()])
    return {name for name, seen in results.items() if set(seen) == {"passed"}}


def _unittest(files: List[str], wanted: Set[str]) -> Set[str]:
    passed: Set[str] = set()

    def work(cases: List[Case]) -> None:
        for case in cases:
            if case.call()[0] == "p":
                passed.add(case.name)

    with_unittest(files, list(wanted), work)
    return passed
