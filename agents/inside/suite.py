"""Job `suite`: runs the target's tests and tells what became of each one, as it happens.

Spec: `runner` pytest or unittest, `select` ids or null, `files` the project's code, `coverage`, `contexts`,
`addopts` pytest options, `tests` test files, `test_cpu` and `test_wall` seconds for one test.
Nothing that the tests print, write or return as an exit status is part of the answer.
"""

from __future__ import annotations

import importlib.util
import os
import random
import sys
from typing import Any, Callable, Dict

from .overrun import Clock

Send = Callable[[Dict[str, Any]], None]  # evaluated when imported, by Python 3.8 too

VOLUME = 3 * 1024 * 1024


class Recorder:
    """Sends what became of each test, and stops sending long texts once there were many."""

    def __init__(self, send: Send, root: str) -> None:
        self.root = root
        self._send = send
        self._text_left = VOLUME

    def collected(self, ids: list[str]) -> None:
        """Tell which tests there are to run, before the first one runs."""
        for start in range(0, len(ids), 1000):
            self._send({"kind": "collected", "ids": ids[start : start + 1000]})

    def started(self, test: str) -> None:
        """Tell that a test begins: the last one begun is the one that ended the run."""
        self._send({"kind": "started", "id": test})

    def test(self, test: str, outcome: str, seconds: float, how: dict[str, Any]) -> None:
        """Tell what became of one test."""
        self._send(dict(self._bounded(how), kind="test", id=test, outcome=outcome, seconds=round(seconds, 6)))

    def broken(self, path: str, how: dict[str, Any]) -> None:
        """Tell that a module could not be collected."""
        self._send(dict(self._bounded(how), kind="broken", id=path))

    def say(self, kind: str, **more: Any) -> None:
        """Send anything else."""
        self._send(dict(more, kind=kind))

    def _bounded(self, how: dict[str, Any]) -> dict[str, Any]:
        text = how.get("text", "")
        if not text:
            return how
        if len(text) > self._text_left:
            return dict(how, text="")
        self._text_left -= len(text)
        return how


def main(spec: dict[str, Any], send: Send) -> None:
    """Run the tests and send `runner`, `collected`, `started`, `test`, `broken`, `file`, `lines`, `end`."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    root = os.path.realpath(os.getcwd())
    recorder = Recorder(send, root)
    clock = Clock(float(spec.get("test_cpu") or 60.0), float(spec.get("test_wall") or 300.0))
    run, tool = runner(spec["runner"])
    no_chance(recorder)
    coverage = _coverage(spec, root, recorder)
    if coverage is not None:
        tool += ", " + coverage.tool
    tool += ", Python " + ".".join(str(part) for part in sys.version_info[:3])
    recorder.say("runner", runner=spec["runner"], tool=tool)
    if coverage is not None:
        clock.too_slow = coverage.pause
        coverage.start()
    code = run(spec, recorder, clock, coverage.switch if coverage is not None else None)
    if coverage is not None:
        coverage.stop()
        coverage.report(recorder)
    recorder.say("end", code=int(code))


def runner(name: str) -> tuple[Callable[..., int], str]:
    """Return what runs the tests, loaded, and its name and version."""
    if name == "pytest":
        from . import with_pytest

        return with_pytest.run, with_pytest.tool()
    from . import with_unittest

    return with_unittest.run, "unittest"


def no_chance(recorder: Any) -> None:
    """Let random tests draw the same each time, however slow the machine is: else one tree gives two readings."""
    random.seed(0)
    why = drawn_alike()
    if why:
        recorder.say("note", text="hypothesis could not be made steady: " + why)


def drawn_alike(shrinking: bool = True) -> str:
    """Let hypothesis draw the same each time; return why it could not, or ''.

    Without `shrinking` a test ends at the first example that fails: that it fails is known then, the simplest way to
    make it fail takes a hundred times as long.
    """
    if importlib.util.find_spec("hypothesis") is None:
        return ""
    try:
        from hypothesis import HealthCheck, Phase, settings

        steady = settings(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
        phases = tuple(Phase) if shrinking else (Phase.explicit, Phase.generate)
        settings.register_profile("steady", steady, phases=phases)
        settings.load_profile("steady")
    except Exception as error:
        return repr(error)
    return ""


def _coverage(spec: dict[str, Any], root: str, recorder: Recorder) -> Any:
    if not spec.get("coverage") and not spec.get("contexts"):
        return None
    try:
        from . import with_coverage
    except ImportError as error:
        recorder.say("note", text="no coverage: " + str(error))
        return None
    return with_coverage.Lines(root, spec["files"], per_test=bool(spec.get("contexts")))
