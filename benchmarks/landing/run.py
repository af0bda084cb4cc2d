"""What it costs to land patches where the suite is slow: processor seconds, and how often all tests were run.

    python -m benchmarks.landing.run --bugs 6 --seconds 6 [--one-by-one]

A project is made whose suite takes so many processor seconds and fails for so many bugs, each in a module of its own.
The agents bring the right patch at once: what is measured is the judging and the landing. One JSON object goes to
standard output.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec.json import encode

from agents.ports import Agent, Command, Completed, Nothing, Outcome, Proposal, Sandbox, SandboxLevel, Workbench
from agents.sandbox.choose import choose
from director.bootstrap import open_project
from director.core import slot
from director.host.starting import start_command
from director.settings import load
from ledger.events import AnyEvent, RequestId, RunEnded, RunRequested, Task

SLOW = 40
"""Tests that take the time; none of them reaches a module with a bug."""
MODULES = 12


def main() -> None:
    """Make the project, land, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bugs", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--parallel", type=int, default=6)
    parser.add_argument("--one-by-one", action="store_true")
    given = parser.parse_args()
    if given.one_by_one:
        slot.MOST = 1
    with tempfile.TemporaryDirectory(prefix="landing-") as place:
        repository = _repository(Path(place).resolve() / "slow", given.bugs, given.seconds)
        print(json.dumps(asyncio.run(_run(repository, given))))


class Counting:
    """A sandbox that adds up what is used in it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self.cpu = sandbox, 0.0

    @property
    def level(self) -> SandboxLevel:
        """What the probe found."""
        return self._sandbox.level

    async def run(self, command: Command) -> Completed:
        """Run, and add."""
        done = await self._sandbox.run(command)
        self.cpu += done.cpu_seconds
        return done


class Knowing:
    """An agent that knows what is wrong."""

    charge = "Mends at once."

    def __init__(self, name: str) -> None:
        self.name = name

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Write the right module."""
        if task.kind != "failing_test":
            return Nothing("not asked here")
        number = int(task.targets[0].partition("test_m")[2][:2])
        place = bench.target.project / f"pkg/m{number:02}.py"
        place.write_text(_module(number, wrong=False), encoding="utf-8")
        return Proposal("known", f"mend {place.name}")


async def _run(repository: Path, given: argparse.Namespace) -> dict[str, Any]:
    own = {"KAIZEN_HOME": str(repository.parent / "home"), "KAIZEN_PARALLEL": str(given.parallel)}
    settings = load({**os.environ, **own})
    sandbox = Counting(choose(accept_none=False))
    project = open_project(repository, settings, sandbox, time.time)
    names = ("coder", "debugger", "tester", "architect")
    knowing: dict[str, Agent] = {name: Knowing(name) for name in names}
    project.executor.place = replace(project.executor.place, agents=knowing)
    asked = RunRequested(request=RequestId("q"), path=str(repository))
    start, _ = start_command(project, asked, settings, sandbox.level, time.time())
    began = time.monotonic()
    project.inbox.put_nowait(start)
    director = asyncio.create_task(project.director.run())
    events: list[AnyEvent] = []
    while not any(isinstance(event, RunEnded) for event in events):
        await asyncio.sleep(0.5)
        if director.done():
            director.result()
        position, events = 0, []
        while page := project.store.read(after=position):
            events += [recorded.event for recorded in page]
            position = page[-1].position
    director.cancel()
    await asyncio.gather(director, return_exceptions=True)
    project.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "bugs": given.bugs,
        "suite_cpu": given.seconds,
        "one_by_one": given.one_by_one,
        "cpu_in_the_sandbox": round(sandbox.cpu, 1),
        "cpu_of_kaizen": round(used.ru_utime + used.ru_stime, 1),
        "wall": round(time.monotonic() - began, 1),
        "failing_by_commit": [_failing(repository, commit) for commit in _commits(repository)],
        **_told([json.loads(encode(event)) for event in events]),
    }


def _commits(repository: Path) -> list[str]:
    return _git(repository, "log", "--reverse", "--format=%H", "kaizen/run-1").split()


def _failing(repository: Path, commit: str) -> int:
    """Return how many tests fail on a commit that is checked out alone, by plain pytest without the slow ones."""
    with tempfile.TemporaryDirectory(prefix="commit-") as place:
        _git(repository, "worktree", "add", "--quiet", "--detach", place, commit)
        argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "-rfE", "-k", "not slow"]
        done = subprocess.run(argv, cwd=place, capture_output=True, text=True, check=False)
        _git(repository, "worktree", "remove", "--force", place)
    return sum(line.startswith(("FAILED", "ERROR")) for line in done.stdout.splitlines())


def _git(repository: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=repository, capture_output=True, text=True, check=True).stdout


def _told(events: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = Counter(event["kind"] for event in events)
    measured = [event for event in events if event["kind"] == "PatchMeasured"]
    whole = [event for event in measured if not event.get("together") or event["together"][-1] == event["attempt"]]
    return {
        "landed": kinds["PatchLanded"],
        "rejected": kinds["PatchRejected"],
        "whole_runs_of_patches": len(whole) + kinds["PatchesDoubted"],
        "together": [len(event["together"]) for event in whole if event.get("together")],
        "alone": [event["alone"] for event in events if event["kind"] == "PatchStacked" and event.get("alone")],
    }


def _repository(folder: Path, bugs: int, seconds: float) -> Path:
    files = {"pkg/__init__.py": "", "tests/test_slow.py": _slow(seconds)}
    for number in range(MODULES):
        files[f"pkg/m{number:02}.py"] = _module(number, wrong=number < bugs)
        files[f"tests/test_m{number:02}.py"] = _tests(number)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], cwd=folder, check=True)
    return folder


def _module(number: int, wrong: bool) -> str:
    sign, less = ("-", "<=") if wrong else ("+", "<")
    body = (
        f"def fee{number}(amount, days):\n    total = amount * {number + 2}\n    return total {sign} days\n"
        if number % 2
        else f"def rank{number}(value):\n    if value {less} {10 + number}:\n        return 0\n    return value * 2\n"
    )
    return f'"""Module {number}."""\n\n\n{body}'


def _tests(number: int) -> str:
    if number % 2:
        name, cases = f"fee{number}", [((1, 2), number + 4), ((5, 7), 5 * (number + 2) + 7), ((0, 3), 3)]
    else:
        edge = 10 + number
        name, cases = f"rank{number}", [((edge,), 2 * edge), ((edge - 1,), 0), ((edge + 1,), 2 * edge + 2)]
    lines = [f"from pkg.m{number:02} import {name}\n"]
    for nth, (given, wanted) in enumerate(cases):
        shown = ", ".join(map(str, given))
        lines.append(f"\n\ndef test_{name}_{nth}():\n    assert {name}({shown}) == {wanted}\n")
    return "".join(lines)


def _slow(seconds: float) -> str:
    rounds = max(1, int(seconds / SLOW * 3_600_000))
    return (
        "import hashlib\n\nimport pytest\n\n\n"
        f'@pytest.mark.parametrize("number", range({SLOW}))\ndef test_slow(number):\n'
        f'    assert hashlib.pbkdf2_hmac("sha256", b"%d" % number, b"salt", {rounds})\n'
    )


if __name__ == "__main__":
    main()
