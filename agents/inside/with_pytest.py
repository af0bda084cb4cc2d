"""Runs the tests under pytest with a plugin object of ours that sends each outcome."""

from __future__ import annotations

import io
import os
import re
import sys
from typing import Any, Callable, Collection, Iterator

import pytest

from .failure import MESSAGE, described, project_path, shortened
from .overrun import Clock

WORST = {"passed": 0, "xpassed": 1, "xfailed": 2, "skipped": 3, "failed": 4, "error": 5}
HEARD = 64 * 1024


def tool() -> str:
    """Return name and version."""
    return "pytest " + str(pytest.__version__)


def run(spec: dict[str, Any], recorder: Any, clock: Clock, switch: Callable[[str], None] | None) -> int:
    """Run pytest; its exit status only tells whether a session took place."""
    ear = Ear()
    ear.hear(arguments(spec, recorder.root), Plugin(recorder, clock, switch, spec.get("select")))
    if not ear.began:
        recorder.say("usage", **_refusal(ear.heard))
    return ear.code


def session(spec: dict[str, Any], plugin: Any) -> Ear:
    """Run pytest with what it knows of `addopts`: the plugins of the other options are not installed."""
    left = list(spec.get("addopts") or [])
    while True:
        ear = Ear()
        ear.hear(arguments(dict(spec, addopts=left), os.path.realpath(os.getcwd())), plugin)
        refused = {} if ear.began else _refusal(ear.heard)
        if ear.began or not left or "conftest" in refused:
            return ear
        known = [option for option in left if option not in refused["unknown"]]
        left = known if len(known) < len(left) else []


def arguments(spec: dict[str, Any], root: str) -> list[str]:
    """Return what pytest is told: whatever changes how results are shown, counted or spread is off."""
    fixed = ["-p", "no:cacheprovider", "-p", "no:randomly", "-o", "addopts=", "-o", "required_plugins="]
    fixed += ["--rootdir", root, "--continue-on-collection-errors", "--capture=no", "--color=no", "--tb=short", "-q"]
    # A warning about an option whose plugin is absent must not end a run that turns warnings into errors.
    fixed += ["-W", "ignore::pytest.PytestConfigWarning", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    if int(pytest.__version__.split(".")[0]) >= 9:
        fixed += ["-o", "strict_config=false"]
    select = spec.get("select")
    paths = list(spec.get("paths") or [])
    if select is not None:
        paths = sorted({path for path in (test.split("::")[0] for test in select) if os.path.exists(path)})
    return fixed + list(spec.get("addopts") or []) + paths


def is_asked_for(test: str, select: Collection[str]) -> bool:
    """A file stands for all its tests, and a test for all its parameters."""
    return any(name in select for name in (test, test.partition("[")[0], test.partition("::")[0]))


class Ear:
    """Hears what pytest says before its session: then only text tells why there is none."""

    def __init__(self) -> None:
        self.began = False
        self.code = 0
        self.heard = ""
        self._stderr: Any = None

    def hear(self, told: list[str], plugin: Any) -> None:
        """Run pytest with these arguments and a plugin; `code` is its exit status then."""
        heard = io.StringIO()
        self._stderr, sys.stderr = sys.stderr, heard
        try:
            self.code = int(pytest.main(told, plugins=[self, plugin]))
        finally:
            self._stop()
            self.heard = heard.getvalue()[-HEARD:]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: Any) -> None:
        """The options were understood and the first conftest files imported."""
        self.began = True
        self._stop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_parametrize_id(self, config: Any, val: Any, argname: str) -> str | None:
        """Call a test the same wherever the tree lies: some are named after the files that they read."""
        if isinstance(val, str):
            for root in (os.getcwd(), os.path.realpath(os.getcwd())):
                if root in val:
                    return val.replace(root, ".")
        return None

    def _stop(self) -> None:
        if self._stderr is not None:
            sys.stderr, self._stderr = self._stderr, None


class Plugin:
    """What pytest calls; the results leave through the recorder the moment a test has ended."""

    def __init__(
        self, recorder: Any, clock: Clock, switch: Callable[[str], None] | None, select: list[str] | None
    ) -> None:
        self._recorder = recorder
        self._clock = clock
        self._switch = switch
        self._select = None if select is None else frozenset(select)
        self._failures: dict[str, dict[str, Any]] = {}
        self._outcome: dict[str, str] = {}
        self._seconds: dict[str, float] = {}

    # --- collection

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: Any) -> Iterator[None]:
        """Note how a module failed, while the exception is at hand."""
        with self._clock.armed():
            answer: Any = yield
        report = answer.get_result()
        found = getattr(getattr(report, "call", None), "excinfo", None)
        if report.failed and found is not None:
            error = found.value.__cause__ or found.value
            self._failures[report.nodeid] = described(
                error, error.__traceback__, self._recorder.root, _text(report) or _said(found.value)
            )

    def pytest_collectreport(self, report: Any) -> None:
        """Send a module that could not be collected, or that skipped itself."""
        if report.failed:
            how = self._failures.pop(report.nodeid, None) or _only_text(report)
            self._recorder.broken(report.nodeid or ".", how)
        elif report.skipped:
            self._recorder.test(report.nodeid, "skipped", 0.0, {"message": _why_skipped(report)})

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
        """Keep what was asked for."""
        if self._select is None:
            return
        left = [item for item in items if not is_asked_for(item.nodeid, self._select)]
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = [item for item in items if is_asked_for(item.nodeid, self._select)]

    def pytest_collection_finish(self, session: Any) -> None:
        """Send what will run."""
        self._recorder.collected([item.nodeid for item in session.items])

    # --- the tests

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        """A test begins."""
        self._recorder.started(nodeid)
        if self._switch is not None:
            self._switch(nodeid)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: Any) -> Iterator[None]:
        """Fixtures may not run for ever."""
        with self._clock.armed():
            yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: Any) -> Iterator[None]:
        """A test may not run for ever."""
        with self._clock.armed():
            yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: Any) -> Iterator[None]:
        """Nor may what cleans up after it."""
        with self._clock.armed():
            yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Iterator[None]:
        """Note how a test failed, while the exception is at hand; the first failure is the one told."""
        answer: Any = yield
        report = answer.get_result()
        if report.failed and call.excinfo is not None and item.nodeid not in self._failures:
            found = call.excinfo
            self._failures[item.nodeid] = described(found.value, found.tb, self._recorder.root, _text(report))

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the worst of what setup, call, teardown and subtests said."""
        outcome = _outcome(report)
        if outcome is None:
            return
        if outcome == "rerun":
            self._outcome.pop(report.nodeid, None)
            self._failures.pop(report.nodeid, None)
            return
        known = self._outcome.get(report.nodeid)
        if known is None or WORST[outcome] > WORST[known]:
            self._outcome[report.nodeid] = outcome
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0.0) + float(getattr(report, "duration", 0.0))
        if outcome == "skipped":
            self._failures.setdefault(report.nodeid, {"message": _why_skipped(report)})
        elif outcome in ("failed", "error"):
            self._failures.setdefault(report.nodeid, _only_text(report))

    def pytest_runtest_logfinish(self, nodeid: str, location: Any) -> None:
        """Send what became of the test."""
        if self._switch is not None:
            self._switch("")
        outcome = self._outcome.pop(nodeid, None)
        how = self._failures.pop(nodeid, {})
        if outcome is None:
            return
        if outcome == "passed":
            how = {}
        self._recorder.test(nodeid, outcome, self._seconds.pop(nodeid, 0.0), how)


def _outcome(report: Any) -> str | None:
    if report.outcome == "rerun":
        return "rerun"
    subtest = type(report).__name__.lower() == "subtestreport"
    if report.when != "call":
        if report.outcome == "failed":
            return "error"
        if report.outcome == "skipped" and report.when == "setup":
            return "xfailed" if hasattr(report, "wasxfail") else "skipped"
        return None
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.outcome == "skipped" else "xpassed"
    if subtest and report.outcome != "failed":
        return None
    return str(report.outcome) if report.outcome in WORST else None


def _text(report: Any) -> str:
    return shortened(str(getattr(report, "longreprtext", "") or ""))


def _said(error: BaseException) -> str:
    return shortened("\n".join(str(part) for part in error.args))


def _only_text(report: Any) -> dict[str, Any]:
    text = _text(report)
    lines = [line for line in text.splitlines() if line.strip()]
    return {"exception": "", "message": lines[-1].strip()[:MESSAGE] if lines else "", "frames": [], "text": text}


def _why_skipped(report: Any) -> str:
    said = report.longrepr
    reason = said[2] if isinstance(said, tuple) and len(said) == 3 else str(said or "")
    return str(reason).strip()[:MESSAGE]


def _refusal(text: str) -> dict[str, Any]:
    """Read what pytest said when it began no session: options it does not know, or a conftest that fails."""
    unknown = re.search(r"error: unrecognized arguments: (.*)", text)
    conftest = re.search(r"ImportError while loading conftest '(.+?)'", text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line]
    answer: dict[str, Any] = {
        "unknown": unknown.group(1).split() if unknown else [],
        "message": (errors or lines or ["pytest began no session"])[-1][:MESSAGE],
        "text": shortened(text),
    }
    if conftest:
        answer.update(_conftest_failure(conftest.group(1), text))
    return answer


def _conftest_failure(path: str, text: str) -> dict[str, Any]:
    root = os.path.realpath(os.getcwd())
    frames = []
    for file, line, function in re.findall(r"^(\S.*?):(\d+): in (\S+)$", text, re.MULTILINE):
        own = project_path(os.path.join(root, file), root)
        if own:
            frames.append([own, int(line), function])
    syntax = re.search(r'^E\s+File "(.+?)", line (\d+)', text, re.MULTILINE)
    if syntax and project_path(syntax.group(1), root):
        frames.append([project_path(syntax.group(1), root), int(syntax.group(2)), "<module>"])
    raised = re.findall(r"^E\s+([\w.]+)(?:: (.*))?$", text, re.MULTILINE)
    exception, message = raised[-1] if raised else ("ImportError", "")
    return {
        "conftest": project_path(path, root) or path,
        "exception": exception.rpartition(".")[2],
        "message": message[:MESSAGE],
        "frames": frames,
    }
