"""Plant bugs in real packages and see how many the classical debugger mends.

    python -m benchmarks.repair.run --seed 1 -n 8 cachetools path/to/another/package

A name is fetched as a source release with pip into the cache folder, a path is taken as it is. Each bug is planted in
a copy; it counts when the suite of the package notices it. One JSON line per bug goes to standard output.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import functools
import json
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from agents.ports import AgentError, Limits, Proposal, Sandbox, SuiteResult, Workbench
from agents.sandbox.choose import choose
from agents.techniques.repair import TemplateRepair
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import Environment
from benchmarks.repair.plant import Bug, bugs
from ledger.events import AttemptId, Task, TaskId


@dataclass
class Row:
    """What became of one bug."""

    package: str
    seed: int
    bug: Bug
    line: str
    failing: int
    answer: str = ""
    """`exact`: the original code; `other`: accepted by the suite, to be read; `none`."""
    mended: int = 0
    seconds: float = 0.0
    detail: str = ""
    diff: list[str] = field(default_factory=list)


def unpacked(name: str, cache: Path) -> Path:
    """Return the folder of a package: a path as it is, else its source release."""
    if Path(name).is_dir():
        return Path(name).resolve()
    cache.mkdir(parents=True, exist_ok=True)
    stem = name.replace("-", "_").lower()
    found = [path for path in cache.glob("*.tar.gz") if path.name.replace("-", "_").lower().startswith(stem + "_")]
    if not found:
        argv = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--no-binary",
            ":all:",
            "-q",
            "-d",
            str(cache),
            name,
        ]
        subprocess.run(argv, check=True)
        return unpacked(name, cache)
    folder = cache / found[0].name.removesuffix(".tar.gz")
    if not folder.is_dir():
        with tarfile.open(found[0]) as archive:
            archive.extractall(cache, filter="data")
    return folder


@functools.cache
def sandbox() -> Sandbox:
    """Return the sandbox, probed once."""
    return choose(accept_none=True)


def target_of(folder: Path) -> SandboxedTarget:
    """Return the folder as a target that runs with this interpreter."""
    seen = (Path(sys.prefix), Path(sys.base_prefix))
    environment = Environment(Path(sys.executable), sys.version.split()[0], "base", readable=seen)
    return SandboxedTarget(sandbox(), environment, folder)


def failing(suite: SuiteResult) -> list[str]:
    """Return the ids of the tests that fail."""
    return [test.id for test in [*suite.tests, *suite.broken] if test.outcome in ("failed", "error")]


async def one(package: str, folder: Path, bug: Bug, seed: int, seconds: float) -> Row | None:
    """Plant one bug in a copy and let the technique work; None when no test notices the bug."""
    with tempfile.TemporaryDirectory(prefix="planted-") as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy, symlinks=True)
        file = copy / bug.path
        good = file.read_bytes()
        file.write_bytes(bug.applied(good))
        target = target_of(copy)
        suite = await target.suite(limits=Limits(wall=120.0))
        red = failing(suite)
        green = sum(test.outcome == "passed" for test in suite.tests)
        if suite.outcome != "ran" or not red or suite.broken or len(red) > max(20, green):
            return None
        old = good.decode().splitlines()[bug.line - 1].strip()
        row = Row(package, seed, bug, old, len(red))
        bench = Workbench(
            attempt=AttemptId("bench"), target=target, readings={}, recall=lambda _: None, seed=seed, seconds=seconds,
            record=lambda _: None, progress=lambda _: None,
        )  # fmt: skip
        task = Task(
            id=TaskId("bench"), kind="failing_test", gate="tests", role="debugger", title="", targets=tuple(red)
        )
        began = time.monotonic()
        outcome = await TemplateRepair().try_on(task, bench)
        row.seconds = round(time.monotonic() - began, 1)
        if isinstance(outcome, Proposal):
            now = file.read_bytes()
            row.answer = "exact" if _same(now, good) else "other"
            row.detail = outcome.notes
            row.mended = len(red) - len(failing(await target.suite(limits=Limits(wall=120.0))))
            row.diff = _changed(bug.applied(good).decode(), "\n".join(_lines(copy, bug, now)))
        else:
            row.answer = "none"
            row.detail = f"{getattr(outcome, 'why', '')} | {[p.symbol for p in getattr(outcome, 'localised', ())]}"
        return row


def _lines(copy: Path, bug: Bug, now: bytes) -> list[str]:
    return now.decode().splitlines()


def _changed(before: str, after: str) -> list[str]:
    old, new = before.splitlines(), after.splitlines()
    return [f"- {line.strip()}" for line in old if line not in new][:4] + [
        f"+ {line.strip()}" for line in new if line not in old
    ][:4]


def _same(one: bytes, other: bytes) -> bool:
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))


async def main() -> None:
    """Plant, repair, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("packages", nargs="+")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("-n", type=int, default=6, help="bugs per package")
    arguments.add_argument("--seconds", type=float, default=90.0)
    arguments.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "kaizen-benchmark")
    given = arguments.parse_args()
    for name in given.packages:
        folder = unpacked(name, given.cache)
        layout = target_of(folder).layout()
        rng = random.Random(f"{name}-{given.seed}")
        done = 0
        for tried, bug in enumerate(bugs(folder, list(layout.files), rng)):
            if done >= given.n or tried >= given.n * 40:
                break
            try:
                row = await one(name, folder, bug, given.seed, given.seconds)
            except AgentError as broken:
                print(f"{name}: {broken}", file=sys.stderr)
                continue
            if row is not None:
                done += 1
                print(json.dumps(asdict(row)), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
