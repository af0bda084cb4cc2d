"""PURE: small faults that can be put into a file, each as a change of its text."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from agents.workspace.layout import parse

SWAPS: dict[Any, Any] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
SIGNS: dict[Any, str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.And: "and", ast.Or: "or", ast.Add: "+", ast.Sub: "-",
    ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.BitAnd: "&", ast.BitOr: "|", ast.LShift: "<<",
    ast.RShift: ">>",
}  # fmt: skip


class Mutant(NamedTuple):
    """One fault: bytes `start` to `end` of the file become `text`."""

    path: str
    line: int
    symbol: str
    start: int
    end: int
    text: str
    what: str
    key: str
    """The same for the same fault in the same code, wherever it stands: what is drawn once is drawn again."""


def mutants_of(path: str, text: str) -> Iterator[Mutant]:
    """Yield every fault of the function bodies of a file, in the order of the text."""
    module = parse(text)
    if module is None:
        return
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    seen: dict[str, int] = {}
    for function, symbol in _functions(module, ""):
        for node, changed, what in _faults(function):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            same = f"{symbol}\0{ast.dump(node)}\0{what}"
            seen[same] = seen.get(same, 0) + 1
            key = hashlib.sha256(f"{path}\0{same}\0{seen[same]}".encode()).hexdigest()
            yield Mutant(path, node.lineno, symbol, start, end, changed, what, key)


def drawn(mutants: list[Mutant], sample: int) -> list[Mutant]:
    """Return so many faults, the same ones wherever they are there: a change elsewhere draws no others."""
    chosen = sorted(mutants, key=lambda mutant: mutant.key)[:sample]
    return sorted(chosen, key=lambda mutant: (mutant.path, mutant.start, mutant.what))


Function = ast.FunctionDef | ast.AsyncFunctionDef
Fault = tuple[ast.expr | ast.stmt, str, str]


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[Function, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child, prefix + child.name
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.If | ast.Try | ast.With):
            yield from _functions(child, prefix)


def _faults(function: Function) -> Iterator[Fault]:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    for statement in body:
        for node in _walk(statement):
            try:
                found = list(_of_statement(node) if isinstance(node, ast.stmt) else _of_expression(node))
                ast.dump(node)
            except RecursionError:
                continue  # nested deeper than Python itself can spell; what lies further inside is tried all the same
            yield from found


def _walk(node: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """Yield statements and expressions, but nothing of annotations and f-strings: their places lie."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, ast.stmt | ast.expr):
            yield here
        if isinstance(here, ast.JoinedStr):
            continue
        below: list[ast.AST] = []
        for name, value in ast.iter_fields(here):
            if name not in ("annotation", "returns", "decorator_list", "type_params"):
                below += [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, ast.AST)]
        waiting += reversed(below)


def _of_statement(node: ast.stmt) -> Iterator[Fault]:
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield node, "return None", "returns None"
    elif isinstance(node, ast.Raise):
        yield node, "pass", "raises nothing"
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await):
        yield node, "pass", f"leaves out {ast.unparse(node)[:60]}"
    elif isinstance(node, ast.Break | ast.Continue):
        other = "continue" if isinstance(node, ast.Break) else "break"
        yield node, other, f"has {other} here"
    elif isinstance(node, ast.AugAssign) and type(node.op) in SWAPS:
        yield node, _changed(node, _swap_operator), f"has {_sign(SWAPS[type(node.op)])}= for {_sign(type(node.op))}="


def _of_expression(node: ast.expr) -> Iterator[Fault]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        was: Any = type(node.ops[0])
        yield node, f"({_changed(node, _swap_compare)})", f"has {_sign(SWAPS[was])} for {_sign(was)}"
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS and not _is_text(node):
        kind: Any = type(node.op)
        yield node, f"({_changed(node, _swap_operator)})", f"has {_sign(SWAPS[kind])} for {_sign(kind)}"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, f"({ast.unparse(node.operand)})", "is not negated"
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield node, str(not node.value), f"has {not node.value} for {node.value}"
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield node, f"({node.value + 1})", f"has {node.value + 1} for {node.value}"


def _changed(node: ast.AST, change: Callable[[ast.AST], None]) -> str:
    other = copy.deepcopy(node)
    change(other)
    return ast.unparse(other)


def _swap_compare(node: ast.AST) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = SWAPS[type(node.ops[0])]()


def _swap_operator(node: ast.AST) -> None:
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        node.op = SWAPS[type(node.op)]()


def _sign(kind: type[ast.AST]) -> str:
    return SIGNS[kind]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.BinOp | ast.BoolOp) -> bool:
    """Return whether an operator joins or fills in texts: every other one would be noticed by the language itself."""
    sides = [node.left, node.right] if isinstance(node, ast.BinOp) else []
    return any(isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", None), str) for side in sides)
