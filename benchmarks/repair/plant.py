"""Plant one bug in a function of a project: operators of its own, that know nothing of the repair templates."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Change = tuple[int, int, str]
"""Start and end in bytes, and the new text."""


@dataclass(frozen=True, slots=True)
class Bug:
    """One planted change."""

    path: str
    line: int
    function: str
    kind: str
    start: int
    end: int
    new: str

    def applied(self, data: bytes) -> bytes:
        """Return the file with the bug in it."""
        return data[: self.start] + self.new.encode() + data[self.end :]


class Plot:
    """One function in which bugs can be planted."""

    def __init__(self, data: bytes, function: ast.FunctionDef | ast.AsyncFunctionDef, rng: random.Random) -> None:
        self.data, self.function, self.rng = data, function, rng
        self.starts = [0]
        for line in data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.names = sorted(
            {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            | {a.arg for a in [*function.args.args, *function.args.kwonlyargs] if a.arg not in ("self", "cls")}
        )
        self.attributes = sorted(
            {
                n.attr
                for n in ast.walk(function)
                if isinstance(n, ast.Attribute) and getattr(n.value, "id", "") == "self"
            }
        )

    def put(self, node: ast.expr | ast.stmt, new: ast.AST | str) -> Change:
        """Return the change that puts something in the place of a node."""
        start = self.starts[node.lineno - 1] + node.col_offset
        end = self.starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)
        return start, end, new if isinstance(new, str) else ast.unparse(new)

    def text(self, node: ast.expr | ast.stmt) -> str:
        """Return the source of a node."""
        start, end, _ = self.put(node, "")
        return self.data[start:end].decode()


Planter = Callable[[Plot, ast.AST], Iterator[Change]]


def compare(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Another comparison."""
    if isinstance(node, ast.Compare):
        others = [ast.Lt(), ast.LtE(), ast.Gt(), ast.GtE(), ast.Eq(), ast.NotEq()]
        if isinstance(node.ops[0], (ast.In, ast.NotIn, ast.Is, ast.IsNot)):
            turned = {ast.In: ast.NotIn(), ast.NotIn: ast.In(), ast.Is: ast.IsNot(), ast.IsNot: ast.Is()}
            others = [turned[type(node.ops[0])]]
        new = copy.copy(node)
        new.ops = [plot.rng.choice([o for o in others if type(o) is not type(node.ops[0])]), *node.ops[1:]]
        yield plot.put(node, new)


def arithmetic(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Another arithmetic operator."""
    if isinstance(node, ast.BinOp) and not isinstance(node.left, (ast.Constant, ast.JoinedStr)):
        others = [o for o in (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod) if not isinstance(node.op, o)]
        yield plot.put(node, ast.BinOp(node.left, plot.rng.choice(others)(), node.right))


def logic(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """`and` for `or`, a condition dropped or turned round."""
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield plot.put(node, ast.BoolOp(other, node.values))
        yield plot.put(node, plot.rng.choice(node.values))
    if isinstance(node, (ast.If, ast.While)):
        turned = node.test.operand if isinstance(node.test, ast.UnaryOp) else ast.UnaryOp(ast.Not(), node.test)
        yield plot.put(node.test, turned)


def literal(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Another number, truth value or text."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield plot.put(node, repr(not node.value))
        elif isinstance(node.value, int):
            yield plot.put(node, repr(plot.rng.choice([node.value + 1, node.value - 1, 0 if node.value else 2])))


def wrong_name(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """A neighbouring variable or attribute taken by mistake."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in plot.names and len(plot.names) > 1:
        yield plot.put(node, plot.rng.choice([name for name in plot.names if name != node.id]))
    own = isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self"
    if own and isinstance(node, ast.Attribute) and len(plot.attributes) > 1:
        yield plot.put(node, "self." + plot.rng.choice([name for name in plot.attributes if name != node.attr]))


def forgotten(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """A statement that was forgotten."""
    for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
        for statement in body if isinstance(body, list) else []:
            simple = isinstance(statement, (ast.Assign, ast.AugAssign, ast.Expr, ast.Continue, ast.Break))
            text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if simple and not text:
                yield plot.put(statement, "pass")


def unguarded(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """A guard that was forgotten: an `if` without `else` gone, with its way out or without its condition."""
    if isinstance(node, ast.If) and not node.orelse:
        leaves = isinstance(node.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))
        if leaves and len(node.body) == 1:
            yield plot.put(node, "pass")
        elif len(node.body) == 1 and isinstance(node.body[0], (ast.Assign, ast.AugAssign, ast.Expr)):
            yield plot.put(node, node.body[0])
    if isinstance(node, ast.IfExp):
        yield plot.put(node, node.body)
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        yield plot.put(node, node.values[0])


def arguments(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Arguments swapped or forgotten."""
    if isinstance(node, ast.Call):
        if len(node.args) >= 2 and not any(isinstance(a, ast.Starred) for a in node.args):
            new = copy.copy(node)
            new.args = [node.args[1], node.args[0], *node.args[2:]]
            yield plot.put(node, new)
        if node.keywords:
            new = copy.copy(node)
            new.keywords = node.keywords[:-1]
            yield plot.put(node, new)


def unwrapped(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """A conversion or clean-up that was forgotten."""
    if isinstance(node, ast.Call) and not node.keywords:
        if isinstance(node.func, ast.Attribute) and not node.args:
            yield plot.put(node, node.func.value)
        if isinstance(node.func, ast.Name) and len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
            yield plot.put(node, node.args[0])


def bounds(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """A range, index or slice that is off by one."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range":
        stop = node.args[-1] if len(node.args) == 1 else node.args[1]
        yield plot.put(stop, ast.BinOp(stop, plot.rng.choice([ast.Add(), ast.Sub()]), ast.Constant(1)))
    if isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper):
            if bound is not None:
                yield plot.put(bound, ast.BinOp(bound, plot.rng.choice([ast.Add(), ast.Sub()]), ast.Constant(1)))


def missing_value(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Truthiness for None, or None for truthiness."""
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Is, ast.IsNot)):
        right = node.comparators[0]
        if isinstance(right, ast.Constant) and right.value is None:
            turned = isinstance(node.ops[0], ast.Is)
            yield plot.put(node, ast.UnaryOp(ast.Not(), node.left) if turned else node.left)


def result(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Another thing returned, caught or raised."""
    if isinstance(node, ast.Return) and node.value is not None and plot.names:
        yield plot.put(node.value, plot.rng.choice(plot.names))
    if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name):
        others = [name for name in ("ValueError", "KeyError", "TypeError", "IndexError") if name != node.type.id]
        yield plot.put(node.type, plot.rng.choice(others))
    if isinstance(node, ast.YieldFrom):
        yield plot.put(node, ast.Yield(node.value))


PLANTERS: tuple[Planter, ...] = (
    compare, arithmetic, logic, literal, wrong_name, forgotten, unguarded, arguments, unwrapped, bounds, missing_value,
    result,
)  # fmt: skip


def bugs(project: Path, files: list[str], rng: random.Random, planters: Sequence[Planter] = PLANTERS) -> Iterator[Bug]:
    """Yield bugs for ever: first a kind, then a place among all that fit, so that rare kinds come as often."""
    plots: list[tuple[str, Plot]] = []
    for path in files:
        data = (project / path).read_bytes()
        for node in ast.walk(ast.parse(data)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                plots.append((path, Plot(data, node, rng)))
    while plots:
        planter = rng.choice(planters)
        path, plot = rng.choice(plots)
        changes = [
            (node, change)
            for statement in plot.function.body
            for node in ast.walk(statement)
            if not isinstance(node, ast.JoinedStr)
            for change in _all(planter, plot, node)
        ]
        if not changes:
            continue
        _, (start, end, new) = rng.choice(changes)
        bug = Bug(path, _line(plot, start), plot.function.name, planter.__name__, start, end, new)
        if _changes_code(plot.data, bug):
            yield bug


def _all(planter: Planter, plot: Plot, node: ast.AST) -> list[Change]:
    return list(planter(plot, node)) if hasattr(node, "lineno") or isinstance(node, ast.Slice) else []


def _line(plot: Plot, offset: int) -> int:
    return max(line for line, start in enumerate(plot.starts, 1) if start <= offset)


def _changes_code(data: bytes, bug: Bug) -> bool:
    try:
        return ast.dump(ast.parse(bug.applied(data))) != ast.dump(ast.parse(data))
    except SyntaxError:
        return False
