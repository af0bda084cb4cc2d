"""The slowest rung: the tests by their own runner in a fork that has not yet imported anything of the project."""

from __future__ import annotations

import importlib.machinery
import os
import time
from typing import Any, Dict, List, Optional, Sequence, Set

from .cases import Case, with_unittest
from .forks import in_fork


class Fresh:
    """Confirms patches of one search; what fails here without any patch is no patch's fault."""

    def __init__(self, spec: Dict[str, Any]) -> None:
        self.spec = spec
        self._unchanged: Optional[Set[str]] = None

    def confirmed(self, patch: Dict[str, Any], seconds: float) -> Optional[bool]:
        """Return whether the patch mends its tests and loses none that passes; None when time ran out."""
        end = time.monotonic() + seconds
        # Other failing tests say nothing of the patch, and may never end.
        passed = outcomes({**self.spec, "failing": patch["fixed"]}, patch["path"], patch["text"], seconds)
        if passed is None:
            return None
        lost = set(self.spec["passing"]) & set(patch["kept"]) - passed
        if lost and self._unchanged is None:
            with open(os.path.join(self.spec["project"], patch["path"]), "rb") as file:
                text = file.read().decode(patch["encoding"])
            unpatched = {**self.spec, "failing": []}
            self._unchanged = outcomes(unpatched, patch["path"], text, end - time.monotonic())
            if self._unchanged is None:
                return None
        return set(patch["fixed"]) <= passed and not lost & (self._unchanged or set())


def outcomes(spec: Dict[str, Any], path: str, text: str, seconds: float) -> Optional[Set[str]]:
    """Return the tests that pass when one file has another text, run in a fresh fork; None when it did not end."""
    wanted = [*spec["failing"], *spec["passing"]]

    def alone() -> Set[str]:
        serve(os.path.join(spec["project"], path), text)
        if spec.get("runner") == "unittest":
            return _unittest(spec.get("tests", []), set(wanted))
        return _pytest(set(wanted), spec.get("options", []))

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


def _pytest(wanted: Set[str], options: Sequence[str]) -> Set[str]:
    from .with_pytest import is_asked_for, session

    green: Set[str] = set()
    red: Set[str] = set()

    class Plugin:
        def pytest_collection_modifyitems(self, items: List[Any]) -> None:
            items[:] = [item for item in items if is_asked_for(item.nodeid, wanted)]

        def pytest_runtest_logreport(self, report: Any) -> None:
            # A part of a test may be skipped and the test still pass, so a skip alone says nothing.
            if report.failed:
                red.add(report.nodeid)
            elif report.passed and report.when == "call":
                green.add(report.nodeid)

    session({"select": sorted(wanted), "addopts": options}, Plugin())
    return green - red


def _unittest(files: List[str], wanted: Set[str]) -> Set[str]:
    passed: Set[str] = set()

    def work(cases: List[Case]) -> None:
        for case in cases:
            if case.call()[0] == "p":
                passed.add(case.name)

    with_unittest(files, list(wanted), work)
    return passed
