"""What makes the next change dear: circles of imports, and functions that are long, deep and often touched."""

from __future__ import annotations

import ast
import asyncio
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agents.ports import Answer, Found, Limits, Nothing, Workbench
from agents.techniques.import_graph import Import, imports, module_names
from agents.techniques.lint import paths_of
from agents.techniques.mentions import LARGEST, text_files
from agents.techniques.spans import parse
from ledger.events import Finding, Task

if TYPE_CHECKING:
    import networkx

MOST = 30
"""Findings in one report."""
_MOST_CIRCLES = 10

LONG, DEEP, BRANCHING = 60, 4, 12
"""Lines, levels and branches of a function above which it is worth a look."""

_COMMITS = 500
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.comprehension, ast.match_case)
_LEVELS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class HotSpot:
    """One function and how hard it is to change."""

    path: str
    name: str
    line: int
    lines: int
    depth: int
    branches: int

    @property
    def weight(self) -> float:
        """1 and more: worth a look; how far it is over the three limits, the geometric mean."""
        return math.cbrt(self.lines / LONG * self.depth / DEEP * self.branches / BRANCHING)


class Structure:
    """Reads the project's code without running it and reports, the worst first; changes nothing."""

    name = "structure"

    async def try_on(self, task: Task, bench: Workbench) -> Answer:
        """Return the findings with their evidence, at most 30."""
        target = bench.target
        seen = await asyncio.to_thread(_look, target.project, tuple(target.sources), paths_of(task))
        if not seen.files:
            return Nothing("there is no Python file of the project's code to look at")
        changes = await _changes(bench)
        spots = sorted(seen.spots, key=lambda spot: (-_heat(spot, changes), spot.path, spot.line))
        findings = (*seen.circles, *(_spot(spot, changes) for spot in spots))[:MOST]
        if not findings:
            return Nothing(f"no circle of imports and no hot spot in {seen.files} files")
        return Found(findings)


def hot_spots(path: str, tree: ast.Module) -> Iterator[HotSpot]:
    """Yield every function with its measures; a function inside another counts for itself and not for the outer one."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, prefix = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (*_FUNCTIONS, ast.ClassDef)):
                name = f"{prefix}{child.name}"
                waiting.append((child, f"{name}."))
                if isinstance(child, _FUNCTIONS):
                    yield _measured(path, name, child)
            else:
                waiting.append((child, prefix))


def _measured(path: str, name: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> HotSpot:
    depth, branches, inner = 1, 1, 0
    waiting: list[tuple[ast.AST, int]] = [(each, 1) for each in function.body]
    while waiting:
        node, level = waiting.pop()
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            inner += (node.end_lineno or node.lineno) - node.lineno + 1
            continue
        depth = max(depth, level)
        branches += isinstance(node, _BRANCHES)
        if isinstance(node, ast.BoolOp):
            branches += len(node.values) - 1
        # `elif` is an If in the orelse of an If, and reads as the same level.
        chained = node.orelse if isinstance(node, ast.If) and len(node.orelse) == 1 else []
        for child in ast.iter_child_nodes(node):
            same = child in chained and isinstance(child, ast.If)
            waiting.append((child, level + (isinstance(node, _LEVELS) and not same and isinstance(child, ast.stmt))))
    lines = (function.end_lineno or function.lineno) - function.lineno + 1 - inner
    return HotSpot(path, name, function.lineno, lines, depth, branches)


class _Seen(NamedTuple):
    files: int
    circles: list[Finding]
    spots: list[HotSpot]


def _look(project: Path, sources: tuple[str, ...], wanted: Sequence[str]) -> _Seen:
    trees = _trees(project, sources, wanted)
    spots = [spot for path, tree in trees.items() for spot in hot_spots(path, tree) if spot.weight >= 1]
    return _Seen(len(trees), _circles(trees, sources)[:_MOST_CIRCLES], spots)


def _trees(project: Path, sources: tuple[str, ...], wanted: Sequence[str]) -> dict[str, ast.Module]:
    places = tuple(wanted) or sources
    found: dict[str, ast.Module] = {}
    for path in sorted(text_files(project)):
        inside = any(place in (".", "") or path == place or path.startswith(f"{place}/") for place in places)
        if not path.endswith(".py") or not inside or (project / path).stat().st_size > LARGEST:
            continue
        source = parse(path, (project / path).read_bytes())
        if source is not None:
            found[path] = source.tree
    return found


# --- circles


def _circles(trees: Mapping[str, ast.Module], sources: tuple[str, ...]) -> list[Finding]:
    """Return one finding per knot of modules that import each other, the largest knot first."""
    import networkx

    named = module_names(trees, sources)
    links = imports({name: (path, trees[path]) for name, path in named.items()})
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    for link in links:
        graph.add_edge(link.importer, link.imported, link=link)
    knots = [sorted(each) for each in networkx.strongly_connected_components(graph) if len(each) > 1]
    findings = []
    for knot in sorted(knots, key=lambda each: (-len(each), each)):
        circle = _shortest_circle(graph.subgraph(knot))
        findings.append(_circle([graph.edges[pair]["link"] for pair in circle], len(knot)))
    return findings


def _shortest_circle(knot: networkx.DiGraph[str]) -> list[tuple[str, str]]:
    import networkx

    best: list[str] = []
    for importer, imported in sorted(knot.edges):
        way = networkx.shortest_path(knot, imported, importer)
        if not best or len(way) < len(best):
            best = way
        if len(best) == 2:
            break
    start = best.index(min(best))
    best = best[start:] + best[:start]
    return list(zip(best, [*best[1:], best[0]], strict=True))


def _circle(circle: Sequence[Import], size: int) -> Finding:
    cheapest = min(circle, key=lambda each: (each.names, each.importer))
    way = " → ".join([*(each.importer for each in circle), circle[0].importer])
    told = ", ".join(f"{each.path}:{each.line}" for each in circle)
    more = f" (one circle of {size} modules that all import each other)" if size > len(circle) else ""
    names = f"{cheapest.names} {'name' if cheapest.names == 1 else 'names'}"
    return Finding(
        rule="import-cycle",
        message=f"{way}{more}; at {told}; cheapest to cut: {cheapest.importer} takes {names} of {cheapest.imported}",
        path=cheapest.path,
        line=cheapest.line,
        symbol=cheapest.importer,
    )


# --- hot spots


async def _changes(bench: Workbench) -> Counter[str] | None:
    """Return how many of the last commits touched each file, by project path; None when there is no history to read."""
    argv = ("git", "log", f"--max-count={_COMMITS}", "--no-renames", "--format=", "--name-only", "--relative", "-z")
    ended = await bench.target.run(argv, limits=Limits(wall=30.0, output=16 * 1024 * 1024))
    if ended.outcome != "exited" or ended.exit != 0:
        return None
    return Counter(path for path in ended.stdout.decode("utf-8", "replace").replace("\n", "\0").split("\0") if path)


def _heat(spot: HotSpot, changes: Counter[str] | None) -> float:
    return spot.weight * (1 + math.log1p(changes[spot.path] if changes else 0))


def _spot(spot: HotSpot, changes: Counter[str] | None) -> Finding:
    history = f"its file changed {changes[spot.path]} times" if changes is not None else "no history to read"
    return Finding(
        rule="hot-spot",
        message=f"{spot.name}: {spot.lines} lines, {spot.depth} levels, {spot.branches} branches; {history}",
        path=spot.path,
        line=spot.line,
        symbol=f"{spot.path}::{spot.name}",
    )
