"""Which module-level statements suspicious functions depend on: tables, patterns, class attributes, in any module."""

from __future__ import annotations

import ast
import importlib.util
import sys
import types
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from . import reexec, regions
from .source import Function, Source

HEAD = 0.8
"""How suspicious the defaults of a function are beside its body."""
TABLE = 0.6
"""How suspicious what a function reads is beside it."""
FURTHER = 0.8
"""How suspicious what that is made of is, and what another module defines."""
LEAST = 0.05

SourceOf = Callable[[str], Optional[Source]]
Scores = Dict[str, float]


class Reads(NamedTuple):
    """What the suspicious functions of one file read, with how suspicious the most suspicious reader is."""

    names: Scores
    attributes: Scores


def reads(source: Source, functions: Scores) -> Reads:
    """Return what the functions read, by their scores per qualified name."""
    found = Reads({}, {})
    for node in regions.outermost(source):
        score = functions.get(regions.qualified(source, node), 0.0)
        if score:
            for name in reexec.read(node):
                _raise(found.names, name, score)
            for part in ast.walk(node):
                if isinstance(part, ast.Attribute):
                    _raise(found.attributes, part.attr, score)
    return found


def statements(
    source: Source, read: Scores, functions: Scores, ran: Dict[int, float]
) -> Iterator[Tuple[Any, Dict[int, float], bool]]:
    """Yield the module-level statements that bind what is read, or of which lines ran, with the lines' suspicion.

    Last comes whether the body of a function is meant: one that made what is read, and that no failing test runs.
    """
    read = _through(source, read)
    makers = _makers(source, read) - set(functions)
    for node in source.tree.body:
        if not isinstance(node, reexec.Blocks):
            continue
        lines: Dict[int, float] = {}
        for part in _parts(node):
            if isinstance(part, Function):
                score, stop = HEAD * functions.get(regions.qualified(source, part), 0.0), part.body[0].lineno
            else:
                stop = part.end_lineno
                score = TABLE * max([read.get(name, 0.0) for name in reexec.bound(part)] or [0.0])
                score = max([score, *(ran.get(line, 0.0) for line in range(part.lineno, stop + 1))])
            for line in range(part.lineno, stop + 1):
                lines[line] = max(lines.get(line, 0.0), score)
        if max(lines.values() or [0.0]) > LEAST:
            yield node, lines, False
        if isinstance(node, Function) and node.name in makers:
            score = TABLE * read.get(node.name, 0.0)
            yield node, dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), score), True


def _makers(source: Source, read: Scores) -> Set[str]:
    """Return what is called to make the values that are read."""
    made = [n for n in source.tree.body if isinstance(n, (ast.Assign, ast.AnnAssign)) and reexec.bound(n) & set(read)]
    calls = [part for node in made for part in ast.walk(node) if isinstance(part, ast.Call)]
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)}


def elsewhere(files: Dict[str, Reads], source_of: SourceOf, wanted: Callable[[str], bool]) -> Dict[str, Scores]:
    """Return, per other file, the names in it that are read: imported ones, values of modules and of classes."""
    found: Dict[str, Scores] = {}
    own = {getattr(module, "__file__", None) or "": module for module in list(sys.modules.values())}
    for path, some in files.items():
        module, source = reexec.module_of(path), source_of(path)
        if module is None or source is None:
            continue
        origins = [(_origin(module, source, name, source_of), score) for name, score in some.names.items()]
        for file, other in own.items():
            there = source_of(file) if other is not module and wanted(file) else None
            for name in _given(other, some.attributes, vars(module)) if there is not None else ():
                origin = _origin(other, there, name, source_of) or (file, name)
                origins.append((origin, some.attributes[name]))
        for place, score in origins:
            if place is not None and wanted(place[0]):
                _raise(found.setdefault(place[0], {}), place[1], FURTHER * score)
    return found


def _origin(module: Any, source: Any, name: str, source_of: SourceOf, depth: int = 3) -> Optional[Tuple[str, str]]:
    """Return the file and name where an imported name is bound, following what packages hand on."""
    for node in source.tree.body:
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            if (alias.asname or alias.name) != name:
                continue
            other = sys.modules.get(_resolved(node, module))
            path = getattr(other, "__file__", None)
            there = source_of(path) if isinstance(path, str) and path.endswith(".py") else None
            if there is None or path is None:
                return None
            further = _origin(other, there, alias.name, source_of, depth - 1) if depth else None
            return further or (path, alias.name)
    return None


def _resolved(node: ast.ImportFrom, module: Any) -> str:
    relative = "." * node.level + (node.module or "")
    try:
        return importlib.util.resolve_name(relative, getattr(module, "__package__", "") or "")
    except (ImportError, ValueError):
        return ""


def _given(other: Any, attributes: Scores, space: Dict[str, Any]) -> Set[str]:
    """Return the attributes that a module gives: its own where the other knows it by a name, those of its classes."""
    found: Set[str] = set()
    if any(value is other for value in space.values()):
        found |= {name for name in attributes if _is_value(vars(other).get(name))}
    for kind in list(vars(other).values()):
        if isinstance(kind, type) and kind.__module__ == other.__name__:
            found |= {name for name in attributes if name in vars(kind) and _is_value(vars(kind)[name])}
    return found


def _is_value(value: Any) -> bool:
    plain = (types.FunctionType, types.ModuleType, type, property, classmethod, staticmethod)
    return value is not None and not isinstance(value, (*plain, types.MemberDescriptorType))


def _through(source: Source, read: Scores) -> Scores:
    """Add what the tables that are read are made of."""
    found = dict(read)
    for node in reversed(source.tree.body):
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            score = max([found.get(name, 0.0) for name in reexec.bound(node)] or [0.0])
            for name in reexec.read(node) if score else ():
                _raise(found, name, FURTHER * score)
    return found


def _parts(node: Any) -> List[Any]:
    if isinstance(node, ast.ClassDef):
        return [part for inner in node.body for part in _parts(inner)]
    return [node]


def _raise(scores: Scores, name: str, score: float) -> None:
    scores[name] = max(scores.get(name, 0.0), score)
