"""Gate `documentation`: how much of what is public says what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agents.workspace.layout import parse, read_text
from director.gates.by_text import ByText
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.sources import source_files
from ledger.events import Finding, GateSpec, Reading

LEAST = 2
"""Words of a docstring that says anything."""


class Documentation:
    """Counts the docstrings of public modules, classes and functions, and names what has none."""

    name = "documentation"
    spec = DEFAULTS["documentation"]
    static = True

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Read the syntax of every source file; nothing is run, and no comment leaves anything out."""
        public = said = 0
        findings: list[Finding] = []
        for path in source_files(tree.target):
            number, without = _undocumented(read_text(tree.target.project / path), path)
            public += number
            said += number - len(without)
            findings += without
        if not public:
            return Reading(gate=spec.name, value=None, detail="there is no public definition to be documented")
        value = round(100 * said / public, 4)
        return Reading(
            gate=spec.name,
            value=value,
            detail=f"{value:.1f} % ({said} of {public} public definitions have a docstring)",
            tool="Kaizen's own reading of the syntax",
            findings=tuple(findings),
            counts={"public": float(public), "documented": float(said)},
        )


@ByText
def _undocumented(text: str, path: str) -> tuple[int, tuple[Finding, ...]]:
    """Return how much of a file is public, and what of it has no docstring."""
    syntax = parse(text)
    every = list(_public(syntax, path)) if syntax is not None else []
    return len(every), tuple(
        Finding(
            rule="undocumented", message=f"{_kind(node)} without a docstring", path=path,
            line=getattr(node, "lineno", 1), symbol=name,
        )
        for node, name in every if not _says_something(node)
    )  # fmt: skip


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _public(module: ast.Module, path: str) -> Iterator[tuple[Documented, str]]:
    names = path.removesuffix(".py").split("/")
    own = names[-1] if names[-1] != "__init__" else (names[-2] if len(names) > 1 else "")
    if any(name.startswith("_") and not name.endswith("__") for name in names):
        return
    if module.body:
        yield module, own
    yield from _below(module, "")


def _below(node: ast.AST, prefix: str) -> Iterator[tuple[Documented, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If | ast.Try | ast.With):
            yield from _below(child, prefix)
        elif isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if child.name.startswith("_") or _is_repeated(child):
                continue
            yield child, prefix + child.name
            if isinstance(child, ast.ClassDef):
                yield from _below(child, f"{prefix}{child.name}.")


def _is_repeated(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether another definition speaks for this one: an overload, an override, the setter of a property."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"overload", "override", "setter", "deleter"})


def _says_something(node: Documented) -> bool:
    return len((ast.get_docstring(node) or "").split()) >= LEAST


def _kind(node: Documented) -> str:
    if isinstance(node, ast.Module):
        return "module"
    return "class" if isinstance(node, ast.ClassDef) else "function"
