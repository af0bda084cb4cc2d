"""A source release of a package, unpacked and put under git, with bugs in it that its own suite notices."""

from __future__ import annotations

import ast
import os
import random
import re
import subprocess
import tarfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agents.ports import Limits, SuiteResult
from agents.tools.target import SandboxedTarget
from benchmarks.repair.plant import Bug, bugs

RED = ("failed", "error")
SUITE_SECONDS = 240.0
MOST_RED = 40
"""A bug that breaks more tests than this is one nobody would commit."""
MOST_RUN = 200
"""Tests that are run to see whether they notice one bug."""
PLACES_DRAWN = 5000
PLANTING_SECONDS = 600.0
"""After so many places, or so long, a package is given up."""
MODULE = "<module>"
"""The function of a bug that is in none."""
NEVER = ("-c", "user.name=release", "-c", "user.email=release@localhost", "-c", "commit.gpgsign=false")


class Slip(Protocol):
    """A bug: where it is, of which kind, and the file with it in."""

    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def function(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def start(self) -> int: ...

    def applied(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Planted:
    """One bug in the repository, and what noticed it."""

    bug: Slip
    original: str
    """The line as it was released."""
    noticed: tuple[str, ...]
    """Tests that pass without this bug and fail with it alone."""
    function: str
    """The function as it was released, as a syntax tree in words."""

    def is_as_released(self, data: bytes) -> bool:
        """Return whether a function of that name in a file is again what it was."""
        return self.function in functions(data, self.bug.function)


class NotEnough(Exception):
    """The suite of the package does not notice enough bugs, or does not run; the message says which."""


def unpacked(name: str, cache: Path, into: Path, version: str = "") -> Path:
    """Fetch the source release of a package, unless it is in `cache`, and unpack it into a folder of its own."""
    cache.mkdir(parents=True, exist_ok=True)
    archive = _archive(name, cache, version)
    if archive is None:
        asked = f"{name}=={version}" if version else name
        argv = ["python3", "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "-q", "-d", str(cache), asked]
        subprocess.run(argv, check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
        archive = _archive(name, cache, version)
    if archive is None:
        raise NotEnough(f"{name} has no source release that is a .tar.gz")
    into.mkdir(parents=True)
    with tarfile.open(archive) as opened:
        opened.extractall(into, filter="data")
    return next(path for path in into.iterdir() if path.is_dir())


def version_of(folder: Path) -> str:
    """Return the version in the name of an unpacked release."""
    return folder.name.rpartition("-")[2]


def under_git(folder: Path) -> None:
    """Commit everything as it stands; no earlier commit shows what was there before."""
    for name in (".git", ".gitattributes"):
        if (folder / name).exists():
            raise NotEnough(f"the release brings a {name} of its own")
    for argv in (["init", "-q", "-b", "main"], ["add", "-A", "-f"], ["commit", "-q", "-m", "The release"]):
        subprocess.run(["git", *NEVER, *argv], cwd=folder, check=True, stdout=subprocess.DEVNULL)


async def plant(target: SandboxedTarget, wanted: int, seed: int) -> tuple[SuiteResult, list[Planted]]:
    """Plant bugs in different functions, each noticed by tests that pass without it; return the suite before, too."""
    folder, limits = target.project, Limits(wall=SUITE_SECONDS)
    before = await target.suite(coverage=True, contexts=True, limits=limits)
    green = passed(before)
    if before.outcome != "ran" or not green:
        raise NotEnough(f"its own suite does not run: {before.detail}")
    files = [path for path in target.layout().files if _is_code(folder / path)]
    found: list[Planted] = []
    tried = 0
    until = time.monotonic() + PLANTING_SECONDS
    for drawn, bug in enumerate(bugs(folder, files, random.Random(f"{folder.name}-{seed}"))):
        if len(found) == wanted or drawn >= PLACES_DRAWN or time.monotonic() > until:
            break
        runs_it = [test for test, lines in before.lines_of.items() if bug.line in lines.get(bug.path, ())]
        if not runs_it or any((p.bug.path, p.bug.function) == (bug.path, bug.function) for p in found):
            continue
        tried += 1
        planted = await _noticed(target, bug, sorted(green.intersection(runs_it)), limits)
        found += [planted] if planted else []
    if len(found) < wanted:
        raise NotEnough(f"its suite noticed {len(found)} of {tried} bugs, {wanted} are wanted")
    await put_in(target, found)
    return before, found


async def put_in(target: SandboxedTarget, found: Sequence[Planted]) -> None:
    """Put all bugs in, and see that each is noticed beside the others."""
    for planted in sorted(found, key=lambda p: -p.bug.start):
        file = target.project / planted.bug.path
        file.write_bytes(planted.bug.applied(file.read_bytes()))
    after = await target.suite(limits=Limits(wall=SUITE_SECONDS))
    for planted in found:
        if not set(planted.noticed) - passed(after):
            raise NotEnough(f"with all bugs in it nothing notices the one in {planted.bug.function}")


async def _noticed(target: SandboxedTarget, bug: Bug, tests: list[str], limits: Limits) -> Planted | None:
    """Run the tests that run a place with the bug in it; None when they notice nothing, or nearly everything breaks."""
    file = target.project / bug.path
    good = file.read_bytes()
    file.write_bytes(bug.applied(good))
    suite = await target.suite(select=tests[:MOST_RUN], limits=limits)
    file.write_bytes(good)
    red = tuple(sorted(set(tests[:MOST_RUN]) - passed(suite)))
    if suite.outcome != "ran" or suite.broken or not 0 < len(red) <= MOST_RED:
        return None
    line = good.decode().splitlines()[bug.line - 1].strip()
    whole = next(iter(functions(good, bug.function) - functions(bug.applied(good), bug.function)), "")
    return Planted(bug, line, red, whole)


def passed(suite: SuiteResult) -> set[str]:
    """Return the ids that passed."""
    return {test.id for test in suite.tests if test.outcome in ("passed", "xpassed")}


def functions(data: bytes, name: str) -> set[str]:
    """Return the functions of a name in a file, or all its assignments, as syntax trees in words."""
    try:
        tree = ast.parse(data)
    except SyntaxError:
        return set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    if name == MODULE:
        return {ast.dump(node) for node in ast.walk(tree) if isinstance(node, (ast.Assign, ast.AnnAssign))}
    return {ast.dump(node) for node in ast.walk(tree) if isinstance(node, kinds) and node.name == name}


def _archive(name: str, cache: Path, version: str = "") -> Path | None:
    stem = re.sub(r"[-_.]+", "_", name).lower()
    found: Sequence[Path] = [
        path for path in sorted(cache.glob("*.tar.gz"))
        if re.sub(r"[-_.]+", "_", path.name.removesuffix(".tar.gz").rpartition("-")[0]).lower() == stem
        and path.name.endswith(f"-{version}.tar.gz" if version else ".tar.gz")
    ]  # fmt: skip
    return found[-1] if found else None


def _is_code(file: Path) -> bool:
    try:
        ast.parse(file.read_bytes())
    except SyntaxError:
        return False
    return True
