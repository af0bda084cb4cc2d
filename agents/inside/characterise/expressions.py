"""PURE: small expressions as trees, so that arguments can be read from code, changed a little, and written again."""

from __future__ import annotations

import ast
import random
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

SCALARS = (bool, int, float, complex, str, bytes, type(None), type(...))
LONGEST = 400
"""Characters of one argument at most: longer ones make tests nobody reads."""


class Expr(NamedTuple):
    """One expression; `parts` are its operands, `keys` the keywords of a call."""

    kind: str
    """value, list, tuple, set, dict (keys and values in turn), call, name or raw."""
    value: Any = None
    """The value of a literal, the text of anything else that has one."""
    parts: Tuple["Expr", ...] = ()
    keys: Tuple[str, ...] = ()
    """Keyword of each part of a call, empty for positional ones."""


def literal(value: Any) -> Expr:
    """Return the expression of a plain value."""
    if isinstance(value, (list, tuple, set, frozenset)) and type(value) in (list, tuple, set):
        kept = sorted(value, key=repr) if isinstance(value, set) else value
        return Expr(type(value).__name__, None, tuple(literal(part) for part in kept))
    if type(value) is dict:
        return Expr("dict", None, tuple(literal(part) for pair in value.items() for part in pair))
    return Expr("value", value)


def name(text: str) -> Expr:
    """Return the expression of a dotted name."""
    return Expr("name", text)


def call(callee: str, parts: Sequence[Expr], keys: Sequence[str] = ()) -> Expr:
    """Return a call; missing keys are positional."""
    return Expr("call", callee, tuple(parts), tuple(keys) or ("",) * len(parts))


# --- reading


def parse(text: str) -> Optional[Expr]:
    """Read an expression; None when it is none."""
    try:
        return from_ast(ast.parse(text.strip(), mode="eval").body, text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def from_ast(node: ast.AST, source: str) -> Optional[Expr]:
    """Turn a syntax node into an expression; None when it holds what cannot stand in a test on its own."""
    if isinstance(node, ast.Constant):
        return Expr("value", node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = from_ast(node.operand, source)
        if inner is not None and inner.kind == "value" and isinstance(inner.value, (int, float, complex)):
            return Expr("value", -inner.value if isinstance(node.op, ast.USub) else inner.value)
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        parts = [from_ast(part, source) for part in node.elts]
        return _whole(Expr(type(node).__name__.lower(), None, tuple(p for p in parts if p)), len(parts))
    if isinstance(node, ast.Dict):
        flat = [from_ast(part, source) if part else None for pair in zip(node.keys, node.values) for part in pair]
        return _whole(Expr("dict", None, tuple(p for p in flat if p)), len(flat))
    if isinstance(node, (ast.Name, ast.Attribute)):
        path = dotted(node)
        return Expr("name", path) if path else None
    if isinstance(node, ast.Call):
        return _from_call(node, source)
    if isinstance(node, (ast.BinOp, ast.Lambda, ast.UnaryOp, ast.Subscript)):
        segment = ast.get_source_segment(source, node)
        return Expr("raw", segment) if segment and "\n" not in segment else None
    return None


def _from_call(node: ast.Call, source: str) -> Optional[Expr]:
    callee = dotted(node.func)
    if not callee or any(isinstance(arg, ast.Starred) for arg in node.args):
        return None
    if any(keyword.arg is None for keyword in node.keywords):
        return None
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    parts = [from_ast(value, source) for value in values]
    keys = ("",) * len(node.args) + tuple(keyword.arg or "" for keyword in node.keywords)
    return _whole(Expr("call", callee, tuple(p for p in parts if p), keys), len(parts))


def _whole(expr: Expr, wanted: int) -> Optional[Expr]:
    return expr if len(expr.parts) == wanted else None


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of names, else nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return left + "." + node.attr if left else ""
    return ""


# --- writing


def text(expr: Expr) -> str:
    """Write an expression the way people do: double quotes, one line."""
    if expr.kind == "value":
        return spell_scalar(expr.value)
    parts = [text(part) for part in expr.parts]
    if expr.kind == "list":
        return "[" + ", ".join(parts) + "]"
    if expr.kind == "tuple":
        return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
    if expr.kind == "set":
        return "{" + ", ".join(parts) + "}" if parts else "set()"
    if expr.kind == "dict":
        return "{" + ", ".join(k + ": " + v for k, v in zip(parts[::2], parts[1::2])) + "}"
    if expr.kind == "call":
        keyed = [key + "=" + part if key else part for key, part in zip(expr.keys, parts)]
        return str(expr.value) + "(" + ", ".join(keyed) + ")"
    return str(expr.value)


def spell_scalar(value: Any) -> str:
    """Write a scalar; infinities and not-a-number by name."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return 'float("' + repr(value) + '")'
    shown = repr(value)
    if isinstance(value, (str, bytes)) and shown.endswith("'") and '"' not in shown and "\\'" not in shown:
        start = shown.index("'")
        shown = shown[:start] + '"' + shown[start + 1 : -1] + '"'
    return "..." if value is ... else shown


def roots(expr: Expr) -> Set[str]:
    """Return the names an expression needs."""
    found: Set[str] = set()
    for part in walk(expr):
        if part.kind in ("name", "call"):
            found.add(str(part.value).split(".")[0])
        elif part.kind == "raw":
            found |= _raw_roots(str(part.value))
        elif part.kind == "value" and isinstance(part.value, float) and "n" in repr(part.value):
            found.add("float")
    return found


def _raw_roots(source: str) -> Set[str]:
    tree = ast.parse(source, mode="eval")
    bound = {arg.arg for node in ast.walk(tree) if isinstance(node, ast.arguments) for arg in node.args}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - bound


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and everything in it."""
    yield expr
    for part in expr.parts:
        yield from walk(part)


def substitute(expr: Expr, known: Dict[str, Expr], depth: int = 4) -> Expr:
    """Put in what local names stand for."""
    if expr.kind == "name" and expr.value in known and depth:
        return substitute(known[expr.value], known, depth - 1)
    if expr.parts:
        return expr._replace(parts=tuple(substitute(part, known, depth) for part in expr.parts))
    return expr


# --- changing


def mutate(expr: Expr, chance: random.Random, pool: Sequence[Expr]) -> Expr:
    """Return the expression with one small change somewhere."""
    if expr.kind == "value":
        return _mutate_scalar(expr, chance, pool)
    if expr.kind in ("list", "tuple", "set"):
        return _mutate_sequence(expr, chance, pool)
    if expr.parts:
        place = chance.randrange(len(expr.parts))
        if expr.kind == "dict" and chance.random() < 0.2:
            place -= place % 2
            return expr._replace(parts=expr.parts[:place] + expr.parts[place + 2 :])
        changed = mutate(expr.parts[place], chance, pool)
        return expr._replace(parts=(*expr.parts[:place], changed, *expr.parts[place + 1 :]))
    return expr


def _mutate_scalar(expr: Expr, chance: random.Random, pool: Sequence[Expr]) -> Expr:
    value = expr.value
    alike = [other.value for other in pool if other.kind == "value" and type(other.value) is type(value)]
    if isinstance(value, bool):
        return Expr("value", not value)
    if isinstance(value, int):
        steps = [value + 1, value - 1, -value, value * 2, value * 10, value // 2, 0, chance.randint(-5, 120)]
        return Expr("value", chance.choice(steps + alike))
    if isinstance(value, float):
        return Expr("value", chance.choice([value * 10, -value, value / 2, value + 0.5, 0.0, *alike]))
    if isinstance(value, str):
        other = str(chance.choice(alike)) if alike else "a"
        place = chance.randint(0, len(value))
        made = [
            value[:-1], value[1:], value + other, other + value, value + " " + other, value.upper(), value.title(),
            value[:place] + chance.choice("a1 -.,_") + value[place:], value + str(chance.randint(0, 30)), other,
        ]  # fmt: skip
        return Expr("value", chance.choice(made)[:80])
    if isinstance(value, bytes):
        return Expr("value", chance.choice([value[:-1], value + b"a", value + b"\x00", b""]))
    return chance.choice(list(pool)) if pool and chance.random() < 0.5 else expr


def _mutate_sequence(expr: Expr, chance: random.Random, pool: Sequence[Expr]) -> Expr:
    parts: List[Expr] = list(expr.parts)
    way = chance.random()
    if parts and way < 0.25:
        parts.pop(chance.randrange(len(parts)))
    elif parts and way < 0.6:
        place = chance.randrange(len(parts))
        parts[place] = mutate(parts[place], chance, pool)
    elif parts and way < 0.8:
        parts.append(chance.choice(parts))
    elif parts and way < 0.9:
        parts.reverse()
    elif pool:
        parts.append(chance.choice(list(pool)))
    return expr._replace(parts=tuple(parts[:8]))
