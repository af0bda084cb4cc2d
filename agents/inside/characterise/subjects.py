"""Finds the function behind `path::qualname` and how one calls it: by name, on an instance, by an operator."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import re
import types
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Tuple

OPERATORS = {
    "__str__": "str({receiver})", "__repr__": "repr({receiver})", "__len__": "len({receiver})",
    "__bool__": "bool({receiver})", "__iter__": "list({receiver})", "__call__": "{receiver}({arguments})",
    "__int__": "int({receiver})", "__float__": "float({receiver})", "__abs__": "abs({receiver})",
    "__neg__": "-{receiver}", "__pos__": "+{receiver}", "__invert__": "~{receiver}",
    "__reversed__": "list(reversed({receiver}))",
    "__getitem__": "{receiver}[{arguments}]", "__contains__": "{arguments} in {receiver}",
    "__eq__": "{receiver} == {arguments}", "__ne__": "{receiver} != {arguments}", "__lt__": "{receiver} < {arguments}",
    "__le__": "{receiver} <= {arguments}", "__gt__": "{receiver} > {arguments}", "__ge__": "{receiver} >= {arguments}",
    "__add__": "{receiver} + {arguments}", "__sub__": "{receiver} - {arguments}", "__mul__": "{receiver} * {arguments}",
    "__truediv__": "{receiver} / {arguments}", "__floordiv__": "{receiver} // {arguments}",
    "__mod__": "{receiver} % {arguments}", "__pow__": "{receiver} ** {arguments}", "__or__": "{receiver} | {arguments}",
    "__and__": "{receiver} & {arguments}", "__xor__": "{receiver} ^ {arguments}",
    "__radd__": "{arguments} + {receiver}",
    "__rmul__": "{arguments} * {receiver}", "__rsub__": "{arguments} - {receiver}",
    "__format__": "format({receiver}, {arguments})",
    "__round__": "round({receiver})", "__copy__": "copy.copy({receiver})",
    "__deepcopy__": "copy.deepcopy({receiver})", "__setitem__": "operator.setitem({receiver}, {arguments})",
    "__delitem__": "operator.delitem({receiver}, {arguments})",
    "__bytes__": "bytes({receiver})",
}  # fmt: skip
DRIVERS = 3
"""Public functions through which a private one is looked for."""
MADE = ("__init__", "__new__", "__post_init__")
Function = (ast.FunctionDef, ast.AsyncFunctionDef)


class NotCallable(Exception):
    """The target cannot be called from a test; the message says why."""


class Subject(NamedTuple):
    """One function under test."""

    target: str
    """`path::qualname`."""
    module: str
    title: str
    """Readable name, for the names of tests."""
    shape: str
    parameters: Tuple[inspect.Parameter, ...]
    function: Any
    """What callers call: where their samples are filed."""
    owner: Any
    """Class whose instance is needed, or None."""
    needs: Dict[str, Any]
    """Names in the shape."""
    node: Any
    """Syntax tree of the function."""
    lines: FrozenSet[int]

    @property
    def method(self) -> str:
        """Name under which method calls are filed; empty for what is called by its own name."""
        return str(self.node.name) if self.owner is not None else ""


def ways(target: str, module: types.ModuleType, tree: ast.Module) -> List[Subject]:
    """Return the ways to a target, the best first; raise NotCallable when there is none.

    What is private, or hidden in a class, is better reached through the public functions that use it.
    """
    trail = _trail(tree, target.partition("::")[2].partition(".<locals>")[0].split("."))
    own = ""
    found: List[Subject] = []
    try:
        found.append(subject(target, module, tree))
    except NotCallable as why:
        own = str(why)
    name = str(trail[-1].name)
    if not found or (name.startswith("_") and not name.endswith("__")):
        through = []
        for driver in drivers(name, tree)[:DRIVERS]:
            try:
                by = subject(target.partition("::")[0] + "::" + driver, module, tree)
            except NotCallable:
                continue
            through.append(by._replace(target=target, lines=_lines(trail[-1])))
        found = [*through, *found]
    if not found:
        raise NotCallable(own)
    return found


def drivers(name: str, tree: ast.Module) -> List[str]:
    """Return the public functions of a file that use a name, through private ones as well, the nearest first."""
    scopes: List[Tuple[str, List[ast.stmt]]] = [("", tree.body)]
    scopes += [(each.name + ".", each.body) for each in tree.body if isinstance(each, ast.ClassDef)]
    known = [(prefix + each.name, each) for prefix, body in scopes for each in body if isinstance(each, Function)]
    found: List[str] = []
    waiting, seen = [name], {name}
    while waiting:
        wanted = waiting.pop(0)
        for qualname, node in known:
            if node.name in seen or not any(
                wanted in (getattr(each, "id", ""), getattr(each, "attr", "")) for each in ast.walk(node)
            ):
                continue
            seen.add(node.name)
            if node.name.startswith("_") and not node.name.endswith("__"):
                waiting.append(node.name)
            elif qualname not in found:
                found.append(qualname)
    return found


def subject(target: str, module: types.ModuleType, tree: ast.Module) -> Subject:
    """Return how to call a target; raise NotCallable with the reason."""
    qualname = target.partition("::")[2].partition(".<locals>")[0]
    trail = _trail(tree, qualname.split("."))
    node = trail[-1]
    if not isinstance(node, Function):
        raise NotCallable("it is no function")
    lines = _lines(node)
    owners = [each for each in trail[:-1] if isinstance(each, ast.ClassDef)]
    if len(owners) > 1 or len(trail) > 2:
        raise NotCallable("it stands in a class inside another")
    if owners:
        return _of_class(target, module, owners[0].name, node, lines)
    found = getattr(module, node.name, None)
    if found is None or not callable(found):
        raise NotCallable("the module has no such function once it is imported")
    parameters = _parameters(found)
    shape = node.name + "({arguments})"
    return Subject(target, module.__name__, node.name.strip("_"), shape, parameters, found, None,
                   {node.name: found}, node, lines)  # fmt: skip


def _lines(node: Any) -> FrozenSet[int]:
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return frozenset(range(first, (node.end_lineno or first) + 1))


def _trail(tree: ast.Module, names: List[str]) -> List[Any]:
    """Return the definitions on the way to a qualified name; the last of several with one name, as Python does."""
    body: List[ast.stmt] = tree.body
    trail: List[Any] = []
    for name in names:
        known = [each for each in _definitions(body) if each.name == name]
        if not known:
            raise NotCallable("the file has no such function")
        trail.append(known[-1])
        body = known[-1].body
    return trail


def _definitions(body: List[ast.stmt]) -> List[Any]:
    found: List[Any] = []
    for node in body:
        if isinstance(node, (*Function, ast.ClassDef)):
            found.append(node)
        elif isinstance(node, (ast.If, ast.Try)):
            inner = [*node.body, *node.orelse]
            found += _definitions(inner)
    return found


def _of_class(target: str, module: types.ModuleType, owner: str, node: Any, lines: FrozenSet[int]) -> Subject:
    kind = getattr(module, owner, None)
    if not isinstance(kind, type):
        raise NotCallable("its class is not there once the module is imported")
    held = inspect.getattr_static(kind, node.name, None)
    needs: Dict[str, Any] = {owner: kind}
    title = snake(owner) + "_" + node.name.strip("_")

    def made(shape: str, parameters: Tuple[inspect.Parameter, ...], function: Any, receiver: Any) -> Subject:
        return Subject(target, module.__name__, title, shape, parameters, function, receiver, needs, node, lines)

    if node.name in MADE:
        return made(owner + "({arguments})", _parameters(kind), kind, None)
    if isinstance(held, (classmethod, staticmethod)):
        bound = getattr(kind, node.name)
        return made(owner + "." + node.name + "({arguments})", _parameters(bound), bound, None)
    if isinstance(held, (property, functools.cached_property)):
        if isinstance(held, property) and any("setter" in ast.dump(each) for each in node.decorator_list):
            raise NotCallable("it sets a property")
        return made("{receiver}." + node.name, (), held, kind)
    if not callable(held):
        raise NotCallable("its class hides it")
    parameters = _parameters(held)[1:]
    if node.name.startswith("__") and node.name.endswith("__"):
        if node.name not in OPERATORS:
            raise NotCallable("nothing but Python itself calls %s" % node.name)
        for library in ("copy", "operator"):
            if OPERATORS[node.name].startswith(library + "."):
                needs[library] = importlib.import_module(library)
        return made(OPERATORS[node.name], parameters, held, kind)
    return made("{receiver}." + node.name + "({arguments})", parameters, held, kind)


def _parameters(function: Any) -> Tuple[inspect.Parameter, ...]:
    try:
        return tuple(inspect.signature(function).parameters.values())
    except (TypeError, ValueError) as error:
        raise NotCallable("its signature cannot be read") from error


def snake(word: str) -> str:
    """Return a class name as words: `HTTPServer` is `http_server`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", word).lower().strip("_")


def unwrapped(function: Any) -> Optional[Any]:
    """Return the plain function behind decorators, properties and bound methods; None when there is none."""
    if isinstance(function, property):
        function = function.fget
    if isinstance(function, functools.cached_property):
        function = function.func
    if inspect.isclass(function):
        function = function.__init__
    function = inspect.unwrap(getattr(function, "__func__", function))
    return function if isinstance(function, types.FunctionType) else None
