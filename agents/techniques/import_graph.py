"""PURE: which module imports which when it is loaded, read from the source alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_HOLDERS = frozenset({"src", "lib", "python"})


@dataclass(frozen=True, slots=True)
class Import:
    """One module importing another at load time."""

    importer: str
    imported: str
    path: str
    line: int
    names: int
    """How many names it takes: how dear the link is to cut."""


def module_names(paths: Iterable[str], sources: Iterable[str]) -> dict[str, str]:
    """Return the path of each file by its dotted name.

    A folder with an `__init__.py` is a package, wherever the project's sources are said to begin; any other source
    folder is one too, unless its name says that it only holds packages.
    """
    files = sorted(paths)
    packages = {path.removesuffix("/__init__.py") for path in files if path.endswith("/__init__.py")}
    roots = sorted((source for source in sources if source not in (".", "")), key=len, reverse=True)
    named: dict[str, str] = {}
    for path in files:
        folder = path.rpartition("/")[0]
        root = next((each for each in roots if folder == each or folder.startswith(f"{each}/")), "")
        root = root if root.rpartition("/")[2] in _HOLDERS else root.rpartition("/")[0]
        if folder in packages:
            root = folder
            while root in packages:
                root = root.rpartition("/")[0]
        dotted = path.removeprefix(f"{root}/" if root else "").removesuffix(".py").replace("/", ".")
        named.setdefault(dotted.removesuffix(".__init__"), path)
    return named


def imports(modules: Mapping[str, tuple[str, ast.Module]]) -> list[Import]:
    """Return the imports among these modules (name → path, tree), each pair once, at its first line."""
    found: dict[tuple[str, str], Import] = {}
    for importer, (path, tree) in sorted(modules.items()):
        package = importer if path.endswith("/__init__.py") or path == "__init__.py" else importer.rpartition(".")[0]
        for node in _at_load(tree):
            for imported, names in _imported(node, package, modules):
                if imported != importer:
                    link = Import(importer, imported, path, node.lineno, names)
                    before = found.get((importer, imported))
                    found[importer, imported] = link if before is None else _joined(before, link)
    return sorted(found.values(), key=lambda each: (each.importer, each.imported))


def _joined(one: Import, other: Import) -> Import:
    return Import(one.importer, one.imported, one.path, min(one.line, other.line), one.names + other.names)


def _at_load(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that run while the module loads: not those in functions, nor for the type checker alone."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        statement = waiting.pop(0)
        match statement:
            case ast.Import() | ast.ImportFrom():
                yield statement
            case ast.If(test=test, orelse=orelse) if _for_types(test):
                waiting[:0] = orelse
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                pass
            case _:
                waiting[:0] = [each for each in ast.iter_child_nodes(statement) if isinstance(each, ast.stmt)]
                waiting[:0] = [each for handler in getattr(statement, "handlers", []) for each in handler.body]


def _for_types(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _imported(
    node: ast.Import | ast.ImportFrom, package: str, modules: Mapping[str, object]
) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if (known := _known(alias.name, modules)) is not None:
                yield known, 1
        return
    base = _base(node, package)
    for alias in node.names:
        inner = f"{base}.{alias.name}" if base else alias.name
        known = inner if inner in modules else _known(base, modules)
        if known is not None:
            yield known, 1


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    upward = parts[: len(parts) - node.level + 1]
    return ".".join([*upward, *([node.module] if node.module else [])])


def _known(name: str, modules: Mapping[str, object]) -> str | None:
    """Return the project's module a dotted name leads to: the longest one that is there."""
    while name:
        if name in modules:
            return name
        name = name.rpartition(".")[0]
    return None
