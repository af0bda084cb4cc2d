"""PURE: code that nothing can reach or nothing uses, and the proof for each piece."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agents.techniques.mentions import Mentions
from agents.techniques.ruff import Found
from agents.techniques.spans import Edit, Source, blocks, cut, first_line, offset, offset_of_character

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_DEFINITIONS, ast.Lambda)

_QUIET_DECORATORS = frozenset(
    {"staticmethod", "classmethod", "property", "cached_property", "lru_cache", "cache", "contextmanager",
     "asynccontextmanager", "dataclass", "wraps", "override", "final"}
)  # fmt: skip
"""Decorators that tell nobody of what they decorate."""

_WORD_AT = re.compile(rb"[\w\x80-\xff]+")
_ACTS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


@dataclass(frozen=True, slots=True)
class Removal:
    """One piece of code to take out."""

    kind: str
    what: str
    path: str
    line: int
    why: str
    edits: tuple[Edit, ...]


def unreachable(source: Source) -> Iterator[Removal]:
    """Yield what stands behind a statement that always leaves its block."""
    for function in ast.walk(source.tree):
        if not isinstance(function, _FUNCTIONS):
            continue
        for owner, block in blocks(function):
            if owner is not function and isinstance(owner, _SCOPES):
                continue
            at = next((index for index, each in enumerate(block) if _leaves(each)), len(block))
            gone = block[at + 1 :]
            if gone and not _shapes(function, gone) and (edits := cut(source, block, gone)):
                why = f"line {block[at].lineno} always leaves first"
                yield Removal("unreachable code", function.name, source.path, gone[0].lineno, why, tuple(edits))


def private_names(source: Source) -> frozenset[str]:
    """Return the names that `private_definitions` would ask about."""
    named = (_private_name(owner, statement) for owner, block in blocks(source.tree) for statement in block)
    return frozenset(name for name in named if name)


def private_definitions(source: Source, mentions: Mentions, place: str) -> Iterator[Removal]:
    """Yield private definitions nobody mentions; `place` is the file's path as the mentions know it."""
    blind = mentions.blind(place)
    for owner, block in blocks(source.tree):
        for statement in block:
            name = _private_name(owner, statement)
            if not name or blind:
                continue
            start, end = first_line(statement), statement.end_lineno or statement.lineno
            if mentions.outside(name, place, start, end) or mentions.anywhere(_mangled(owner, name)):
                continue
            if mentions.composed(name, place, method=isinstance(owner, ast.ClassDef)):
                continue
            if edits := cut(source, block, [statement]):
                why = "no name, attribute or string in the repository mentions it"
                yield Removal("unused definition", name, source.path, statement.lineno, why, tuple(edits))


def shadowed(source: Source, finding: Found) -> Removal | None:
    """Return the first of two definitions of one name, when making it does nothing and nothing used it."""
    told = re.match(r"Redefinition of unused `(\w+)` from line (\d+)", finding.message)
    if told is None:
        return None
    for _, block in blocks(source.tree):
        pair = [each for each in block if isinstance(each, _DEFINITIONS) and each.name == told[1]]
        first = next((each for each in pair if first_line(each) <= int(told[2]) <= each.lineno), None)
        if first is None or not any(each.lineno == finding.row for each in pair) or first.decorator_list:
            continue
        if _quiet(first) and (edits := cut(source, block, [first])):
            why = f"line {finding.row} defines it again before anybody uses it"
            return Removal("shadowed definition", told[1], source.path, first.lineno, why, tuple(edits))
    return None


def unused_local(source: Source, finding: Found) -> Removal | None:
    """Return the assignment of a local nobody reads, when working out its value does nothing."""
    at = offset_of_character(source, finding.row, finding.column)
    if _is_read(source, _WORD_AT.match(source.content, at), finding.row):
        return None
    why = "it is assigned and never read"
    for owner, block in blocks(source.tree):
        for statement in block:
            target = _assigned(statement)
            if target is not None and offset(source, target.lineno, target.col_offset) == at:
                if not _worthless(statement, within_try=isinstance(owner, ast.Try)):
                    return None
                edits = cut(source, block, [statement])
                return _local(source, target.id, finding, why, edits)
    for node in ast.walk(source.tree):
        if (named := _named(source, node, at)) is not None:
            return _local(source, named[0], finding, why, [named[1]])
    return None


def unused_import(source: Source, finding: Found) -> Removal | None:
    """Return the import ruff can take out safely."""
    if not finding.safe or not finding.edits:
        return None
    edits = tuple(
        Edit(offset_of_character(source, *each.start), offset_of_character(source, *each.end), each.text.encode())
        for each in finding.edits
    )
    what = finding.message.split("`")[1] if finding.message.count("`") > 1 else finding.message
    return Removal("unused import", what, source.path, finding.row, "only removed code used it", edits)


BY_RULE: dict[str, Callable[[Source, Found], Removal | None]] = {
    "F811": shadowed,
    "F841": unused_local,
    "F401": unused_import,
}
"""What each of ruff's findings about unused code can become."""


def public_names(tree: ast.Module) -> frozenset[str]:
    """Return the public names a module defines at its top level."""
    names = {each.name for each in tree.body if isinstance(each, _DEFINITIONS)}
    names |= {
        target.id
        for each in tree.body
        if isinstance(each, ast.Assign | ast.AnnAssign)
        for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
        if isinstance(target, ast.Name)
    }
    return frozenset(name for name in names if not name.startswith("_"))


# --- unreachable code


def _leaves(statement: ast.stmt) -> bool:
    match statement:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.If(body=body, orelse=orelse):
            return bool(orelse) and any(map(_leaves, body)) and any(map(_leaves, orelse))
        case _:
            return False


def _shapes(function: ast.AST, gone: Sequence[ast.stmt]) -> bool:
    """Return whether dead statements still matter: a yield makes a generator, an assignment makes a name local."""
    inside = [node for statement in gone for node in ast.walk(statement)]
    if any(isinstance(node, ast.Yield | ast.YieldFrom | ast.Await | ast.Global | ast.Nonlocal) for node in inside):
        return True
    bound = {name for node in inside for name in _binds(node)}
    dead = set(map(id, inside))
    alive = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and id(node) not in dead}
    return bool(bound & alive)


def _binds(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.alias(name=name, asname=asname):
            return [asname or name.partition(".")[0]]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case _:
            return []


# --- private definitions


def _private_name(owner: ast.AST, statement: ast.stmt) -> str:
    """Return the name a statement defines for this file alone, empty when it defines none or does more."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if _quiet(statement):
            name = statement.name
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if isinstance(owner, ast.Module) and _still(value):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if isinstance(owner, ast.Module):
            if value is not None and not _still(value):
                return ""
        case _:
            return ""
    if not name.startswith("_") or name.endswith("_"):
        return ""
    if isinstance(owner, ast.ClassDef) and not _plain(owner):
        return ""
    return name if isinstance(owner, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) else ""


def _mangled(owner: ast.AST, name: str) -> str:
    """Return what a name in a class is called from outside, empty when it is called the same."""
    return f"_{owner.name.lstrip('_')}{name}" if isinstance(owner, ast.ClassDef) and name.startswith("__") else ""


def _plain(owner: ast.ClassDef) -> bool:
    """Return whether nobody else's class can call the methods of this one: it inherits from nothing."""
    return not owner.keywords and all(isinstance(base, ast.Name) and base.id == "object" for base in owner.bases)


def _quiet(definition: Definition) -> bool:
    """Return whether making this definition does nothing but bind its name."""
    if not all(_decorator(each) in _QUIET_DECORATORS for each in definition.decorator_list):
        return False
    if isinstance(definition, ast.ClassDef):
        return _plain(definition) and all(map(_quiet_member, definition.body))
    arguments = definition.args
    given = [*arguments.defaults, *(each for each in arguments.kw_defaults if each is not None)]
    return not any(isinstance(node, _ACTS) for each in given for node in ast.walk(each))


def _quiet_member(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return _quiet(statement)
        case ast.Assign(value=value) | ast.Expr(value=value):
            return _still(value)
        case ast.AnnAssign(value=value):
            return value is None or _still(value)
        case _:
            return isinstance(statement, ast.Pass)


def _decorator(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


# --- locals


def _is_read(source: Source, word: re.Match[bytes] | None, line: int) -> bool:
    """Return whether the function around a line reads the name at all: then the assignment says whose name it is."""
    around = [each for each in ast.walk(source.tree) if isinstance(each, _FUNCTIONS) and _holds(each, line)]
    scope = min(around, key=lambda each: (each.end_lineno or each.lineno) - each.lineno, default=source.tree)
    name = word[0].decode() if word else ""
    read = (each.id for each in ast.walk(scope) if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Store))
    return not name or name in read


def _holds(statement: ast.stmt, line: int) -> bool:
    return statement.lineno <= line <= (statement.end_lineno or statement.lineno)


def _assigned(statement: ast.stmt) -> ast.Name | None:
    match statement:
        case ast.Assign(targets=[ast.Name() as target]) | ast.AnnAssign(target=ast.Name() as target):
            return target
        case _:
            return None


def _worthless(statement: ast.stmt, *, within_try: bool) -> bool:
    value = getattr(statement, "value", None)
    if value is None:
        return True
    # Directly in a try, reading a name can be the question the try asks.
    return isinstance(value, ast.Constant) if within_try else _still(value)


def _still(value: ast.expr) -> bool:
    """Return whether working out this value does nothing and calls nobody."""
    match value:
        case ast.Constant() | ast.Name() | ast.Lambda():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return all(map(_still, parts))
        case ast.Set(elts=parts):
            return all(isinstance(each, ast.Constant) for each in parts)
        case ast.Dict(keys=keys, values=values):
            return all(isinstance(each, ast.Constant) for each in keys) and all(map(_still, values))
        case ast.UnaryOp(operand=ast.Constant(value=int() | float())):
            return True
        case _:
            return False


def _local(source: Source, name: str, finding: Found, why: str, edits: Sequence[Edit]) -> Removal | None:
    return Removal("unused assignment", name, source.path, finding.row, why, tuple(edits)) if edits else None


def _named(source: Source, node: ast.AST, at: int) -> tuple[str, Edit] | None:
    """Return the edit that takes an unread `as name` out of an except or a with."""
    match node:
        case ast.ExceptHandler(type=ast.expr() as before, name=str(name)):
            pass
        case ast.withitem(context_expr=before, optional_vars=ast.Name(id=name)):
            pass
        case _:
            return None
    start = offset(source, before.end_lineno or before.lineno, before.end_col_offset or 0)
    found = re.match(rb"([\s)]*?)\s+as\s+(" + name.encode() + rb")\b", source.content[start:])
    if found is None or start + found.start(2) != at:
        return None
    return name, Edit(start + found.end(1), start + found.end(2))
