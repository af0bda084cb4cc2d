"""How much coverage the tester wins back: real packages, some of their tests taken away.

    python -P benchmarks/testgen/run.py [--keep 0.25] [--seed 1] FOLDER [PACKAGE ...]

FOLDER holds source releases (`pip download --no-deps --no-binary :all: PACKAGE`); what is missing there is downloaded.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import random
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from agents.ports import Proposal, SuiteResult, Workbench
from agents.sandbox.choose import choose
from agents.techniques.testgen import Characterise
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import Environment
from agents.workspace.layout import is_test_file, read_text
from director.gates.coverage import unreached_in
from ledger.events import AttemptId, Finding, Reading, Task, TaskId

RED = ("failed", "error")
PACKAGES = ("cachetools", "inflection", "textdistance")


class Row(NamedTuple):
    """One package before and after."""

    package: str
    tests_before: int
    coverage_before: float
    unreached: int
    covered: int
    """Functions that have tests now."""
    tests_written: int
    coverage_after: float
    failing_before: int
    failing_after: int
    lint: int
    seconds: float


def main() -> None:
    """Measure each package and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("packages", nargs="*", default=PACKAGES)
    parser.add_argument("--keep", type=float, default=0.25, help="share of tests that stays")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=Path, help="copy the written files here")
    given = parser.parse_args()
    print("| package | tests kept | coverage | unreached | of them tested | new tests | coverage after |"
          " failing before/after | lint findings | seconds |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for package in given.packages:
        with tempfile.TemporaryDirectory(prefix="testgen-") as place:
            root = unpacked(package, given.folder, Path(place))
            thin_out(root, given.keep, given.seed)
            row = asyncio.run(measure(package, root, given.seed, given.show))
        print(f"| {row.package} | {row.tests_before} | {row.coverage_before:.1f} % | {row.unreached} | {row.covered} |"
              f" {row.tests_written} | {row.coverage_after:.1f} % | {row.failing_before}/{row.failing_after} |"
              f" {row.lint} | {row.seconds:.0f} |", flush=True)  # fmt: skip


def unpacked(package: str, folder: Path, to: Path) -> Path:
    """Unpack a source release and put it under git."""
    pattern = package.replace("-", "[-_]") + "-*.tar.gz"
    if not list(folder.glob(pattern)):
        fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", package]
        subprocess.run(fetch, cwd=folder, check=True)
    with tarfile.open(sorted(folder.glob(pattern))[-1]) as archive:
        archive.extractall(to, filter="data")
    return next(path for path in sorted(to.iterdir()) if path.is_dir())


def thin_out(root: Path, keep: float, seed: int) -> None:
    """Take tests away at random: whole files where there are several, functions where there are few."""
    chance = random.Random(seed)
    files = sorted(path for path in root.rglob("*.py") if is_test_file(path.name))
    for path in files:
        if len(files) > 3:
            if chance.random() > keep:
                path.unlink()
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        tree = ast.parse(text)
        for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]:
            tests = [node for node in scope.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]
            gone = [node for node in tests if chance.random() > keep]
            for node in gone:
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                blank = ["\n"] * ((node.end_lineno or node.lineno) - first + 1)
                if len(gone) == len(scope.body):
                    blank[0] = " " * node.col_offset + "pass\n"
                    gone = gone[1:]
                lines[first - 1 : node.end_lineno] = blank
        path.write_text("".join(lines), encoding="utf-8")


async def measure(package: str, root: Path, seed: int, show: Path | None) -> Row:
    """Let the technique work on every file with unreached functions."""
    began = time.monotonic()
    environment = Environment(python=Path(sys.executable), version=sys.version.split()[0], source="base",
                              readable=(Path(sys.prefix), Path(sys.base_prefix)))  # fmt: skip
    target = SandboxedTarget(choose(True), environment, root)
    before = await target.suite(coverage=True)
    if before.outcome != "ran":
        raise SystemExit(f"{package}: {before.outcome}: {before.detail}")
    known = set(root.rglob("*.py"))
    # The tester is told what failed before, as in a run.
    red = tuple(Finding(rule="failed", message="", symbol=test.id) for test in before.tests if test.outcome in RED)
    readings = {"tests": Reading(gate="tests", value=0.0, findings=red)}
    unreached = covered = 0
    for file in before.coverage:
        targets = [f"{file.path}::{found.name}" for found in unreached_in(file, read_text(root / file.path))]
        unreached += len(targets)
        for start in range(0, len(targets), 20):
            task = Task(id=TaskId("t"), kind="uncovered", gate="coverage", role="tester", title="",
                        targets=tuple(targets[start : start + 20]))  # fmt: skip
            bench = Workbench(AttemptId("r1.i1.a1"), target, readings, lambda _: None, seed, 180.0,
                              lambda _: None, lambda _: None)  # fmt: skip
            outcome = await Characterise().try_on(task, bench)
            print(f"{package} {file.path}: {outcome}", file=sys.stderr, flush=True)
            if isinstance(outcome, Proposal):
                covered += int(outcome.title.split(" for ")[1].split()[0])
    after = await target.suite(coverage=True)
    written = sorted(set(root.rglob("*.py")) - known)
    for path in written if show is not None else ():
        assert show is not None
        show.mkdir(parents=True, exist_ok=True)
        (show / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return Row(
        package=package, tests_before=len(before.tests), coverage_before=share(before), unreached=unreached,
        covered=covered, tests_written=len(after.tests) - len(before.tests), coverage_after=share(after),
        failing_before=failing(before), failing_after=failing(after), lint=lint(root, written),
        seconds=time.monotonic() - began,
    )  # fmt: skip


def share(result: SuiteResult) -> float:
    """Return the covered share of lines and branches, in percent."""
    there = sum(len(file.lines) + file.branches for file in result.coverage)
    ran = sum(len(file.executed) + file.branches_taken for file in result.coverage)
    return 100 * ran / max(1, there)


def failing(result: SuiteResult) -> int:
    """Count what does not pass."""
    return sum(test.outcome in RED for test in result.tests) + len(result.broken)


def lint(root: Path, written: list[Path]) -> int:
    """Count ruff's findings in the written files, under its own defaults and with a line length of 88."""
    if not written:
        return 0
    ruff = [str(Path(sys.executable).parent / "ruff"), "check", "--isolated", "--extend-select", "E501", "--exit-zero"]
    argv = [*ruff, "--output-format", "concise", *(str(path) for path in written)]
    found = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=True)
    return sum(line.count(":") >= 3 for line in found.stdout.splitlines())


if __name__ == "__main__":
    main()
