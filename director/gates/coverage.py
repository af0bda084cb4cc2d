"""Gate `coverage`: how much of the project's code the tests run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from agents.ports import FileCoverage
from agents.workspace.layout import parse, read_text
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from ledger.events import Finding, GateSpec, Reading


class Coverage:
    """Measures lines and branches together, and names the functions that no test reaches."""

    name = "coverage"
    spec = DEFAULTS["coverage"]

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Return the share that ran; a project without tests has none, one whose run was cut off has no value."""
        suite = await tree.suite()
        if suite.outcome in ("broken", "timeout"):
            return Reading(gate=spec.name, value=None, detail=suite.detail, tool=suite.tool)
        files = suite.coverage
        counts = {
            "lines": float(sum(len(file.lines) for file in files)),
            "lines_run": float(sum(len(file.executed) for file in files)),
            "branches": float(sum(file.branches for file in files)),
            "branches_run": float(sum(file.branches_taken for file in files)),
        }
        whole = counts["lines"] + counts["branches"]
        if not whole:
            why = "coverage.py is not there" if "coverage" not in suite.tool else "no code of the project was found"
            return Reading(gate=spec.name, value=None, detail=why, tool=suite.tool)
        value = round(100 * (counts["lines_run"] + counts["branches_run"]) / whole, 4)
        unreached = sorted(
            (found for file in files for found in unreached_in(file, read_text(tree.target.project / file.path))),
            key=lambda found: (-found.size, found.path, found.line),
        )
        return Reading(
            gate=spec.name,
            value=value,
            detail=_said(counts, len(unreached)),
            tool=suite.tool,
            findings=tuple(found.finding() for found in unreached),
            counts=counts,
        )


class Unreached(NamedTuple):
    """A function whose body no test ran."""

    path: str
    line: int
    name: str
    size: int
    """Executable lines of its body."""

    def finding(self) -> Finding:
        """Return it as a finding."""
        lines = "1 line" if self.size == 1 else f"{self.size} lines"
        return Finding(
            rule="unreached", message=f"no test runs its {lines}", path=self.path, line=self.line, symbol=self.name
        )


def unreached_in(file: FileCoverage, text: str) -> Iterator[Unreached]:
    """Yield the outermost functions and methods of which no line ran."""
    syntax = parse(text)
    if syntax is not None:
        yield from _below(syntax, "", file.path, frozenset(file.lines), frozenset(file.executed))


def _below(
    node: ast.AST, prefix: str, path: str, lines: frozenset[int], executed: frozenset[int]
) -> Iterator[Unreached]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _below(child, f"{prefix}{child.name}.", path, lines, executed)
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # A body on the line of its `def` runs, as far as lines tell, when the function is defined.
            first = max(child.body[0].lineno, child.lineno + 1)
            body = lines & frozenset(range(first, (child.end_lineno or first) + 1))
            if body and not body & executed:
                yield Unreached(path, child.lineno, prefix + child.name, len(body))
            else:
                yield from _below(child, f"{prefix}{child.name}.", path, lines, executed)
        elif isinstance(child, (ast.If, ast.Try, ast.With)):
            yield from _below(child, prefix, path, lines, executed)


def _said(counts: dict[str, float], unreached: int) -> str:
    said = f"{counts['lines_run']:g} of {counts['lines']:g} lines"
    said += f", {counts['branches_run']:g} of {counts['branches']:g} branches"
    return said + (f"; {unreached} function{'s' * (unreached != 1)} no test reaches" if unreached else "")
