"""PURE: JSON as models write it: what has exactly one reading is read so, all else is refused with the reason."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST = 4_000_000
"""Characters that are read at all."""
# What never ends is taken to the end of the text, so that nobody looks for its end from each of its parts.
_PARTS = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)', re.DOTALL)
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|[\[\]{}]|"', re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)
_FENCE = re.compile(r"\A\s*(`{3,}|~{3,})[\w-]*[ \t]*\n(.*?)\n?[ \t]*\1\s*\Z", re.DOTALL)
_TWICE = re.compile(r'("(?:[^"\\]|\\.)*")|([{}])\2', re.DOTALL)
_LITERAL_ESCAPE = re.compile(
    r"\\(\\|[\"/bfnrt]|u[0-9a-fA-F]{4}|[dDsSwWBAZpPkK.()\[\]{}*+?|^#&~!<>=@%:;, -])|\\(.)", re.DOTALL
)
_ESCAPES = frozenset('"\\/bfnrtu')
_CLOSERS = {"{": "}", "[": "]"}
_MOST = 1000
"""Values in a row that are read."""
_WRAPPED = 3
"""How many times an object may have been written as a string."""


class Unreadable(Exception):
    """The text cannot be read in exactly one way; the message says where."""


def read_object(text: str, *, whole: bool = False) -> dict[str, Any]:
    """Return the one JSON object a text means; raise Unreadable.

    Read besides strict JSON: line breaks within strings, commas too many, comments, names without quotes, Python's own
    writing, backslashes of regular expressions, a fence around it, an object written as a string or alone in a list,
    the same object twice, closing brackets too many, braces twice. With `whole`, when something else marks the end of
    the text, brackets that were never closed are closed.
    """
    said = [each for each in read_values(text, whole=whole) if each != {}] or [{}]
    if any(each != said[0] for each in said):
        raise Unreadable("several different objects stand in a row: give one")
    read = said[0]
    for _ in range(_WRAPPED):
        if isinstance(read, str):
            read = read_json(read)
    if isinstance(read, list) and len(read) == 1 and isinstance(read[0], dict):
        read = read[0]
    if not isinstance(read, dict):
        raise Unreadable(f"it is {_named(read)}, no object")
    return read


def read_values(text: str, *, whole: bool = False) -> list[Any]:
    """Return the one JSON value of a text, or those that stand in a row; raise Unreadable."""
    try:
        return [read_json(text, whole=whole)]
    except Unreadable:
        pieces = _in_a_row(text)
        if len(pieces) < 2:
            raise
        return [read_json(piece) for piece in pieces]


def end_of(text: str, at: int = 0) -> int:
    """Return where the object or list ends that begins at a place; 0 when it never does. It need not be strict JSON."""
    depth = 0
    for found in _MARKS.finditer(text, at):
        mark = found[0]
        if mark == '"':
            return 0
        depth += (mark in "[{") - (mark in "]}") if len(mark) == 1 else 0
        if depth == 0:
            return found.end()
    return 0


def json_lines(lines: Sequence[str], at: int) -> int:
    """Return the line behind an object or list that begins at a line and ends with one; 0 when there is none."""
    for most in (1, 16, 256, len(lines)):
        text = "\n".join(lines[at : at + most])
        end = end_of(text)
        if end:
            return 0 if text[end:].partition("\n")[0].strip() else at + text.count("\n", 0, end) + 1
    return 0


def _in_a_row(text: str) -> list[str]:
    """Return the objects and lists a text is made of; none when anything but blanks and commas is between them."""
    pieces: list[str] = []
    at = 0
    while at < len(text):
        if text[at] in " \t\r\n,;":
            at += 1
            continue
        end = end_of(text, at) if text[at] in "{[" else 0
        if not end or len(pieces) == _MOST:
            return []
        pieces.append(text[at:end])
        at = end
    return pieces


def read_json(text: str, *, whole: bool = False) -> Any:
    """The same for any JSON value."""
    if len(text) > LONGEST:
        raise Unreadable(f"it is longer than {LONGEST} characters")
    fenced = _FENCE.match(text)
    text = (fenced[2] if fenced else text).strip().removeprefix("\ufeff")
    if not text:
        raise Unreadable("it is empty")
    try:
        return _loads(text)
    except json.JSONDecodeError as error:
        first = error
    for repaired in _repairs(text, whole=whole):
        try:
            return _loads(repaired)
        except json.JSONDecodeError:
            continue
    if "escape" not in first.msg:
        read = _as_python(text)
        if read is not None:
            return read
    raise Unreadable(_where(text, first))


def _loads(text: str) -> Any:
    try:
        return json.loads(text, strict=False, object_pairs_hook=_no_name_twice, parse_constant=_no_constant)
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        raise Unreadable(str(error)) from error


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found and found[name] != value:
            raise Unreadable(f"the name {name!r} stands in it twice with different values")
        found[name] = value
    return found


def _no_constant(name: str) -> None:
    raise Unreadable(f"{name} is no JSON value")


def _repairs(text: str, *, whole: bool) -> list[str]:
    """Return the text with what has one meaning put as JSON has it."""
    plain = _plain(text)
    balanced, missing = _brackets(plain)
    found = [plain, balanced]
    if plain.startswith("{{") and plain.endswith("}}"):  # as a template writes one brace; no object begins so
        found += [plain[1:-1], _TWICE.sub(lambda each: each[1] or each[2], plain)]
    if whole and missing:
        found.append(plain.rstrip().rstrip(",") + missing)
    return found


def _plain(text: str) -> str:
    text = _PARTS.sub(_without_comment, text)
    parts = []
    at = 0
    for found in _STRING.finditer(text):
        parts += [_without_extras(text[at : found.start()]), _with_backslashes(found[0])]
        at = found.end()
    parts.append(_without_extras(text[at:]))
    return _without_last_commas("".join(parts))


def _without_comment(found: re.Match[str]) -> str:
    part = found[0]
    ends = part.startswith("//") or (part.startswith("/*") and part.endswith("*/") and len(part) > 3)
    return " " if ends else part


def _without_extras(between: str) -> str:
    """What stands between strings: names without quotes get them, Python's constants become those of JSON."""
    between = re.sub(r"([{,]\s*)([A-Za-z_]\w*)(\s*:)", r'\1"\2"\3', between)
    for python, plain in (("True", "true"), ("False", "false"), ("None", "null")):
        between = re.sub(rf"(?<![\w\"]){python}(?![\w\"])", plain, between)
    return between


def _without_last_commas(text: str) -> str:
    parts = []
    at = 0
    for found in re.finditer(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|,(?=\s*[}\]])', text, re.DOTALL):
        parts.append(text[at : found.start()])
        parts.append(found[0] if found[0] != "," else "")
        at = found.end()
    return "".join((*parts, text[at:]))


def _with_backslashes(string: str) -> str:
    """Double a backslash that no escape of JSON begins with, where only a literal one can be meant."""

    def one(found: re.Match[str]) -> str:
        mark: str | None = found[1]
        return found[0] if mark is None or mark[0] in _ESCAPES else "\\" + found[0]

    return _LITERAL_ESCAPE.sub(one, string)


def _brackets(text: str) -> tuple[str, str]:
    """Return the text without closing brackets too many at its end, and the closing ones it lacks."""
    open_: list[str] = []
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|"', text, re.DOTALL):
        mark = found[0]
        if mark in _CLOSERS:
            open_.append(_CLOSERS[mark])
        elif mark in "]}":
            if not open_:
                rest = text[found.start() :]
                return (text[: found.start()] if not rest.strip(" \t\r\n]}") else text), ""
            if open_.pop() != mark:
                return text, ""
        elif mark == '"':
            return text, ""  # a string that never ends: what is missing nobody knows
    return text, "".join(reversed(open_))


def _as_python(text: str) -> Any:
    """Return what the text is as a literal of Python, or None when it is none that JSON could say as well."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read = ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError, SyntaxWarning, DeprecationWarning):
        return None
    return read if isinstance(read, dict | list) and _says_json(read) else None


def _says_json(read: Any) -> bool:
    if isinstance(read, Mapping):
        names = [name for name in read if isinstance(name, str)]
        return len(names) == len(read) and all(_says_json(value) for value in read.values())
    if isinstance(read, list):
        return all(_says_json(value) for value in read)
    return read is None or isinstance(read, str | bool | int | float)


def _named(read: Any) -> str:
    if isinstance(read, bool):
        return "true or false"
    kinds = {list: "a list", str: "a text", int: "a number", float: "a number", type(None): "null"}
    return kinds.get(type(read), "a value")


def _where(text: str, error: json.JSONDecodeError) -> str:
    around = text[max(0, error.pos - 30) : error.pos + 30].replace("\n", "\\n")
    return f"{error.msg} at line {error.lineno}, column {error.colno}, near «{around}»"
