"""PURE: a Python file as blocks: one per function body, and one for everything that runs when it is imported."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Blocks:
    """The fingerprints of one file; layout and comments are no part of them."""

    imported: str
    """Everything but the bodies of functions: decorators, defaults, annotations, docstrings and classes are in it."""
    bodies: dict[str, str]
    """By qualified name; a second function of one name is `name#2`."""
    spans: tuple[tuple[int, int, str], ...]
    """First line (decorators in), last line and name of each function that is in no other, from the top."""

    def at(self, line: int) -> str:
        """Return the body a line belongs to; empty for the import-time block."""
        return next((name for first, last, name in self.spans if first <= line <= last), "")


def blocks_of(source: bytes) -> Blocks | None:
    """Return the blocks of a file, or None when this is no Python that can be read."""
    try:
        tree = ast.parse(source)
        bodies: dict[str, str] = {}
        spans = []
        for name, function in _outermost(tree.body, ""):
            name = next(each for each in (name if n == 1 else f"{name}#{n}" for n in count(1)) if each not in bodies)
            first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
            spans.append((first, function.end_lineno or function.lineno, name))
            kept = function.body[:1] if ast.get_docstring(function, clean=False) is not None else []
            bodies[name] = _digest(function.body[len(kept) :])
            function.body = kept
        return Blocks(_digest([tree]), bodies, tuple(spans))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _outermost(body: list[ast.stmt], above: str) -> Iterator[tuple[str, Function]]:
    for node in body:
        if isinstance(node, Function):
            yield above + node.name, node
        else:
            inner = above + node.name + "." if isinstance(node, ast.ClassDef) else above
            for _, value in ast.iter_fields(node):
                yield from _outermost(_statements(value), inner)


def _statements(value: object) -> list[ast.stmt]:
    """Return the statements of one field, those of handlers and cases among them."""
    found: list[ast.stmt] = []
    for each in value if isinstance(value, list) else ():
        if isinstance(each, ast.stmt):
            found.append(each)
        elif isinstance(each, ast.ExceptHandler | ast.match_case):
            found += each.body
    return found


def _digest(nodes: list[ast.stmt] | list[ast.Module]) -> str:
    shown = "\n".join(ast.dump(node) for node in nodes)
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()[:16]
