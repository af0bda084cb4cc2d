"""Bugs written by hand, as a reviewer meets them: patches in `slips/`, each a line that names its kind, then a diff."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.ports import Limits, SuiteResult
from agents.tools.target import SandboxedTarget
from benchmarks.real_projects.release import MODULE, SUITE_SECONDS, NotEnough, Planted, functions, passed, put_in

SLIPS = Path(__file__).with_name("slips")
MARK = b"Slip: "
HUNK = re.compile(r"^@@ -(\d+)")


@dataclass(frozen=True, slots=True)
class Written:
    """One bug of a patch: a block of lines that became another."""

    path: str
    line: int
    """The first line that changed, counted from 1 in the file as it was released."""
    function: str
    """The innermost function around it."""
    kind: str
    good: bytes
    bad: bytes

    @property
    def start(self) -> int:
        """Say which of two bugs in a file comes first."""
        return self.line

    def applied(self, data: bytes) -> bytes:
        """Return the file with the bug in it."""
        if data.count(self.good) != 1:
            raise NotEnough(f"{self.path} is not of the release that the bug {self.kind!r} was written for")
        return data.replace(self.good, self.bad)


def written(name: str, folder: Path) -> list[Written]:
    """Return the bugs written for a package, as they fit the release in `folder`."""
    patch = SLIPS / f"{name}.patch"
    if not patch.is_file():
        raise NotEnough(f"no bugs are written for it: {patch.name} is not there")
    return [_read(part, folder) for part in patch.read_bytes().split(MARK)[1:]]


async def plant(target: SandboxedTarget, bugs: Sequence[Written]) -> tuple[SuiteResult, list[Planted]]:
    """Put each bug in alone to see what notices it, then all of them."""
    limits = Limits(wall=SUITE_SECONDS)
    before = await target.suite(coverage=True, limits=limits)
    green = passed(before)
    found = []
    for bug in bugs:
        file = target.project / bug.path
        good = file.read_bytes()
        file.write_bytes(bug.applied(good))
        noticed = tuple(sorted(green - passed(await target.suite(limits=limits))))
        file.write_bytes(good)
        if not noticed:
            raise NotEnough(f"no test notices {bug.kind!r} in {bug.path}:{bug.line}")
        whole = functions(good, bug.function) - functions(bug.applied(good), bug.function)
        found.append(Planted(bug, good.decode().splitlines()[bug.line - 1].strip(), noticed, next(iter(whole), "")))
    await put_in(target, found)
    return before, found


def _read(part: bytes, folder: Path) -> Written:
    kind, *lines = part.decode().splitlines(keepends=True)
    path = next(line for line in lines if line.startswith("+++ b/")).removeprefix("+++ b/").strip()
    at, first = next((at, int(found[1])) for at, line in enumerate(lines) if (found := HUNK.match(line)))
    block = lines[at + 1 :]
    good, bad = ("".join(line[1:] for line in block if line[0] in marks).encode() for marks in (" -", " +"))
    changed = first + next(number for number, line in enumerate(block) if line[0] in "-+")
    return Written(path, changed, _around(folder / path, changed), kind.strip(), good, bad)


def _around(file: Path, line: int) -> str:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    around = [
        node
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, kinds) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: node.lineno).name if around else MODULE
