"""Faults of what a module knows by itself: tables, limits and patterns that its functions read."""

from __future__ import annotations

import ast
import importlib.machinery
import os
import re
import sys
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Set, Tuple

from .faults import bend

WHAT = "module"
PARTS = 6
"""Parts of one table that are taken away or put otherwise."""


class Known(NamedTuple):
    """One name that a module, or a class in it, gives a value."""

    path: str
    name: str
    """With its class in front, if it has one."""
    line: int


def constants(files: Sequence[str]) -> Iterator[Known]:
    """Yield what the modules and their classes name, by the text."""
    for path in files:
        try:
            with open(path, "rb") as file:
                tree = ast.parse(file.read())
        except (OSError, SyntaxError, ValueError):
            continue
        for prefix, body in [("", tree.body), *((c.name + ".", c.body) for c in tree.body if type(c) is ast.ClassDef)]:
            for statement in body:
                targets = statement.targets if isinstance(statement, ast.Assign) else []
                if isinstance(statement, ast.AnnAssign) and statement.value is not None:
                    targets = [statement.target]
                for target in targets:
                    if isinstance(target, ast.Name) and not target.id.startswith("__"):
                        yield Known(path, prefix + target.id, statement.lineno)


def mentions(node: Any) -> Set[str]:
    """Return every name that a function reads."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def found(known: Known) -> Tuple[Any, Any]:
    """Return what holds the name in this interpreter and its value; (None, None) where it is not loaded."""
    real = os.path.realpath(known.path)
    for module in list(sys.modules.values()):
        if os.path.realpath(getattr(module, "__file__", None) or "/") == real:
            holder: Any = module
            *classes, last = known.name.split(".")
            for name in classes:
                holder = vars(holder).get(name)
            if isinstance(holder, type) or holder is module:
                return holder, vars(holder).get(last)
    return None, None


def others(value: Any) -> List[Tuple[str, Any]]:
    """Return values that are not this one, each with what is other about it."""
    if isinstance(value, dict):
        keys = list(value)[:PARTS]
        gone = [("without %.40r" % (key,), {k: v for k, v in value.items() if k != key}) for key in keys]
        return gone + [("other value of %.40r" % (key,), {**value, key: bend(value[key], "bend")}) for key in keys]
    if type(value) in (list, tuple, set, frozenset):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else list(value)
        places = range(min(PARTS, len(items)))
        return [
            ("without %.40r" % (items[p],), type(value)(items[:p] + items[p + 1 :])) for p in places
        ]  # fmt: skip
    if type(value) in (int, float, str, bytes, bool):
        nothing = [("nothing", type(value)())] if value and type(value) is not bool else []
        return [("other value", bend(value, "bend")), *nothing]
    if type(value) is re.compile("").__class__:
        return [("it matches nothing", re.compile(b"(?!)" if isinstance(value.pattern, bytes) else "(?!)"))]
    if type(value).__name__ in ("Decimal", "Fraction", "timedelta"):
        return [("other value", value * 2)]
    return []


def put(known: Known, new: Any) -> None:
    """Let every module that has the value have another one; tables that are shared are changed as they stand."""
    holder, old = found(known)
    last = known.name.rpartition(".")[2]
    if isinstance(old, dict):
        old.clear()
        old.update(new)
    elif isinstance(old, list):
        old[:] = new
    elif isinstance(old, set):
        old.clear()
        old |= new
    elif isinstance(holder, type):
        setattr(holder, last, new)
    else:
        for module in list(sys.modules.values()):
            parts: Dict[str, Any] = getattr(module, "__dict__", {})
            if last in parts and parts[last] is old:
                parts[last] = new


def put_once_loaded(known: Known, number: int, text: str) -> None:
    """Let the value be another one as soon as its module is there, before anything can be made of it elsewhere."""
    real = os.path.realpath(known.path)
    loader = importlib.machinery.SourceFileLoader
    plain = loader.exec_module

    def exec_module(self: Any, module: Any) -> None:
        plain(self, module)
        if os.path.realpath(module.__spec__.origin or "") == real:
            value = found(known)[1]
            changed = others(value) if text_of(value) == text else []
            if number < len(changed):
                put(known, changed[number][1])

    loader.exec_module = exec_module  # type: ignore[method-assign]


def text_of(value: Any) -> str:
    """Return what tells one value from another in a key."""
    return re.sub(r"0x[0-9a-f]+", "0x", repr(value))[:200]
