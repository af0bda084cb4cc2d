"""Which lines and branches of the project's code ran: coverage.py under our own configuration alone."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any

import coverage

NEVER_RUNS = [r"^\s*(((async )?def .*?)?\)(\s*->.*?)?:\s*)?\.\.\.\s*(#|$)", r"^\s*if (typing\.)?TYPE_CHECKING:"]
"""Bodies that are only an ellipsis, and what only a type checker reads. No pragma hides a line."""


OF_NO_TEXT = "**/*[\udc80-\udcff]*"
"""Names that are no text: coverage.py cannot write them down, and would give up all others for one."""


class Lines:
    """One measurement of one run of the suite."""

    def __init__(self, root: str, files: list[str], per_test: bool) -> None:
        self._root = root
        self._files = [os.path.join(root, path) for path in files if _is_text(path)]
        self._per_test = per_test
        self._paused = False
        self.tool = "coverage " + coverage.__version__
        places = sorted({os.path.dirname(path) for path in self._files})
        if per_test:
            os.environ["COVERAGE_CORE"] = "ctrace"  # the only core that tells the tests apart; read at the start
        self._coverage = coverage.Coverage(
            data_file=None, branch=True, config_file=False, source=_outermost(places) or [root], messages=False,
            omit=[OF_NO_TEXT, OF_NO_TEXT + "/**"],
        )  # fmt: skip
        for option, value in (
            ("report:exclude_lines", NEVER_RUNS),
            ("report:partial_branches", []),
            ("report:ignore_errors", True),
            (
                "run:disable_warnings",
                ["no-data-collected", "module-not-measured", "couldnt-parse", "no-ctracer", "trace-changed"],
            ),
        ):
            self._coverage.set_option(option, value)

    def start(self) -> None:
        """Begin; what is imported from here on is seen."""
        self._coverage.start()
        os.environ.pop("COVERAGE_CORE", None)

    def pause(self) -> None:
        """Trace no more lines of this thread until the next test: a long test runs many times faster so."""
        self._paused = True
        sys.settrace(None)

    def switch(self, test: str) -> None:
        """Count what runs from here on for this test; empty for none."""
        if self._paused:
            self._paused = False
            self._coverage.stop()
            self._coverage.start()
        if self._per_test:
            self._coverage.switch_context(test)

    def stop(self) -> None:
        """End."""
        self._coverage.stop()

    def report(self, recorder: Any) -> None:
        """Send `file` for each file of the project, run or not, and `lines` for each test."""
        with tempfile.TemporaryDirectory() as folder:
            target = os.path.join(folder, "coverage.json")
            self._coverage.json_report(morfs=self._files, outfile=target)
            with open(target, encoding="utf-8") as stream:
                files = json.load(stream)["files"]
        for path, found in files.items():
            summary = found["summary"]
            executed = found["executed_lines"]
            recorder.say(
                "file",
                path=os.path.relpath(os.path.join(self._root, path), self._root).replace(os.sep, "/"),
                lines=ranges(executed + found["missing_lines"]),
                executed=ranges(executed),
                branches=summary.get("num_branches", 0),
                branches_taken=summary.get("covered_branches", 0),
            )
        if self._per_test:
            self._report_tests(recorder)

    def _report_tests(self, recorder: Any) -> None:
        by_test: dict[str, dict[str, list[int]]] = {}
        data = self._coverage.get_data()
        for path in self._files:
            relative = os.path.relpath(path, self._root).replace(os.sep, "/")
            for line, tests in data.contexts_by_lineno(path).items():
                for test in tests:
                    if test:
                        by_test.setdefault(test, {}).setdefault(relative, []).append(line)
        for test, found in by_test.items():
            recorder.say("lines", id=test, files={path: ranges(lines) for path, lines in found.items()})


def ranges(lines: list[int]) -> str:
    """Write line numbers as `1-4,7`."""
    parts: list[list[int]] = []
    for line in sorted(set(lines)):
        if parts and line == parts[-1][1] + 1:
            parts[-1][1] = line
        else:
            parts.append([line, line])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def _is_text(path: str) -> bool:
    return not any("\udc80" <= letter <= "\udcff" for letter in path)


def _outermost(folders: list[str]) -> list[str]:
    kept: list[str] = []
    for folder in sorted(folders):
        if not any(folder == above or folder.startswith(above + os.sep) for above in kept):
            kept.append(folder)
    return kept
