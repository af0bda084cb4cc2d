"""PURE: docstrings put into Python source, so that nothing else of it changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Unchanged(Exception):
    """The docstrings cannot be put in; the message says why."""


def undocumented(source: str) -> list[str]:
    """Return the classes and functions without a docstring, as they are named from outside; raise Unchanged."""
    return [name for name, node in _definitions(_parsed(source)) if ast.get_docstring(node) is None]


def with_docstrings(source: str, texts: Mapping[str, str]) -> str:
    """Return the source with these docstrings, by name; raise Unchanged when anything but docstrings would differ."""
    tree = _parsed(source)
    ends = "\r\n" if "\r\n" in source else "\n"
    lines = source.split(ends)
    found = dict(_definitions(tree))
    for name, node in sorted(found.items(), key=lambda each: -each[1].body[0].lineno):
        text = texts.get(name, "").strip()
        if not text or ast.get_docstring(node) is not None:
            continue
        first = min([node.body[0].lineno, *(each.lineno for each in getattr(node.body[0], "decorator_list", ()))])
        if first <= node.lineno or lines[first - 1][: node.body[0].col_offset].strip():
            raise Unchanged(f"{name} stands on one line: give it a body of its own first")
        indent = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip())]
        lines[first - 1 : first - 1] = _written(text, indent)
    made = ends.join(lines)
    if _bare(_parsed(made)) != _bare(tree):
        raise Unchanged("the docstrings would change the code")
    return made


def _written(text: str, indent: str) -> list[str]:
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    safe = "".join(letter for letter in safe if letter == "\n" or letter == "\t" or ord(letter) >= 32)
    rows = [row.rstrip() for row in safe.split("\n")]
    if len(rows) == 1:
        tail = " " if rows[0].endswith('"') else ""
        return [f'{indent}"""{rows[0]}{tail}"""']
    common = min((len(row) - len(row.lstrip()) for row in rows[1:] if row), default=0)
    body = [f"{indent}{row[common:]}" if row else "" for row in rows[1:]]
    return [f'{indent}"""{rows[0]}', *body, f'{indent}"""']


def _definitions(tree: ast.AST, above: str = "") -> Iterator[tuple[str, Documented]]:
    """Yield what can be documented and reached by name; of several with one name the first."""
    seen: set[str] = set()
    for node in getattr(tree, "body", []):
        if isinstance(node, Documented):
            name = f"{above}{node.name}"
            if name not in seen:
                seen.add(name)
                yield name, node
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node, f"{name}.")


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unchanged(f"the file does not parse: {error}") from error


def _bare(tree: ast.Module) -> str:
    """Return the tree without docstrings, places left out."""
    for node in ast.walk(tree):
        if isinstance(node, Documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)
