"""PURE: the conditions that a change brings into functions, and each of them loosened in a few ways."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents.workspace.layout import parse

MOST = 40
"""Loosened conditions of one change that are tried at all."""
LEFT = 0.5
"""Of the names and values of a function: with fewer of them left it is another one."""
WIDER: dict[type[ast.cmpop], tuple[ast.cmpop, ...]] = {ast.Eq: (ast.GtE(), ast.LtE()), ast.NotEq: (ast.Gt(), ast.Lt())}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Loosened:
    """One new condition of a function, as it stands and with what takes its place."""

    path: str
    function: str
    first: int
    """The line on which the function begins, its decorators with it."""
    line: int
    condition: str
    start: int
    end: int
    """Where it stands in the file, in bytes."""
    text: str
    """What stands there instead: `True`, `False`, or the condition with less in it."""

    @property
    def is_settled(self) -> bool:
        """Return whether nothing is asked any more."""
        return self.text in ("True", "False")


def brought(texts: Mapping[str, tuple[str, str]], prefix: str) -> list[Loosened]:
    """Return the new conditions of files, which are given by path with their texts before and after."""
    paths = {
        path.removeprefix(f"{prefix}/") if prefix else path: path for path in sorted(texts) if path.endswith(".py")
    }
    return [one for inside, path in paths.items() for one in loosened(inside, *texts[path])][:MOST]


def loosened(path: str, before: str, after: str) -> list[Loosened]:
    """Return the conditions that stand in a function of `after` and not in the one of that name before.

    In a function that was written anew nothing is the old way any more: its conditions may keep what was right.
    """
    old, new = parse(before), parse(after)
    if new is None:
        return []
    before_it = dict(_functions(old, "")) if old is not None else {}
    known = {name: _asked(function) for name, function in before_it.items()}
    starts = [0]
    for line in after.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found: list[Loosened] = []
    for name, function in _functions(new, ""):
        if name in before_it and _is_rewritten(before_it[name], function):
            continue
        first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
        for condition in _conditions(function.body):
            start, end = _span(condition, starts)
            if not _is_new(condition, known.get(name, ())) or not _stands(after.encode()[start:end], condition):
                continue
            said = ast.unparse(condition)
            texts = ["True", "False", *dict.fromkeys(map(ast.unparse, _looser(condition, known.get(name, ()))))]
            found += [Loosened(path, name, first, condition.lineno, said, start, end, text) for text in texts]
    return found


def _is_rewritten(old: Function, new: Function) -> bool:
    """Return whether most of the names and values of a function are gone."""
    was, now = (Counter(map(ast.dump, _leaves(function))) for function in (old, new))
    return (was & now).total() < LEFT * was.total()


def _leaves(function: Function) -> Iterator[ast.AST]:
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                yield ast.Name(node.id)
            elif isinstance(node, ast.Attribute):
                yield ast.Name(node.attr)
            elif isinstance(node, ast.Constant) and not (isinstance(node.value, str) and "\n" in node.value):
                yield ast.Constant(node.value)


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield prefix + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.If | ast.Try | ast.With):
            yield from _functions(child, prefix)


def _conditions(nodes: Sequence[ast.AST]) -> Iterator[ast.expr]:
    """Yield whatever decides: what is asked by statements and expressions, and what is compared or joined anywhere."""
    for node in nodes:
        rest = list(ast.iter_child_nodes(node))
        asked: list[ast.expr] = []
        if isinstance(node, ast.If | ast.IfExp):
            asked = [node.test]
        elif isinstance(node, ast.comprehension):
            asked = node.ifs
        elif isinstance(node, ast.match_case) and node.guard is not None:
            asked = [node.guard]
        elif isinstance(node, ast.While | ast.Assert):
            rest.remove(node.test)
        elif _decides(node):
            asked, rest = [node], []  # type: ignore[list-item]
        yield from (each for each in asked if not isinstance(each, ast.Constant))
        yield from _conditions([each for each in rest if each not in asked])


def _decides(node: ast.AST) -> bool:
    negates = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return negates or isinstance(node, ast.Compare | ast.BoolOp)


def _asked(function: Function) -> frozenset[str]:
    """Return every condition of a function and every part of one."""
    parts = {each for condition in _conditions(function.body) for each in (condition, *_parts(condition))}
    return frozenset(map(ast.dump, parts))


def _parts(condition: ast.expr) -> list[ast.expr]:
    below = condition.values if isinstance(condition, ast.BoolOp) else []
    return [part for each in below for part in (each, *_parts(each))]


def _is_new(condition: ast.expr, known: Collection[str]) -> bool:
    return ast.dump(condition) not in known


def _looser(condition: ast.expr, known: Collection[str]) -> Iterator[ast.expr]:
    """Yield the condition with one part of it left out, or one equality widened to an order; old parts stay."""
    if isinstance(condition, ast.UnaryOp):
        yield from (ast.UnaryOp(condition.op, each) for each in _looser(condition.operand, known))
    elif isinstance(condition, ast.BoolOp):
        if len(condition.values) > 2:
            yield from condition.values
        for place, part in enumerate(condition.values):
            if not _is_new(part, known):
                continue
            rest = [*condition.values[:place], *condition.values[place + 1 :]]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(condition.op, rest)
            for other in _looser(part, known):
                yield ast.BoolOp(condition.op, [*condition.values[:place], other, *condition.values[place + 1 :]])
    elif isinstance(condition, ast.Compare) and len(condition.ops) > 1:
        yield ast.Compare(condition.left, condition.ops[:-1], condition.comparators[:-1])
        yield ast.Compare(condition.comparators[0], condition.ops[1:], condition.comparators[1:])
    elif isinstance(condition, ast.Compare) and _of_numbers(condition):
        for op in WIDER.get(type(condition.ops[0]), ()):
            yield ast.Compare(condition.left, [op], condition.comparators)


def _of_numbers(condition: ast.Compare) -> bool:
    """Return whether the text shows that numbers are compared: what is said of others has no order."""
    return any(map(_is_number, (condition.left, condition.comparators[0])))


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in ("len", "count", "sum")
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult) and (
        _is_number(node.left) or _is_number(node.right)
    )  # fmt: skip


def _span(node: ast.expr, starts: Sequence[int]) -> tuple[int, int]:
    assert node.end_lineno is not None and node.end_col_offset is not None
    return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset


def _stands(segment: bytes, node: ast.expr) -> bool:
    """Return whether a condition really stands there: inside of texts that are put together it may not be told."""
    try:
        return ast.dump(ast.parse(b"(" + segment + b")", mode="eval").body) == ast.dump(node)
    except (SyntaxError, ValueError):
        return False
