"""PURE: what a source text writes down, and how often it decides or asks."""

from __future__ import annotations

import ast
from collections import Counter
from functools import lru_cache

from agents.workspace.layout import parse

KEPT = 64
"""Texts of which it is remembered what they say: each function that changed asks again."""


@lru_cache(KEPT)
def decisions(text: str) -> int:
    """Return how often it decides or looks something up."""
    tree = parse(text)
    kinds = (ast.If, ast.IfExp, ast.Compare, ast.Dict, ast.Subscript, ast.Match, ast.Try, ast.BoolOp)
    return sum(isinstance(node, kinds) for node in ast.walk(tree)) if tree is not None else 0


@lru_cache(KEPT)
def constants(text: str) -> set[str]:
    """Return what it writes down, as it would be written again."""
    tree = parse(text)
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)] if tree is not None else []
    return {repr(value) for value in found if value not in (None, True, False, 0, 1, -1, "") and value is not ...}


@lru_cache(KEPT)
def figures(text: str) -> Counter[float]:
    """Return the numbers it writes down; those that stand everywhere are left out."""
    tree = parse(text)
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)] if tree is not None else []
    plain = [float(value) for value in found if isinstance(value, int | float) and not isinstance(value, bool)]
    return Counter(value for value in plain if value not in (0, 1, -1))


@lru_cache(KEPT)
def loads(text: str) -> int:
    """Return how often it asks for a name."""
    tree = parse(text)
    return sum(isinstance(node, ast.Name) for node in ast.walk(tree)) if tree is not None else 0


NOW = frozenset({"time", "time_ns", "now", "utcnow", "today", "localtime", "gmtime", "ctime", "asctime", "strftime"})
"""What of the library tells the time, or shows it where none is given."""


@lru_cache(KEPT)
def asks_the_time(text: str) -> int:
    """Return how often it names what tells the time."""
    tree = parse(text)
    nodes = list(ast.walk(tree)) if tree is not None else []
    names = [each.id if isinstance(each, ast.Name) else each.attr for each in nodes
             if isinstance(each, ast.Name | ast.Attribute)]  # fmt: skip
    return sum(name in NOW for name in names)
