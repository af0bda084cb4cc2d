"""PURE: the functions of a tree, which of another tree is the same one, and who uses whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agents.workspace.layout import parse

Known = tuple[str, str]
"""A function by its file and its qualified name."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One function or method."""

    line: int
    shape: str
    """Its syntax without names: equal for a function that was only renamed or moved."""
    mentions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Definitions:
    """Every function of a tree's sources."""

    all: Mapping[Known, Definition]
    loose: Mapping[str, frozenset[str]]
    """Names that code outside of functions mentions, by file; imports and `__all__` left out."""

    @staticmethod
    def read(texts: Mapping[str, str]) -> Definitions:
        """Read the sources of a tree."""
        found: dict[Known, Definition] = {}
        loose: dict[str, frozenset[str]] = {}
        for path, text in texts.items():
            tree = parse(text)
            if tree is not None:
                _below(tree, "", path, found)
                loose[path] = _loose(tree)
        return Definitions(found, loose)

    def twins(self, other: Definitions) -> dict[Known, Known]:
        """Return for each function here its counterpart there: of the same name, else the only one of its shape."""
        twins = {name: name for name in self.all if name in other.all}
        free: dict[str, list[Known]] = {}
        for name, definition in other.all.items():
            if name not in self.all:
                free.setdefault(definition.shape, []).append(name)
        for name, definition in self.all.items():
            if name in twins:
                continue
            found = free.get(definition.shape, [])
            same = [twin for twin in found if twin[1].rpartition(".")[2] == name[1].rpartition(".")[2]] or found
            if len(same) == 1:
                twins[name] = same[0]
                found.remove(same[0])
        return twins

    def user_of(self, name: Known, besides: Collection[Known]) -> Known | None:
        """Return a function or module that mentions a function, other than itself and some others."""
        last = name[1].rpartition(".")[2]
        if last.startswith("__") and last.endswith("__"):
            return None
        for other, definition in self.all.items():
            if other != name and other not in besides and last in definition.mentions:
                return other
        return next(((path, "the module") for path, names in self.loose.items() if last in names), None)


def _below(node: ast.AST, prefix: str, path: str, found: dict[Known, Definition]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            found[path, prefix + child.name] = Definition(child.lineno, _shape(child), _mentions(child))
        elif isinstance(child, ast.ClassDef):
            _below(child, f"{prefix}{child.name}.", path, found)
        elif isinstance(child, ast.If | ast.Try | ast.With):
            _below(child, prefix, path, found)


def _shape(node: ast.AST) -> str:
    """Annotations and docstrings do nothing, and names are only names."""
    text = ast.dump(_bare(node))
    return re.sub(r"(id|attr|arg|name)='[^']*'", r"\1", text)


def _bare(node: ast.AST) -> ast.AST:
    tree = ast.parse(ast.unparse(node))
    for each in ast.walk(tree):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            each.returns = None
            if (
                len(each.body) > 1
                and isinstance(each.body[0], ast.Expr)
                and isinstance(each.body[0].value, ast.Constant)
            ):
                each.body = each.body[1:]
        elif isinstance(each, ast.arg):
            each.annotation = None
    return tree


def _mentions(node: ast.AST) -> frozenset[str]:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return frozenset(names | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)})


def _loose(tree: ast.Module) -> frozenset[str]:
    names: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Import | ast.ImportFrom):
            continue
        if isinstance(statement, ast.ClassDef):
            for part in statement.body:
                if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                    names |= _mentions(part)
        else:
            names |= _mentions(statement)
    return frozenset(names)
