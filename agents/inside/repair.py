"""The job `repair`: find the cause of failing tests in the project's own code and offer small edits that mend them.

Spec: `project`, `files` (or `sources`), `failing`, `passing`, `runner` (`pytest` or `unittest`), `seconds`; optional
`tests` (test files, for unittest), `options` (for pytest), `workers`, `candidates`, `most` (seconds of work, and
`seconds` are on the wall: standing in line is no work), `parts` (whether mending some of the tests is enough),
`crashes` (of modules that cannot be imported: `id`, `path`, `line`, `exception`). Answers: `located`, `stats`, `patch`
(best first), `ended`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from typing import Any, Callable, Dict, List

from . import cases, fresh, hunt, imports, suite
from .forks import reap

BEHIND = 3
"""How much further back in line it stands than what measures patches: others wait for a landing, nobody for a guess."""
LEFT_OUT = (".git", ".hg", ".venv", "venv", ".tox", ".nox", "node_modules", "__pycache__", ".*_cache")

Send = Callable[[Dict[str, Any]], None]


def main(spec: Dict[str, Any], send: Send) -> None:
    """Search in a fork that has the tests loaded, confirm in fresh ones, and send the best patches."""
    begun = time.monotonic()
    os.nice(BEHIND)
    cases.quiet()
    suite.drawn_alike(shrinking=False)  # where it cannot be had, tests are only slower
    with tempfile.TemporaryDirectory(prefix="repair-") as folder:
        try:
            copied(spec, os.path.join(os.path.realpath(folder), "tree"))
            _answer(spec, send, begun)
        except Exception as problem:
            send({"kind": "ended", "why": f"{type(problem).__name__}: {problem}"[:300]})


def copied(spec: Dict[str, Any], place: str) -> None:
    """Work in a copy of the project: tests may write beside themselves, and the tree itself is read-only."""
    project = os.path.realpath(spec["project"])
    shutil.copytree(project, place, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    os.chdir(place)
    moved = {entry: os.path.realpath(entry) for entry in sys.path if entry}
    sys.path[:] = [
        place + moved[entry][len(project) :] if (moved.get(entry, "") + os.sep).startswith(project + os.sep) else entry
        for entry in sys.path
    ]
    spec["project"] = place


def _answer(spec: Dict[str, Any], send: Send, begun: float) -> None:
    found: List[Dict[str, Any]] = []
    ended = ""
    for message in _searched(spec, begun):
        if message["kind"] == "plausible":
            found = message["patches"]
        elif message["kind"] == "ended":
            ended = message["why"]
        else:
            send(message)
    kept: List[Dict[str, Any]] = []
    if not found:
        kept = imports.patches(spec, begun + spec["seconds"])
    place = fresh.Fresh(spec)
    for patch in found:
        left = begun + spec["seconds"] - time.monotonic()
        if left > 1.0 and not any(one["confirmed"] for one in kept):
            verdict = place.confirmed(patch, min(left, 60.0))
            if verdict is False:
                continue
            kept.append({**patch, "confirmed": verdict is True})
        else:
            kept.append({**patch, "confirmed": False})
    for rank, patch in enumerate(sorted(kept, key=lambda one: not one["confirmed"])[: spec.get("offers", 8)], 1):
        send({"kind": "patch", "rank": rank, **{key: patch[key] for key in patch if key not in ("text", "kept")}})
    send({"kind": "ended", "why": ended, "seconds": time.monotonic() - begun})


def _searched(spec: Dict[str, Any], begun: float) -> Any:
    """Yield the messages of the searching fork."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            os.setsid()
            _search(spec, begun, writing)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as lines:
        for line in lines:
            yield json.loads(line)
    reap(pid)


def _search(spec: Dict[str, Any], begun: float, out: int) -> None:
    def say(message: Dict[str, Any]) -> None:
        text = json.dumps(message).encode() + b"\n"
        while text:
            text = text[os.write(out, text) :]

    def work(loaded: List[cases.Case]) -> None:
        hunt.Hunt(spec, loaded, say, begun).run()

    wanted = [*spec["failing"], *spec.get("beside", []), *spec["passing"]]
    try:
        if spec.get("runner") == "unittest":
            why = cases.with_unittest(spec.get("tests", []), wanted, work)
        else:
            why = cases.with_pytest(wanted, spec.get("options", []), work)
        if why:
            say({"kind": "ended", "why": why})
    except Exception as problem:
        say({"kind": "ended", "why": f"{type(problem).__name__}: {problem}"})
        raise
