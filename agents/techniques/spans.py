"""PURE: cutting statements out of source text so that the rest keeps its comments and its layout."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TAIL = re.compile(rb"[ \t]*(#.*)?[\r\n]*$")
_COMMENT = re.compile(rb"([ \t]*)#(?!!|\s*(?:fmt|isort|yapf|pylint|ruff|mypy|pragma|region|endregion|%%)\b)")
"""A comment that speaks of what follows it, not to a tool."""

Block = list[ast.stmt]


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file, parsed."""

    path: str
    """Relative to the project directory."""
    content: bytes
    tree: ast.Module

    @property
    def lines(self) -> list[bytes]:
        """The lines with their ends, as the parser counts them."""
        return self.content.splitlines(keepends=True)


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Bytes `start` to `end` become `text`."""

    start: int
    end: int
    text: bytes = b""


def parse(path: str, content: bytes) -> Source | None:
    """Return the file parsed, None when it cannot be read as UTF-8 Python."""
    try:
        content.decode("utf-8")
        return Source(path, content, ast.parse(content))
    except (UnicodeDecodeError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def blocks(tree: ast.AST) -> Iterator[tuple[ast.AST, Block]]:
    """Yield every list of statements with the node it belongs to, outer ones first."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield node, block


def first_line(statement: ast.stmt) -> int:
    """Return the line a statement begins on, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def cut(source: Source, block: Block, gone: Sequence[ast.stmt]) -> list[Edit]:
    """Return the edits that take neighbouring statements out; none when they share a line with others."""
    if not gone or not _stands_alone(source.lines, gone[0], gone[-1]):
        return []
    lines = source.lines
    start, end = first_line(gone[0]) - 1, (gone[-1].end_lineno or gone[-1].lineno)
    if len(gone) == len(block):
        indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
        return [_between(lines, start, end, indent + b"pass" + _line_end(lines[end - 1]))]
    while start and _belongs(lines[start - 1], lines[start]):
        start -= 1
    return [_without_gap(lines, start, end)]


def applied(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the content with the edits made; of two that overlap only the first is."""
    parts, at = [], 0
    for edit in sorted(set(edits)):
        if edit.start < at:
            continue
        parts += [content[at : edit.start], edit.text]
        at = edit.end
    return b"".join([*parts, content[at:]])


def offset(source: Source, line: int, column: int) -> int:
    """Return the byte offset of a 1-based line and a column in bytes."""
    return sum(len(each) for each in source.lines[: line - 1]) + column


def offset_of_character(source: Source, line: int, column: int) -> int:
    """Return the byte offset of a 1-based line and a 1-based column in characters."""
    if line > len(source.lines):
        return len(source.content)
    return offset(source, line, len(source.lines[line - 1].decode()[: column - 1].encode()))


def _stands_alone(lines: list[bytes], first: ast.stmt, last: ast.stmt) -> bool:
    decorated = first_line(first) < first.lineno
    head = b"" if decorated else lines[first.lineno - 1][: first.col_offset]
    tail = lines[(last.end_lineno or last.lineno) - 1][last.end_col_offset or 0 :]
    return not head.strip() and _TAIL.match(tail) is not None


def _belongs(comment: bytes, first: bytes) -> bool:
    found = _COMMENT.match(comment)
    return found is not None and len(found[1]) == len(first) - len(first.lstrip())


def _without_gap(lines: list[bytes], start: int, end: int) -> Edit:
    """Cut the lines, and of the blank lines around them as many as leave one gap where there were two."""
    above, below = start, end
    while above and not lines[above - 1].strip():
        above -= 1
    while below < len(lines) and not lines[below].strip():
        below += 1
    before, after = start - above, below - end
    if below == len(lines):
        keep = 0
    elif not above or lines[above - 1].rstrip().endswith(b":"):
        keep = before
    elif _indent(lines[below]) < _indent(lines[start]):
        keep = after
    else:
        keep = max(before, after)
    gap = b"".join((lines[above:start] + lines[end:below])[:keep])
    return _between(lines, above, below, gap)


def _between(lines: list[bytes], start: int, end: int, text: bytes) -> Edit:
    begin = sum(len(each) for each in lines[:start])
    return Edit(begin, begin + sum(len(each) for each in lines[start:end]), text)


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _line_end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]
