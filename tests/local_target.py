"""A target for tests that runs its commands right here, with no sandbox: only for code the tests wrote themselves."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.ports import Completed, InsideRun, Limits, Produced, SuiteResult, TargetBroken, Workbench
from ledger.events import AnyEvent, AttemptId
from tests.target.plain import plain_python

INSIDE = Path(__file__).parent.parent / "agents" / "inside" / "__main__.py"


@dataclass
class LocalTarget:
    """A folder and a plain interpreter. It keeps no limit but the wall clock and does not enforce read-only runs."""

    root: Path
    sources: Sequence[str] = (".",)
    runs: list[tuple[tuple[str, ...], bool]] = field(default_factory=list)
    """Every command that was run, and whether it might write."""

    @property
    def project(self) -> Path:
        return self.root

    @property
    def python(self) -> Path:
        return plain_python()

    async def run(
        self, argv: Sequence[str], *, limits: Limits | None = None, writable: bool = False, shown: Sequence[Path] = ()
    ) -> Completed:
        self.runs.append((tuple(argv), writable))
        return await asyncio.to_thread(self._run, argv, limits or Limits(), b"")

    async def inside(
        self, job: str, spec: Mapping[str, Any], *, limits: Limits | None = None, copied: bool = False
    ) -> InsideRun:
        argv = (str(plain_python()), "-P", "-B", str(INSIDE), job)
        ended = await asyncio.to_thread(self._run, argv, limits or Limits(), json.dumps(spec).encode())
        return InsideRun(ended, tuple(json.loads(line) for line in ended.channel.splitlines()))

    async def suite(
        self, *, select: Sequence[str] | None = None, coverage: bool = False, contexts: bool = False,
        limits: Limits | None = None,
    ) -> SuiteResult:  # fmt: skip
        raise TargetBroken("the local target runs commands and jobs, no suites: use the real target")

    async def produce(
        self, argv: Sequence[str], *, collect: Sequence[str] = (), laid: Mapping[str, Path] | None = None,
        limits: Limits | None = None,
    ) -> Produced:  # fmt: skip
        raise TargetBroken("the local target makes no copies: use the real target")

    def at(self, root: Path) -> LocalTarget:
        return LocalTarget(root, self.sources)

    def _run(self, argv: Sequence[str], limits: Limits, stdin: bytes) -> Completed:
        began = time.monotonic()
        with tempfile.TemporaryFile() as channel:
            given = channel.fileno()
            child = subprocess.Popen(
                ["bash", "-c", f'exec 3>&{given} "$@"', "bash", *argv],
                cwd=self.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                pass_fds=(given,), env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            )  # fmt: skip
            try:
                stdout, stderr = child.communicate(stdin, timeout=limits.wall)
            except subprocess.TimeoutExpired:
                child.kill()
                stdout, stderr = child.communicate()
                return Completed("wall", -9, stdout, stderr, seconds=time.monotonic() - began)
            channel.seek(0)
            sent = channel.read()
        outcome = "exited" if child.returncode >= 0 else "killed"
        return Completed(outcome, child.returncode, stdout, stderr, sent, seconds=time.monotonic() - began)


@dataclass
class Bench:
    """A workbench over a local target, and what was recorded and shown on it."""

    bench: Workbench
    target: LocalTarget
    events: list[AnyEvent] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def bench_for(root: Path, *, sources: Sequence[str] = (".",), **given: Any) -> Bench:
    """Return a workbench for a folder; `given` are fields of the workbench."""
    target = LocalTarget(root, sources)
    events: list[AnyEvent] = []
    lines: list[str] = []
    fields: dict[str, Any] = {
        "attempt": AttemptId("r1.i1.a1"), "target": target, "readings": {}, "recall": lambda _: None, "seed": 1,
        "seconds": 60.0, "record": events.append, "progress": lines.append,
    }  # fmt: skip
    return Bench(Workbench(**fields | given), target, events, lines)


def write_tree(root: Path, files: Mapping[str, str]) -> Path:
    """Write the files, by path, and return the root."""
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
    return root
