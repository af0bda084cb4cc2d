"""Module-level code changed in a fork: the edited statement is run again and what it defined is put everywhere."""

from __future__ import annotations

import ast
import os
import sys
import types
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

from .regions import Unfit, future_flags
from .source import Function, Source, Splice, spliced

Blocks = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.ClassDef,
    *Function,
    ast.If,
    ast.Try,
    ast.Expr,
    ast.For,
    ast.With,
)

Holder = Tuple[Dict[str, Any], str]
"""The names of a module, and one of them."""
Held = Dict[str, List[Holder]]


class StatementRegion:
    """One module-level statement, and the later ones that use what it defines."""

    def __init__(self, source: Source, node: Any, module: Any) -> None:
        self.source, self.node, self.module = source, node, module
        self.name = getattr(node, "name", "") or ", ".join(sorted(bound(node))[:3]) or "<module>"
        self.flags = future_flags(source.tree)
        self.first, self.last = source.line_of(source.whole(node)[0]), node.end_lineno
        self._held: Optional[Held] = None
        self.is_undone = self._is_undone()
        """Whether a fork can put back what was there and judge another edit: only names get other values."""

    def held(self) -> Held:
        """Return who holds what this statement and its followers define, by name.

        Found once, before the forks: it touches every object that a module holds, and what a fork touches is copied.
        """
        if self._held is None:
            names = {name for node in (self.node, *self.followers()) for name in bound(node)}
            space = self.module.__dict__
            self._held = _holders({name: space[name] for name in names if name in space})
        return self._held

    def _is_undone(self) -> bool:
        again, space = (self.node, *self.followers()), self.module.__dict__
        kept = (type, types.FunctionType)  # these are changed in place
        return all(map(_gives_values, again)) and not any(
            isinstance(space.get(name), kept) for node in again for name in bound(node)
        )

    def earlier(self) -> Set[str]:
        """Return the names that module-level statements before this one bind."""
        body = self.source.tree.body
        return {name for node in body[: body.index(self.node)] for name in bound(node)}

    def followers(self) -> List[Any]:
        """Return the later module-level statements that read what this one binds when they run."""
        names = set(bound(self.node))
        found = []
        body = self.source.tree.body
        for node in body[body.index(self.node) + 1 :]:
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and names & read(node):
                found.append(node)
                names |= bound(node)
        return found


class Applied:
    """What a statement and its followers define, as it was before they were run again."""

    def __init__(self, region: StatementRegion) -> None:
        space = region.module.__dict__
        names = {name for node in (region.node, *region.followers()) for name in bound(node)}
        self._space, self._missing = space, names - set(space)
        holders = [(space, name) for name in names - self._missing]
        holders += [holder for name in names for holder in region.held().get(name, ())]
        self._values = [(some, key, some[key]) for some, key in holders]

    def restore(self) -> None:
        """Give every holder the value that it had; what was changed in place stays changed."""
        for space, key, value in self._values:
            space[key] = value
        for name in self._missing:
            self._space.pop(name, None)


def apply(region: StatementRegion, splices: Tuple[Splice, ...]) -> Applied:
    """Run the edited statement in its module and replace what it defined wherever it is used; raise Unfit.

    Where the region says that it can be undone, the answer does so, and what does not run has changed nothing.
    """
    before = Applied(region)
    try:
        _apply(region, splices)
    except Unfit:
        before.restore()
        raise
    return before


def _apply(region: StatementRegion, splices: Tuple[Splice, ...]) -> None:
    source, space, held = region.source, region.module.__dict__, region.held()
    start, end = source.whole(region.node)
    text = spliced(source.data[start:end], tuple((a - start, b - start, new) for a, b, new in splices))
    names = set(bound(region.node))
    old = {name: space[name] for name in names if name in space}
    for name in names - region.earlier():
        space.pop(name, None)
    _run(text, region, space)
    for node in region.followers():
        for name in bound(node):
            old.setdefault(name, space.get(name))
        _run(source.text(node).encode("utf-8"), region, space)
    for name, value in old.items():
        if name in space and space[name] is not value:
            space[name] = _replaced(held.get(name, ()), value, space[name])


def _run(text: bytes, region: StatementRegion, space: Dict[str, Any]) -> None:
    try:
        exec(compile(text, region.module.__file__, "exec", region.flags, True, 0), space)
    except BaseException as problem:
        raise Unfit(f"{type(problem).__name__}: {problem}") from problem


def _replaced(held: Sequence[Holder], old: Any, new: Any) -> Any:
    if isinstance(old, type) and isinstance(new, type):
        return _transplanted(held, old, new)
    if type(old) is type(new) is types.FunctionType and not old.__closure__ and not new.__closure__:
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
        return old
    _rebound(held, new)
    return new


def _transplanted(held: Sequence[Holder], old: Any, new: Any) -> Any:
    """Give the old class the new one's attributes, so that its objects and subclasses see them."""
    if any(base.__name__ in ("Enum", "tuple") for base in old.__mro__[1:]):
        _rebound(held, new)
        return new
    for name, value in list(vars(new).items()):
        if name in ("__dict__", "__weakref__", "__slots__") or isinstance(
            value, (types.MemberDescriptorType, types.GetSetDescriptorType)
        ):
            continue
        _rehome(value, new, old)
        try:
            setattr(old, name, value)
        except (AttributeError, TypeError) as problem:
            raise Unfit(str(problem)) from problem
    for name in set(vars(old)) - set(vars(new)):
        if not name.startswith("__"):
            delattr(old, name)
    return old


def _rehome(value: Any, new: Any, old: Any) -> None:
    """Let `super()` in a method mean the old class."""
    function = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
    if isinstance(function, types.FunctionType) and function.__closure__:
        for cell in function.__closure__:
            try:
                if cell.cell_contents is new:
                    cell.cell_contents = old
            except ValueError:
                continue


def _rebound(held: Sequence[Holder], new: Any) -> None:
    for space, key in held:
        space[key] = new


def _holders(values: Dict[str, Any]) -> Held:
    """Return the modules that hold the values, and by which names; what is the same everywhere only by its own."""
    names: Dict[int, List[str]] = {}
    for name, value in values.items():
        names.setdefault(id(value), []).append(name)
    found: Held = {}
    for module in list(sys.modules.values()):
        space = getattr(module, "__dict__", None)
        if not isinstance(space, dict) or getattr(module, "__file__", None) is None:
            continue
        for key, value in list(space.items()):
            for name in names.get(id(value), ()):
                if key == name or not _is_plain(value):
                    found.setdefault(name, []).append((space, key))
    return found


def _is_plain(value: Any) -> bool:
    """Return whether there is only one of it, or may be: that another name has it says nothing."""
    plain = value is None or isinstance(value, (int, float, str, bytes, bool))
    return plain or (isinstance(value, tuple) and len(value) < 2)


def _gives_values(node: Any) -> bool:
    """Return whether a statement gives names values, and changes nothing that is there, unless what it calls does."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)):
        return False
    stored = [n for n in ast.walk(node) if isinstance(getattr(n, "ctx", None), ast.Store)]
    return all(isinstance(n, (ast.Name, ast.Tuple, ast.List, ast.Starred)) for n in stored)


def bound(node: Any) -> Set[str]:
    """Return the names a module-level statement binds."""
    if isinstance(node, (*Function, ast.ClassDef)):
        return {node.name}
    found = set()
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, (*Function, ast.ClassDef)):
            found.add(one.name)
            continue
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.add(one.id)
        pending += list(ast.iter_child_nodes(one))
    return found


def read(node: ast.AST) -> Set[str]:
    """Return the names a piece of code reads."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def module_of(path: str) -> Any:
    """Return the loaded module whose file this is, or None."""
    real = os.path.realpath(path)
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if isinstance(name, str) and os.path.realpath(name) == real and hasattr(module, "__dict__"):
            return module
    return None
