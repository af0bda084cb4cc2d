"""The job `repair`: find the cause of failing tests in the project's own code and offer small edits that mend them.

Spec: `project`, `sources`, `failing`, `passing`, `runner` (`pytest` or `unittest`), `seconds`; optional `path` (entries
for `sys.path`), `options` (for pytest), `workers`, `candidates`. Answers: `located`, `patch` (best first), `stats`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, Callable, Dict, List

from . import cases, fresh, hunt
from .forks import reap

Send = Callable[[Dict[str, Any]], None]


def main(spec: Dict[str, Any], send: Send) -> None:
    """Search in a fork that has the tests loaded, confirm in fresh ones, and send the best patches."""
    begun = time.monotonic()
    os.chdir(spec["project"])
    for entry in reversed(spec.get("path", [])):
        sys.path.insert(0, entry)
    cases.quiet()
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
    for patch in found:
        left = begun + spec["seconds"] - time.monotonic()
        verdict = (
            fresh.confirmed(spec, patch, min(left, 60.0))
            if left > 1.0 and not any(one["confirmed"] for one in kept)
            else None
        )
        if verdict is False:
            continue
        kept.append({**patch, "confirmed": verdict is True})
    for rank, patch in enumerate(sorted(kept, key=lambda one: not one["confirmed"])[: spec.get("offers", 8)], 1):
        send({"kind": "patch", "rank": rank, **patch})
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

    wanted = [*spec["failing"], *spec["passing"]]
    try:
        if spec.get("runner") == "unittest":
            why = cases.with_unittest(wanted, work)
        else:
            files = list(dict.fromkeys(one.split("::")[0] for one in wanted))
            why = cases.with_pytest(files, spec.get("options", []), work)
        if why:
            say({"kind": "ended", "why": why})
    except Exception as problem:
        say({"kind": "ended", "why": f"{type(problem).__name__}: {problem}"})
        raise
