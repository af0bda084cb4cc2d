"""PURE: whether changed tests want everything that they wanted before, and more."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Sequence
from typing import Any

from agents.workspace.layout import parse

WIDER = (ast.Module, ast.ClassDef)
"""What may get statements."""
DISPLAYS = (ast.List, ast.Tuple, ast.Set)


def grew(before: str, after: str, path: str) -> bool:
    """Return whether a file of tests, or of what they compare with, says all it said before."""
    if path.endswith(".py"):
        old, new = parse(before), parse(after)
        return old is not None and new is not None and _node(old, new)
    try:
        return _value(json.loads(before), json.loads(after))
    except (ValueError, RecursionError):
        return _text(before, after)


def _node(old: Any, new: Any) -> bool:
    if type(old) is not type(new):
        return False
    if isinstance(old, ast.Constant):
        return _value(old.value, new.value)
    if isinstance(old, ast.Compare) and not all(type(op) is ast.Eq for op in old.ops):
        return ast.dump(old) == ast.dump(new)  # more to be among, or to be less than, may be less to ask for
    if isinstance(old, WIDER):
        return _fields(old, new, skip="body") and _within(old.body, new.body, _node)
    if isinstance(old, DISPLAYS):
        return _within(old.elts, new.elts, _node)
    if isinstance(old, ast.Dict):
        known, there = (list(zip(each.keys, each.values, strict=True)) for each in (old, new))
        return _within(known, there, lambda was, now: _exactly(was[0], now[0]) and _node(was[1], now[1]))
    return _fields(old, new)


def _fields(old: Any, new: Any, skip: str = "") -> bool:
    for name, was in ast.iter_fields(old):
        now = getattr(new, name)
        if name == skip:
            continue
        if isinstance(was, list):
            if len(was) != len(now) or not all(map(_part, was, now)):
                return False
        elif not _part(was, now):
            return False
    return True


def _part(old: Any, new: Any) -> bool:
    return _node(old, new) if isinstance(old, ast.AST) else bool(old == new)


def _exactly(old: Any, new: Any) -> bool:
    return (old is None) == (new is None) and (old is None or ast.dump(old) == ast.dump(new))


def _value(old: Any, new: Any) -> bool:
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return all(key in new and _value(part, new[key]) for key, part in old.items())
    if isinstance(old, list):
        return _within(old, new, _value)
    return _text(old, new) if isinstance(old, str) else bool(old == new)


def _text(old: str, new: str) -> bool:
    return old == new or (bool(old.split()) and _within(old.split(), new.split(), lambda was, now: bool(was == now)))


def _within(old: Sequence[Any], new: Sequence[Any], alike: Callable[[Any, Any], bool]) -> bool:
    """Return whether everything is there still, in the same order."""
    rest = iter(new)
    return all(any(alike(was, now) for now in rest) for was in old)
