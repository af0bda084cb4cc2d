"""Job `mutation`: puts one fault at a time into a file, runs the tests that reach it in a fork, and takes it out again.

Spec: `runner`, `addopts`, `tests` test files, `files`, `select` ids of all tests that are used, `mutants` each with
`id`, `path`, `start`, `end`, `text` and the ids of its `tests`. Works in a copy it may write to.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import Any, Callable, Dict, List, Tuple

from .forks import in_fork
from .overrun import Clock
from .suite import no_chance, runner

Send = Callable[[Dict[str, Any]], None]

SLOWER = 5.0
"""How many times as long as without a fault a test may take."""
LEAST_CPU, LEAST_WALL = 2.0, 20.0
BAD = ("failed", "error")


def main(spec: Dict[str, Any], send: Send) -> None:
    """Send `sound` with the tests that pass here without any fault, then one `mutant` for each."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    run, tool = runner(spec["runner"])  # loaded before the forks; the project is not
    root = os.path.realpath(os.getcwd())
    whole = in_fork(partial(_ran, run, spec, root, spec["select"], (60.0, 300.0)), float(spec["wall"]))
    if whole is None:
        send({"kind": "stuck", "why": "the tests do not reach their end when they are run for this"})
        return
    sound = {test: seconds for test, (outcome, seconds) in whole.items() if outcome in ("passed", "xpassed", "xfailed")}
    send({"kind": "sound", "tests": len(sound), "tool": tool})
    for mutant in spec["mutants"]:
        tests = sorted((test for test in mutant["tests"] if test in sound), key=lambda test: sound[test])
        if not tests:
            send({"kind": "mutant", "id": mutant["id"], "outcome": "unreached"})
            continue
        outcome, by = _tried(run, spec, root, mutant, tests, max(sound[test] for test in tests))
        send({"kind": "mutant", "id": mutant["id"], "outcome": outcome, "by": by})


def _tried(
    run: Any, spec: Dict[str, Any], root: str, mutant: Dict[str, Any], tests: List[str], longest: float
) -> Tuple[str, str]:
    path = os.path.join(root, mutant["path"])
    with open(path, "rb") as stream:
        original = stream.read()
    changed = original[: mutant["start"]] + mutant["text"].encode() + original[mutant["end"] :]
    cpu, wall = max(LEAST_CPU, SLOWER * longest), max(LEAST_WALL, 4 * SLOWER * longest)
    limit = wall * (1 + len(tests))
    try:
        _write(path, changed)
        began = time.monotonic()
        heard = in_fork(partial(_ran, run, spec, root, tests, (cpu, wall)), limit)
        took = time.monotonic() - began
    finally:
        _write(path, original)
    if heard is None:
        # A crash is noticed; a clock that ran out on a busy machine says nothing.
        return ("killed", "a crash") if took < limit else ("unknown", "")
    for test, (outcome, _) in heard.items():
        if outcome in BAD:
            return "killed", test
    missing = [test for test in tests if test not in heard]
    return ("killed", missing[0]) if missing else ("survived", "")


def _ran(
    run: Any, spec: Dict[str, Any], root: str, tests: List[str], clock: Tuple[float, float]
) -> Dict[str, Tuple[str, float]]:
    """Run tests in this fork, up to the first that fails when there is a fault; return outcome and seconds of each."""
    heard = Heard(root)
    no_chance(heard)
    stop = ["-x"] if spec["runner"] == "pytest" and tests is not spec["select"] else []
    told = dict(spec, select=tests, addopts=[*(spec.get("addopts") or []), *stop])
    run(told, heard, Clock(*clock), None)
    return heard.tests


class Heard:
    """Keeps what became of each test."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.tests: Dict[str, Tuple[str, float]] = {}

    def collected(self, ids: List[str]) -> None:
        """Nothing is to be told of it."""

    def started(self, test: str) -> None:
        """Nothing is to be told of it."""

    def test(self, test: str, outcome: str, seconds: float, how: Dict[str, Any]) -> None:
        """Keep one outcome."""
        self.tests[test] = (outcome, seconds)

    def broken(self, path: str, how: Dict[str, Any]) -> None:
        """A module that cannot be imported is noticed too."""
        self.tests[path] = ("error", 0.0)

    def say(self, kind: str, **more: Any) -> None:
        """Pytest that begins no session has noticed something."""
        if kind == "usage":
            self.tests["collection"] = ("error", 0.0)


def _write(path: str, content: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(content)
