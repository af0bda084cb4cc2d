"""The project's functions by where they stand, and their code with a fault put into it."""

from __future__ import annotations

import ast
import importlib.machinery
import os
import types
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from . import faults

Place = Tuple[str, int]
"""A function by its file and its first line."""


class Subject(NamedTuple):
    """One function of the project."""

    path: str
    name: str
    node: Any
    tree: Any


class Key(NamedTuple):
    """One fault, by what stands in the text and not by where."""

    path: str
    function: str
    what: str
    number: int
    asked: str


def compiled(subject: Subject, key: Key, place: Place) -> Optional[Tuple[Any, types.CodeType]]:
    """Return the module and the function with a fault in them; None where it cannot be put there."""
    if key.what == "asked":
        undo = faults.bent(subject.node, "bend", key.asked)
    else:
        found = [f for number, f in enumerate(faults.faults_of(subject.node)) if number == key.number]
        if not found or found[0].what != key.what:
            return None
        undo = found[0].apply()
    try:
        module = compile(
            ast.fix_missing_locations(subject.tree), os.path.realpath(subject.path), "exec", dont_inherit=True
        )
    except (SyntaxError, ValueError, TypeError):
        return None
    finally:
        undo()
    code = _find(module, place[1], subject.node.name)
    return (module, code) if code is not None else None


def compiled_text(text: bytes, path: str, name: str, line: int) -> Optional[Tuple[Any, types.CodeType]]:
    """Return the module of another text of a file, and its function that begins on a line; None where there is none."""
    try:
        module = compile(text, os.path.realpath(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    code = _find(module, line, name)
    return (module, code) if code is not None else None


def _find(code: types.CodeType, line: int, name: str) -> Optional[types.CodeType]:
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            if const.co_firstlineno == line and const.co_name == name:
                return const
            found = _find(const, line, name)
            if found is not None:
                return found
    return None


def serve(path: str, module: Any) -> None:
    """A module that is imported later must have the fault too."""
    real = os.path.realpath(path)
    plain = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: Any, fullname: str) -> Any:
        return module if os.path.realpath(self.get_filename(fullname)) == real else plain(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]


def subjects(files: List[str]) -> Dict[Place, Subject]:
    """Return every function of some files by its place."""
    found: Dict[Place, Subject] = {}
    for path in files:
        try:
            with open(path, "rb") as file:
                tree = ast.parse(file.read())
        except (OSError, SyntaxError, ValueError):
            continue
        _below(tree, "", path, tree, found)
    return found


def _below(node: Any, prefix: str, path: str, tree: Any, found: Dict[Place, Subject]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, faults.Function):
            if any(getattr(each, "attr", getattr(each, "id", "")) == "overload" for each in child.decorator_list):
                continue  # never called: it tells types alone, and has the name of what is called
            first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
            found[path, first] = Subject(path, prefix + child.name, child, tree)
        elif isinstance(child, ast.ClassDef):
            _below(child, prefix + child.name + ".", path, tree, found)
        elif isinstance(child, (ast.If, ast.Try, ast.With)):
            _below(child, prefix, path, tree, found)
