"""Collects, from code that calls the project, how people call it: arguments, receivers, literals."""

from __future__ import annotations

import ast
import builtins
import doctest
import importlib
import sys
import types
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from .expressions import Expr, dotted, from_ast, roots, substitute, text

ROWS = 8
"""Rows of a parametrised test that are looked at."""
Names = Dict[str, Any]
Known = Dict[str, Expr]


class Sample(NamedTuple):
    """One call that somebody wrote."""

    receiver: Optional[Expr]
    arguments: Tuple[Expr, ...]
    keys: Tuple[str, ...]
    objects: Names
    """What its names stand for."""
    origin: int
    """0 a documented example, 1 a test or a caller."""


class Harvest:
    """Calls by what is called; methods by name, since the class of a receiver is often not known."""

    def __init__(self) -> None:
        self.functions: Dict[int, List[Sample]] = {}
        self.methods: Dict[str, List[Sample]] = {}
        self._seen: Set[Tuple[Any, ...]] = set()

    def of(self, function: Any) -> List[Sample]:
        """Return the calls of a function or class."""
        return self.functions.get(filed(function), [])

    def read(self, source: str, namespace: Names, origin: int = 1) -> None:
        """Read a whole file: calls at its top and in its functions."""
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            return
        known = _assigned(tree.body, source)
        known.update(_fixtures(tree, source))
        self._body(tree, source, namespace, known, origin)

    def read_examples(self, docstring: str, namespace: Names) -> None:
        """Read the examples of a docstring, in their order."""
        try:
            examples = doctest.DocTestParser().get_examples(docstring)
        except ValueError:
            return
        source = "".join(example.source for example in examples)
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            return
        names = dict(namespace)
        names.update(static_imports(tree))
        self._body(tree, source, names, _assigned(tree.body, source), 0)

    def _body(self, node: ast.AST, source: str, names: Names, known: Known, origin: int) -> None:
        """Read calls in the order of the text; a function is a scope of its own, read once per parametrised row."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for row in _rows(child, source):
                    inner = {**known, **row, **_assigned(child.body, source)}
                    local = {**names, **static_imports(child)} if _imports(child) else names
                    self._body(child, source, local, inner, origin)
                continue
            if isinstance(child, ast.ClassDef):
                methods = [each for each in child.body if isinstance(each, ast.FunctionDef)]
                prepared = [each for each in methods if each.name in ("setUp", "setup_method")]
                own = {key: expr for each in prepared for key, expr in _assigned(each.body, source).items()}
                self._body(child, source, names, {**known, **own}, origin)
                continue
            if isinstance(child, ast.Call):
                self._call(child, source, names, known, origin)
            self._body(child, source, names, known, origin)

    def _call(self, node: ast.Call, source: str, names: Names, known: Known, origin: int) -> None:
        if any(isinstance(arg, ast.Starred) for arg in node.args) or any(k.arg is None for k in node.keywords):
            return
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        read = [from_ast(value, source) for value in values]
        if any(part is None for part in read):
            return
        arguments = tuple(substitute(part, known) for part in read if part is not None)
        keys = ("",) * len(node.args) + tuple(keyword.arg or "" for keyword in node.keywords)
        receiver: Optional[Expr] = None
        found = resolve(dotted(node.func), names) if dotted(node.func).split(".")[0] not in known else None
        if found is None and isinstance(node.func, ast.Attribute):
            receiver = from_ast(node.func.value, source)
            receiver = substitute(receiver, known) if receiver is not None else None
            if receiver is None:
                return
        objects = objects_of([*arguments, *([receiver] if receiver else [])], names)
        if objects is None or (found is None and receiver is None):
            return
        sample = Sample(receiver, arguments, keys, objects, origin)
        key = (filed(found) if receiver is None else getattr(node.func, "attr", ""), _written(sample))
        if key in self._seen:
            return
        self._seen.add(key)
        if receiver is None:
            self.functions.setdefault(filed(found), []).append(sample)
        elif isinstance(node.func, ast.Attribute):
            self.methods.setdefault(node.func.attr, []).append(sample)


def filed(function: Any) -> int:
    """Return the key of what is called; a class method is another object at each look, its function is not."""
    return id(getattr(function, "__func__", function))


def _written(sample: Sample) -> Tuple[Any, ...]:
    parts = [*([sample.receiver] if sample.receiver else []), *sample.arguments]
    return tuple(text(part) for part in parts) + sample.keys


# --- names


def resolve(path: str, names: Names) -> Any:
    """Return the object behind a dotted name, or None."""
    if not path:
        return None
    first, *rest = path.split(".")
    value = names.get(first, getattr(builtins, first, None))
    for part in rest:
        if not isinstance(value, (types.ModuleType, type)):
            return None
        value = getattr(value, part, None)
    return value


def objects_of(exprs: Iterable[Expr], names: Names) -> Optional[Names]:
    """Return what the names in some expressions stand for; None when one of them is not known."""
    found: Names = {}
    for expr in exprs:
        for root in roots(expr):
            if root in names:
                found[root] = names[root]
            elif hasattr(builtins, root):
                found[root] = getattr(builtins, root)
            else:
                return None
    return found


def static_imports(tree: ast.AST) -> Names:
    """Return what the imports of a file bring in, of modules that are loaded or belong to the standard library."""
    found: Names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = _module(alias.name)
                if module is not None:
                    top = alias.name.split(".")[0]
                    found[alias.asname or top] = module if alias.asname else sys.modules.get(top)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            module = _module(node.module)
            for alias in node.names if module is not None else ():
                value = getattr(module, alias.name, None) or _module(node.module + "." + alias.name)
                if value is not None:
                    found[alias.asname or alias.name] = value
    return found


PLAIN = {
    "math", "fractions", "decimal", "datetime", "collections", "itertools", "functools", "operator", "string", "re",
    "enum", "dataclasses", "pathlib", "io", "uuid", "cmath", "statistics", "textwrap", "types", "json", "asyncio",
}  # fmt: skip


def _module(name: str) -> Any:
    """Return a loaded module, or import one of the harmless standard ones; a test file's others stay unloaded."""
    if name in sys.modules:
        return sys.modules[name]
    return importlib.import_module(name) if name in PLAIN else None


# --- what local names stand for


def _assigned(body: List[ast.stmt], source: str) -> Known:
    """Return the names that are given one plain value once, `self.name` among them."""
    found: Known = {}
    often: Dict[str, int] = {}
    for node in (inner for statement in body for inner in _statements(statement)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            for each in ast.walk(target) if target is not None else ():
                if isinstance(each, (ast.Name, ast.Attribute)):
                    often[dotted(each)] = often.get(dotted(each), 0) + 1
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and len(targets) == 1 and value is not None:
            key = dotted(targets[0]) if targets[0] is not None else ""
            expr = from_ast(value, source)
            if key and expr is not None:
                found[key] = expr
    return {key: expr for key, expr in found.items() if often.get(key) == 1}


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what assigns in a statement, without what stands in functions and classes of its own."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.NamedExpr)):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _statements(child)


def _fixtures(tree: ast.Module, source: str) -> Known:
    """Return what pytest's fixtures give, where they only return something plain."""
    found: Known = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any("fixture" in ast.dump(each) for each in node.decorator_list):
            ends = [each for each in node.body if isinstance(each, (ast.Return, ast.Expr))]
            given = ends[-1].value if ends else None
            given = given.value if isinstance(given, ast.Yield) else given
            expr = from_ast(given, source) if given is not None else None
            if expr is not None and not node.args.args:
                found[node.name] = substitute(expr, _assigned(node.body, source))
    return found


def _rows(function: Any, source: str) -> List[Known]:
    """Return what the parameters of a parametrised test stand for, row by row; one empty row otherwise."""
    rows: List[Known] = [{}]
    for decorator in function.decorator_list:
        if not (isinstance(decorator, ast.Call) and dotted(decorator.func).endswith("parametrize")):
            continue
        if len(decorator.args) < 2:
            continue
        named, table = (from_ast(argument, source) for argument in decorator.args[:2])
        if named is None or table is None or table.kind not in ("list", "tuple"):
            continue
        many = named.kind in ("list", "tuple") or "," in str(named.value)
        keys = [str(part.value) for part in named.parts] or [key.strip() for key in str(named.value).split(",")]
        given = [dict(zip(keys, row.parts if many else (row,))) for row in table.parts[:ROWS]]
        rows = [{**row, **more} for row in rows for more in given][:ROWS]
    return rows


def _imports(node: ast.AST) -> bool:
    return any(isinstance(each, (ast.Import, ast.ImportFrom)) for each in ast.walk(node))
