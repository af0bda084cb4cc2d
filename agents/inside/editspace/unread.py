"""PURE: the names of a function, and which of them, of its class and of its module nothing reads."""

from __future__ import annotations

import ast
from typing import Any, List, NamedTuple, Optional, Set

from ..source import Function, Source

ANNOTATING = ("typing", "typing_extensions", "__future__")
"""What is imported from here may be read in comments and in texts alone."""


class Unread(NamedTuple):
    """Names that nothing reads: of a function, of its class, of its module."""

    names: Set[str]
    attributes: List[str]
    globals: List[str]

    @property
    def words(self) -> Set[str]:
        """All of them."""
        return {*self.names, *self.attributes, *self.globals}


def unread(source: Source, root: ast.AST) -> Unread:
    """Look through a function, or nothing of it when it is none, its class and its file."""
    klass = source.enclosing(root, (ast.ClassDef,)) if isinstance(root, Function) else None
    attributes = source.cached(("unread", klass), lambda: _of_class(klass)) if klass is not None else []
    return Unread(_of_function(root), attributes, source.cached("unread", lambda: _of_module(source)))


def idle(root: ast.AST) -> int:
    """Return how many names of a function nothing reads, and how many values the very next statement replaces."""
    bodies = [body for n in ast.walk(root) for body in (getattr(n, "body", None), getattr(n, "orelse", None))]
    replaced = sum(
        _stores(one) == _stores(after) != "" and _stores(one) not in _read(after)
        for body in bodies
        if isinstance(body, list)
        for one, after in zip(body, body[1:])
    )
    return len(_of_function(root)) + replaced


def parameters(root: Optional[ast.AST]) -> List[str]:
    """Return the parameter names of a function, in order; none for anything else."""
    if not isinstance(root, Function):
        return []
    spec = root.args
    every = [*getattr(spec, "posonlyargs", []), *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    return [one.arg for one in every if one is not None]


def stored(root: ast.AST, line: int = 1 << 30) -> List[str]:
    """Return the names bound at or above a line: stored to, caught, defined or imported."""
    return [name for node in ast.walk(root) if getattr(node, "lineno", line) <= line for name in _bound(node, root)]


def _bound(node: ast.AST, root: ast.AST) -> List[str]:
    if isinstance(node, ast.Name):
        return [node.id] if isinstance(node.ctx, ast.Store) else []
    if isinstance(node, ast.ExceptHandler):
        return [node.name] if node.name else []
    if isinstance(node, (*Function, ast.ClassDef)):
        return [node.name] if node is not root and isinstance(root, Function) else []
    if isinstance(node, (ast.Import, ast.ImportFrom)) and isinstance(root, Function):
        return [(one.asname or one.name).partition(".")[0] for one in node.names]
    return []


def _of_function(root: ast.AST) -> Set[str]:
    if not isinstance(root, Function):
        return set()
    own = {name for name in [*parameters(root), *stored(root)] if not name.startswith("_")}
    return own - _read(root) - {"self"}


def _stores(node: ast.AST) -> str:
    """Return the one name that a statement gives a value, or ''."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _of_class(klass: Any) -> List[str]:
    of_self = [n for n in ast.walk(klass) if isinstance(n, ast.Attribute) and getattr(n.value, "id", "") == "self"]
    read = {n.attr for n in of_self if isinstance(n.ctx, ast.Load)}
    return [n for n in dict.fromkeys(n.attr for n in of_self if isinstance(n.ctx, ast.Store)) if n not in read]


def _of_module(source: Source) -> List[str]:
    own = [node.name for node in source.tree.body if isinstance(node, Function) and node.name.startswith("_")]
    if not source.path.endswith("__init__.py"):  # what it imports is for others
        imports = [node for node in source.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        imports = [node for node in imports if getattr(node, "module", "") not in ANNOTATING]
        own += [one.asname or one.name for node in imports for one in node.names if "." not in one.name]
    known = {node.value for node in ast.walk(source.tree) if isinstance(node, ast.Constant)} | _read(source.tree)
    return [name for name in own if name not in known and name not in ("annotations", "*")]


def _read(root: ast.AST) -> Set[str]:
    return {n.id for n in ast.walk(root) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
