"""PURE: what hides a type error from mypy: comments, casts to Any, decorators, annotations that were taken away."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from agents.workspace.layout import parse
from director.gates.by_text import ByText

IGNORE = re.compile(r"#\s*type:\s*ignore(\[[^\]]*\])?")
INLINE = re.compile(r"#\s*mypy:\s*")
EVERY = frozenset({"*"})
SILENT = ("Any", "cast", "no_type_check")
TYPING = ("typing", "typing_extensions")
WORDS = ("ignore", "mypy:", "Any", "cast", "no_type_check")
"""One of these stands in every text that hides something, however it spells it: names are compared as Python does."""


class Hidden(NamedTuple):
    """What one file hides."""

    ignores: Mapping[int, frozenset[str]]
    """Codes that are hidden on a line; all of them as `*`."""
    whole: bool
    """Whether a comment is about the whole file."""
    casts: tuple[int, ...]
    """Lines of casts to Any, and of decorators that switch checking off."""
    anys: int
    """How often Any is named."""
    spans: Mapping[int, range]
    """The lines of the statement that each line belongs to."""

    def hides(self, line: int, code: str) -> bool:
        """Return whether an error is hidden by a comment."""
        if self.whole:
            return True
        codes = [self.ignores.get(near, frozenset()) for near in self.spans.get(line, range(line, line + 1))]
        return any(code in each or each == EVERY for each in codes)


NOTHING = Hidden({}, False, (), 0, {})


def hidden_in(text: str) -> tuple[Hidden, str]:
    """Return what a file hides, and its text with nothing hidden: every line stays where it is."""
    return _looked_through(text) if _may_hide(text) else (NOTHING, text)


def _may_hide(text: str) -> bool:
    spellings = (text,) if text.isascii() else (text, unicodedata.normalize("NFKC", text))
    return any(word in spelling for spelling in spellings for word in WORDS)


@ByText
def _looked_through(text: str) -> tuple[Hidden, str]:
    ignores: dict[int, frozenset[str]] = {}
    whole = False
    lines = text.splitlines(keepends=True)
    for token, is_first in _comments(text) if IGNORE.search(text) or INLINE.search(text) else ():
        row, column = token.start
        ignore, inline = IGNORE.search(token.string), INLINE.match(token.string)
        if inline is None and ignore is None:
            continue
        if ignore is not None:
            codes = frozenset(code.strip() for code in (ignore[1] or "")[1:-1].split(",") if code.strip())
            ignores[row] = codes or EVERY
            whole = whole or (is_first and not codes)
        else:
            whole = True
        lines[row - 1] = lines[row - 1][:column] + "#" + " " * (len(token.string) - 1) + lines[row - 1][token.end[1] :]
    syntax = parse(text)
    if syntax is None:
        return Hidden(ignores, whole, (), 0, {}), "".join(lines)
    called = _typing(syntax)
    spans = _spans(syntax) if ignores else {}  # asked for nothing else
    return Hidden(ignores, whole, tuple(_casts(syntax, called)), _anys(syntax, called), spans), "".join(lines)


@ByText
def signatures(text: str) -> Mapping[str, bool]:
    """Return each function by its qualified name, and whether anything of its signature is annotated."""
    syntax = parse(text)
    return dict(_signatures(syntax, "")) if syntax is not None else {}


def _comments(text: str) -> Iterator[tuple[tokenize.TokenInfo, bool]]:
    """Yield the comments, each with whether it stands before all code."""
    code = False
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token, not code
            elif token.type not in (tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING):
                code = True
    except (tokenize.TokenError, SyntaxError):
        return  # mypy says so itself


def _casts(module: ast.Module, called: Mapping[str, str]) -> Iterator[int]:
    any_, cast, unchecked = ({name for name, means in called.items() if means == word} for word in SILENT)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and node.args and _dotted(node.func) in cast:
            to = node.args[0]
            if (to.value if isinstance(to, ast.Constant) else _dotted(to)) in any_:
                yield node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from (each.lineno for each in node.decorator_list if _dotted(each) in unchecked)


def _anys(module: ast.Module, called: Mapping[str, str]) -> int:
    named = {name for name, means in called.items() if means == "Any"}
    return sum(_dotted(node) in named for node in ast.walk(module) if isinstance(node, ast.Name | ast.Attribute))


def _dotted(node: ast.AST) -> str:
    """Return a name as it is written, `a` or `a.b`; nothing for anything longer or else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _typing(module: ast.Module) -> dict[str, str]:
    """Return what the names of `typing` are called in a module."""
    called = {f"{typing}.{word}": word for typing in TYPING for word in SILENT}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module in TYPING:
            called |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in SILENT}
        elif isinstance(node, ast.Import):
            modules = [alias.asname for alias in node.names if alias.name in TYPING and alias.asname]
            called |= {f"{name}.{word}": word for name in modules for word in SILENT}
    return called


def _spans(module: ast.Module) -> dict[int, range]:
    spans: dict[int, range] = {}
    for node in ast.walk(module):
        if not isinstance(node, ast.stmt):
            continue
        body = getattr(node, "body", None) or getattr(node, "cases", None)
        below = body[0] if isinstance(body, list) and body else None
        last = (
            getattr(below, "lineno", getattr(getattr(below, "pattern", None), "lineno", 0)) - 1
            if below
            else node.end_lineno
        )
        span = range(node.lineno, max(node.lineno, last or node.lineno) + 1)
        for line in span:
            if line not in spans or len(span) < len(spans[line]):
                spans[line] = span
    return spans


def _signatures(node: ast.AST, prefix: str) -> Iterator[tuple[str, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            every = [
                *child.args.posonlyargs,
                *child.args.args,
                *child.args.kwonlyargs,
                child.args.vararg,
                child.args.kwarg,
            ]
            annotated = child.returns is not None or any(each is not None and each.annotation for each in every)
            yield prefix + child.name, annotated
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _signatures(child, f"{prefix}{child.name}.")
        elif not isinstance(child, ast.expr):
            yield from _signatures(child, prefix)
