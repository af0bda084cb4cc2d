"""Who in the whole repository mentions a name: in code, in a string, in a template, in a configuration."""

from __future__ import annotations

import ast
import io
import os
import re
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LARGEST = 1024 * 1024
"""Bytes: larger files are data, not code."""
TOO_MUCH = 64 * 1024 * 1024
"""Bytes of text in which nobody can be asked about a name any more."""

_SKIPPED = frozenset({".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache"})
_WORD = re.compile(r"\w+")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|N\{[^}]*\}|.)", re.DOTALL)
_HOLE = re.compile(r"%\(?\w*\)?[sdr]|\{[^{}]*\}")
_BEGINNINGS = frozenset({"startswith", "removeprefix"})
_ENDS = frozenset({"endswith", "removesuffix"})
_BLIND = frozenset({"globals", "locals", "vars", "dir", "eval", "exec", "getmembers", "__dict__", "import_module"})
"""Words of a file that may reach any of its names without naming them."""


_BEGINNING = re.compile(r"(?<![\w\0])(\w+)\0")
_END = re.compile(r"\0(\w+)(?![\w\0])")


class Parts(NamedTuple):
    """Pieces of names: what stands right before, and right after, something put into a string."""

    beginnings: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()


class TooMuch(Exception):
    """The repository holds more text than a name can be looked for in."""


class Mentions:
    """Every word of every text file, by file and line; comments of Python files do not count."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lines: dict[str, dict[str, list[int]]] = {}
        self._total: Counter[str] = Counter()
        self._parts: dict[str, Parts] = {}
        budget = TOO_MUCH
        for path in sorted(text_files(root)):
            budget -= (root / path).stat().st_size
            if budget < 0:
                raise TooMuch
            self.read(path)

    def read(self, path: str) -> None:
        """Read a file, again when it changed; `path` is relative to the root."""
        for word, lines in self._lines.pop(path, {}).items():
            self._total[word] -= len(lines)
        self._parts.pop(path, None)
        content = (self._root / path).read_bytes()
        if b"\0" in content:
            return
        text = content.decode("utf-8", "replace")
        python = path.endswith((".py", ".pyi"))
        words = _code_words(text) if python else None
        if words is None:
            words = [(number, word) for number, line in enumerate(text.split("\n"), 1) for word in _WORD.findall(line)]
        lines_of: dict[str, list[int]] = defaultdict(list)
        for line, word in words:
            lines_of[sys.intern(word)].append(line)
            self._total[word] += 1
        self._lines[path] = dict(lines_of)
        if python:
            self._parts[path] = _name_parts(content)

    def outside(self, name: str, path: str, start: int, end: int) -> int:
        """Return how often a name is mentioned anywhere but in these lines of this file."""
        inside = sum(start <= line <= end for line in self._lines.get(path, {}).get(name, ()))
        # A definition whose own file was not read proves nothing.
        return self._total[name] - inside if inside else self._total[name] + 1

    def anywhere(self, name: str) -> bool:
        """Return whether a name is mentioned at all."""
        return self._total[name] > 0

    def composed(self, name: str, path: str, *, method: bool) -> bool:
        """Return whether some string is a beginning or an end from which the name could be put together.

        A lone underscore as a beginning counts within its own file, and for methods everywhere.
        """
        return any(
            any(name.startswith(each) for each in parts.beginnings if len(each) > 1 or method or file == path)
            or any(name.endswith(each) for each in parts.ends if len(each) > 1)
            for file, parts in self._parts.items()
        )

    def blind(self, path: str) -> bool:
        """Return whether the file reaches into its own names in a way no search can follow."""
        return not _BLIND.isdisjoint(self._lines.get(path, {}))


def text_files(root: Path) -> Iterator[str]:
    """Yield the files that may hold text, relative to the root; links are not followed."""
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = [name for name in folders if name not in _SKIPPED]
        for name in files:
            place = here / name
            if not place.is_symlink() and place.is_file() and place.stat().st_size <= LARGEST:
                yield place.relative_to(root).as_posix()


def _code_words(text: str) -> list[tuple[int, str]] | None:
    """Return the words of names and strings; None when the text is no Python."""
    words: list[tuple[int, str]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and not token.string.startswith(("# type:", "#:")):
                continue
            seen = token.string if token.type == tokenize.NAME else _ESCAPE.sub(" ", token.string)
            words += [(token.start[0], word) for word in _WORD.findall(seen)]
    except (tokenize.TokenError, SyntaxError, RecursionError):
        return None
    return words


def _name_parts(content: bytes) -> Parts:
    """Return the beginnings and ends of names that stand in strings out of which the code makes other strings."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Parts()
    beginnings: set[str] = set()
    ends: set[str] = set()
    for node in ast.walk(tree):
        for text in _composing(node):
            beginnings.update(each[1] for each in _BEGINNING.finditer(text))
            ends.update(each[1] for each in _END.finditer(text))
    return Parts(frozenset(beginnings), frozenset(ends))


def _composing(node: ast.AST) -> list[str]:
    """Return the strings a node makes or takes apart, with a NUL where something else is put in."""
    match node:
        case ast.JoinedStr(values=parts):
            return ["".join(map(_text, parts))]
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return [_text(left) + _text(right)]
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(template))):
            return [_HOLE.sub("\0", template)]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(template)), attr="format")):
            return [_HOLE.sub("\0", template)]
        case ast.Call(func=ast.Attribute(attr=attr), args=args) if attr in _BEGINNINGS | _ENDS:
            listed = [each for arg in args for each in (arg.elts if isinstance(arg, ast.Tuple) else [arg])]
            return [_text(each) + "\0" if attr in _BEGINNINGS else "\0" + _text(each) for each in listed]
        case _:
            return []


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "\0"
