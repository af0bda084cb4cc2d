"""More bugs to plant: slips that developers make, outside of what the first operators do. They know no template."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator

from benchmarks.repair.plant import Change, Planter, Plot

METHODS = """append>extend extend>append keys>values values>keys items>keys startswith>endswith endswith>startswith
lstrip>rstrip rstrip>lstrip strip>lstrip lower>upper upper>lower add>discard split>rsplit find>rfind update>setdefault
get>pop index>count"""
"""What is taken for what."""


def no_return(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """A result that is computed and not returned."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
        yield plot.put(node, ast.Expr(node.value))


def no_else(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """A branch that was forgotten."""
    if isinstance(node, ast.If) and node.orelse and len(node.orelse) == 1:
        new = copy.copy(node)
        new.orelse = []
        yield plot.put(node, _moved(plot, node, new))


def other_key(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Another text of the same function, or the text with a slip of the fingers."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and 1 < len(node.value) < 30:
        texts = {n.value for n in ast.walk(plot.function) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        others = sorted(text for text in texts if text != node.value and len(text) < 30)
        typo = node.value[0] + node.value[2:] + node.value[1]
        yield plot.put(node, repr(plot.rng.choice([*others, typo])))


def precedence(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Parentheses that were forgotten."""
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.BinOp):
        inner = node.left
        if type(inner.op) is not type(node.op) or isinstance(node.op, (ast.Sub, ast.Div)):
            right = ast.BinOp(inner.right, node.op, node.right)
            yield plot.put(node, ast.BinOp(inner.left, inner.op, right))
    if isinstance(node, ast.BoolOp) and isinstance(node.values[0], ast.BoolOp) and len(node.values) == 2:
        first = node.values[0]
        rest = ast.BoolOp(node.op, [first.values[-1], node.values[1]])
        yield plot.put(node, ast.BoolOp(first.op, [*first.values[:-1], rest]))


def early(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """A return that stands in the loop and should come after it."""
    for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
        for one, after in itertools.pairwise(body) if isinstance(body, list) else ():
            if isinstance(one, (ast.For, ast.While)) and isinstance(after, ast.Return):
                new = copy.copy(one)
                new.body = [*one.body, after]
                yield _joined(plot, one, after, new)


def wrong_slice(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """The other end of a slice, the other place of a sequence."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        new = copy.copy(node)
        new.slice = ast.Slice(node.slice.upper, node.slice.lower, node.slice.step)
        yield plot.put(node, new)
    if isinstance(node, ast.Subscript) and ast.unparse(node.slice) in ("0", "-1"):
        new = copy.copy(node)
        new.slice = ast.Constant(1) if ast.unparse(node.slice) == "-1" else ast.parse("-1", mode="eval").body
        yield plot.put(node, new)


def wrong_method(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Another method of the same kind."""
    pairs = dict(word.split(">") for word in METHODS.split())
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in pairs:
        new = copy.copy(node)
        new.func = ast.Attribute(node.func.value, pairs[node.func.attr], ast.Load())
        yield plot.put(node, new)


def half_condition(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Part of a condition that was forgotten."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        rest = [value for value in node.values if value is not plot.rng.choice(node.values)]
        if rest and len(rest) < len(node.values):
            yield plot.put(node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))


def swapped(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Two statements in the wrong order; two sides in the wrong order."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod)):
        yield plot.put(node, ast.BinOp(node.right, node.op, node.left))
    if isinstance(node, ast.IfExp):
        yield plot.put(node, ast.IfExp(node.test, node.orelse, node.body))


def default(plot: Plot, node: ast.AST) -> Iterator[Change]:
    """Another default of a parameter."""
    if node is plot.function.body[0]:
        spec = plot.function.args
        for value in [*spec.defaults, *[one for one in spec.kw_defaults if one is not None]]:
            if isinstance(value, ast.Constant):
                new = _other(plot, value.value)
                if new is not None:
                    yield plot.put(value, new)


def _other(plot: Plot, value: object) -> str | None:
    if isinstance(value, bool):
        return repr(not value)
    if isinstance(value, int):
        return repr(value + plot.rng.choice([1, -1]))
    if value is None:
        return plot.rng.choice(["0", "False", "''"])
    return repr(value + " ") if isinstance(value, str) else None


def _joined(plot: Plot, one: ast.stmt, after: ast.stmt, new: ast.stmt) -> Change:
    start, _, text = plot.put(one, _moved(plot, one, new))
    return start, plot.put(after, "")[1], text


def _moved(plot: Plot, old: ast.stmt, new: ast.AST) -> str:
    depth = " " * old.col_offset
    return ast.unparse(new).replace("\n", "\n" + depth)


SLIPS: tuple[Planter, ...] = (
    no_return, no_else, other_key, precedence, early, wrong_slice, wrong_method, half_condition, swapped, default,
)  # fmt: skip
