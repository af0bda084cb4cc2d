"""PURE: edits of comparisons, boolean logic and arithmetic."""

from __future__ import annotations

import ast
import re
from typing import Any, Iterator, Tuple

from ..source import ARITH, OPERATORS, TERM, UNARY, Frag, binary, called, compared, joined, method, negated, wrapped
from .scope import NUMERIC, Draft, Site

COMPARISONS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
NEAR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "in": "not in", "not in": "in"}
NEAR.update({"is": "is not", "is not": "is"})
MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
ARITHMETIC = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.MatMult: "@",
}  # fmt: skip
FAMILIAR = {
    "+": "-*", "-": "+*", "*": "/+", "/": "*", "//": "/%*", "%": "/*", "**": "*", "&": "|^", "|": "&^+", "^": "&|",
    "<<": "", ">>": "",
}  # fmt: skip
SHIFTS = {"<<": ">>", ">>": "<<", "%": "//", "/": "//"}
STRENGTHS = {text: OPERATORS[kind] for kind, text in ARITHMETIC.items() if kind in OPERATORS}


def comparison(site: Site) -> Iterator[Draft]:
    """Another comparison operator, near ones first; what is looked for and where change places."""
    node = site.node
    left = node.left
    if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        word = COMPARISONS[type(node.ops[0])]
        yield site.put("cmp-swap", 5.0, compared(site.frag(node.comparators[0]), word, site.frag(left)))
    for operator, right in zip(node.ops, node.comparators):
        old = COMPARISONS[type(operator)]
        where = _token(site, left, right, old)
        left = right
        if where is None:
            continue
        for new in _alternatives(old):
            weight = 10.0 if NEAR.get(old) == new else 8.0 if MIRROR.get(old) == new else 5.0
            if new in ("in", "is", "not in", "is not") and isinstance(site.parent, ast.UnaryOp):
                weight = 3.0  # leaving the `not` before it away says the same
            yield site.splice("cmp-op", weight, (*where, new))


def _alternatives(old: str) -> Tuple[str, ...]:
    if old in ("in", "not in"):
        return (NEAR[old], "==" if old == "in" else "!=")
    if old in ("is", "is not"):
        return (NEAR[old], "==" if old == "is" else "!=")
    rest = [one for one in ("<", "<=", ">", ">=", "==", "!=") if one != old]
    return (*rest, "in" if old == "==" else "not in") if old in ("==", "!=") else tuple(rest)


def boolean(site: Site) -> Iterator[Draft]:
    """`and` for `or`, and an operand left out."""
    node = site.node
    old = "and" if isinstance(node.op, ast.And) else "or"
    tokens = [_token(site, a, b, old) for a, b in zip(node.values, node.values[1:])]
    if all(tokens):
        other = "or" if old == "and" else "and"
        yield site.splice("bool-op", 8.0, *[(*where, other) for where in tokens if where])
        if len(tokens) > 1:
            for where in tokens:
                if where:
                    yield site.splice("bool-op", 4.0, (*where, other))
    yield from _regrouped(site, old)
    spans = [_with_parentheses(site, value) for value in node.values]
    for index in range(len(node.values)):
        if index:
            yield site.splice("bool-drop", 6.0, (spans[index - 1][1], spans[index][1], ""))
        else:
            yield site.splice("bool-drop", 6.0, (spans[0][0], spans[1][0], ""))


def _regrouped(site: Site, old: str) -> Iterator[Draft]:
    """Yield the same words in the same order, but grouped otherwise."""
    values, parts = site.node.values, [site.frag(value) for value in site.node.values]
    other = "or" if old == "and" else "and"
    first, last = values[0], values[-1]
    if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.Not):
        inner = joined(old, site.frag(first.operand), *parts[1:])
        yield site.put("regroup", 6.0, negated(inner))
    if len(values) == 2 and isinstance(last, ast.BoolOp):
        one, *rest = [site.frag(value) for value in last.values]
        yield site.put("regroup", 5.0, joined(other, joined(old, parts[0], one), *rest))
    if len(values) == 2 and isinstance(first, ast.BoolOp):
        *rest, one = [site.frag(value) for value in first.values]
        yield site.put("regroup", 5.0, joined(other, *rest, joined(old, one, parts[1])))


def negation(site: Site) -> Iterator[Draft]:
    """A condition turned round."""
    node = site.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield site.put("not-drop", 8.0, site.frag(node.operand))
        if isinstance(node.operand, ast.BoolOp):
            word = "and" if isinstance(node.operand.op, ast.And) else "or"
            first, *rest = [site.frag(value) for value in node.operand.values]
            yield site.put("regroup", 6.0, joined(word, negated(first), *rest))
    elif isinstance(node, ast.UnaryOp):
        yield site.put("sign", 7.0, site.frag(node.operand))
    elif not (isinstance(node, ast.Compare) and len(node.ops) == 1):
        yield site.put("not-add", 7.0, negated(site.frag()))


def arithmetic(site: Site) -> Iterator[Draft]:
    """Another operator, operands swapped, one operand alone, or grouped otherwise."""
    node = site.node
    old = ARITHMETIC[type(node.op)]
    where = _token(site, node.left, node.right, old)
    text = isinstance(node.left, (ast.JoinedStr, ast.Constant)) and not _is_number(node.left)
    if where is not None and not (text and old == "%"):
        bits = old in ("&", "|", "^", "<<", ">>")
        for new in ARITHMETIC.values():
            if new == old or (new in ("&", "|", "^", "<<", ">>", "@")) != bits or new == "@":
                continue
            right = getattr(node.right, "value", None)
            if (new in ("*", "/", "//", "**") and right == 1) or (new in ("+", "-") and right == 0):
                continue
            weight = 8.0 if SHIFTS.get(old) == new or new in list(FAMILIAR[old]) else 4.0
            if STRENGTHS[new] == STRENGTHS[old] or isinstance(site.parent, (ast.Return, ast.Assign, ast.Call)):
                yield site.splice("bin-op", weight, (*where, new))
            else:
                frag = binary(site.frag(node.left), new, site.frag(node.right), STRENGTHS[new])
                yield site.put("bin-op", weight, frag)
    left, right = site.frag(node.left), site.frag(node.right)
    if old not in ("*", "&", "|", "^") and not text:
        yield site.put("bin-swap", 5.0, binary(right, old, left, STRENGTHS[old]))
    by_one = old in ("+", "-") and isinstance(node.right, ast.Constant) and node.right.value == 1
    yield site.put("off-by-one" if by_one else "bin-drop", 8.0 if by_one else 6.0, left)
    yield site.put("bin-drop", 6.0, right)
    if isinstance(node.left, ast.BinOp) and (old != ARITHMETIC[type(node.left.op)] or old not in "+*"):
        inner = ARITHMETIC[type(node.left.op)]
        grouped = binary(site.frag(node.left.right), old, right, STRENGTHS[old])
        yield site.put("regroup", 4.0, binary(site.frag(node.left.left), inner, grouped, STRENGTHS[inner]))
    if isinstance(node.right, ast.BinOp) and (old != ARITHMETIC[type(node.right.op)] or old not in "+*"):
        inner = ARITHMETIC[type(node.right.op)]
        grouped = binary(left, old, site.frag(node.right.left), STRENGTHS[old])
        yield site.put("regroup", 4.0, binary(grouped, inner, site.frag(node.right.right), STRENGTHS[inner]))


def augmented(site: Site) -> Iterator[Draft]:
    """`+=` for `=` and the other way round, and other operators."""
    node = site.node
    start = site.source.span(node.target if isinstance(node, ast.AugAssign) else node.targets[0])[1]
    end = site.source.span(node.value)[0]
    between = site.source.data[start:end].decode("utf-8")
    if isinstance(node, ast.AugAssign):
        old = ARITHMETIC[type(node.op)]
        at = between.find(old + "=")
        if at < 0:
            return
        where = (start + at, start + at + len(old) + 1)
        yield site.splice("aug-to-assign", 6.0, (*where, "="))
        for new in ARITHMETIC.values():
            if new not in (old, "@"):
                near = SHIFTS.get(old) == new or new in list(FAMILIAR[old])
                yield site.splice("aug-op", 8.0 if near else 2.5, (*where, new + "="))
    elif len(node.targets) == 1 and isinstance(node.targets[0], (ast.Name, ast.Attribute, ast.Subscript)):
        at = between.find("=")
        yield from _accumulated(site, node.targets[0])
        for new, weight in (("+=", 5.0), ("-=", 4.0), ("|=", 2.0), ("*=", 2.0), ("&=", 1.0)):
            yield site.splice("assign-to-aug", weight, (start + at, start + at + 1, new))


def _accumulated(site: Site, target: Any) -> Iterator[Draft]:
    """A value that is added to what a dict already holds."""
    if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
        known = site.frag(target.value)
        for start, binds in (("0", ARITH), ("''", ARITH), ("[]", ARITH)):
            held = method(known, "get", site.frag(target.slice), Frag(start))
            yield site.put("accumulate", 4.0, binary(held, "+", site.frag(site.node.value), binds), site.node.value)


def shifted(site: Site) -> Iterator[Draft]:
    """One more or one less; bounded from below or above."""
    node, scope = site.node, site.scope
    if isinstance(node, ast.Name) and not scope.may_be(node.id, NUMERIC):
        return
    by_one = isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))
    if by_one and isinstance(node.right, ast.Constant):
        return
    sure = isinstance(node, ast.Name) and bool(scope.types.get(node.id, set()) & NUMERIC)
    counted = (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("len", "int", "min", "max", "sum", "round", "abs")
    )
    position = isinstance(site.parent, (ast.Slice, ast.Subscript, ast.Compare)) or (
        isinstance(site.parent, ast.Call) and getattr(site.parent.func, "id", "") == "range"
    )
    likely = (
        7.0
        if position and (sure or counted or isinstance(node, ast.BinOp))
        else 5.0
        if position or sure or counted
        else 2.0
    )
    frag = site.frag()
    yield site.put("off-by-one", likely, binary(frag, "+", Frag("1"), ARITH))
    yield site.put("off-by-one", likely, binary(frag, "-", Frag("1"), ARITH))
    if not (sure or counted or isinstance(node, ast.BinOp)):
        if not scope.types.get(getattr(node, "id", "")):
            yield site.put("sign", 2.0, Frag("-" + wrapped(frag, UNARY), UNARY))
        return
    yield site.put("sign", 3.0, Frag("-" + (frag.text if frag.binds >= UNARY else f"({frag.text})"), UNARY))
    yield site.put("wrap", 3.0, called("abs", frag))
    for bound in ("0", "1"):
        yield site.put("bounded", 2.5, called("max", frag, Frag(bound)))
    for operator in ("*", "//", "/", "%"):
        yield site.put("scaled", 1.5, binary(frag, operator, Frag("2"), TERM))
    for factor in ("100", "60", "1000"):
        for operator in ("*", "/"):
            yield site.put("scaled", 1.0, binary(frag, operator, Frag(factor), TERM))


def combined(site: Site) -> Iterator[Draft]:
    """A number joined with another number of the function."""
    node, scope = site.node, site.scope
    if isinstance(node, ast.Name) and not scope.types.get(node.id, set()) & NUMERIC:
        return
    frag = site.frag()
    others = [Frag(n) for n in scope.names(node.lineno) if scope.types.get(n, set()) & NUMERIC and n != frag.text]
    others += [Frag(n) for n in sorted(scope.unread.names) if not scope.types.get(n) and n != frag.text]
    others += [
        f for f, n in scope.expressions() if isinstance(n, (ast.Attribute, ast.Subscript)) or f.text.startswith("len(")
    ][:12]
    for other in others:
        for function in ("max", "min"):
            yield site.put("bounded", 3.0, called(function, frag, other))
        for operator, binds, weight in (
            ("+", ARITH, 3.0),
            ("-", ARITH, 3.0),
            ("*", TERM, 2.0),
            ("//", TERM, 1.0),
            ("%", TERM, 1.5),
        ):
            yield site.put("binop-var", weight, binary(frag, operator, other, binds))


def _token(site: Site, left: Any, right: Any, operator: str) -> Any:
    """Return the span of an operator between two operands, or None when a comment makes it unsure."""
    start, end = site.source.span(left)[1], site.source.span(right)[0]
    between = site.source.data[start:end].decode("utf-8")
    if "#" in between:
        return None
    pattern = r"\s+".join(re.escape(part) for part in operator.split())
    if operator.isalpha() or " " in operator:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    found = re.search(pattern, between)
    return None if found is None else (start + found.start(), start + found.end())


def _with_parentheses(site: Site, node: Any) -> Tuple[int, int]:
    """Return the span of an operand with the parentheses around it."""
    data = site.source.data
    start, end = site.source.span(node)
    first, last = site.source.span(site.node)
    while True:
        before, after = start - 1, end
        while before >= first and data[before : before + 1].isspace():
            before -= 1
        while after < last and data[after : after + 1].isspace():
            after += 1
        if before < first or after >= last or data[before : before + 1] != b"(" or data[after : after + 1] != b")":
            return start, end
        start, end = before, after + 1


def _is_number(node: Any) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float, complex))
