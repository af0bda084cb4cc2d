"""PURE: whether a file that was changed can still be read as what it is."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Callable

from agents.tools.code.languages import language_of
from agents.tools.code.tags import parse
from agents.workspace import toml_reading

_LARGEST = 1_000_000
"""Characters of a file that is read by a grammar."""


def fault(path: str, text: str) -> str:
    """Return what is wrong with the text as the kind of file its name says, with the line; empty when nothing is."""
    if _ending(path) in _CHECKS:
        return _CHECKS[_ending(path)](text)
    key = language_of(path)
    if key is None or len(text) > _LARGEST:
        return ""
    found = parse(key, text.encode("utf-8", "surrogateescape")).broken
    return f"line {found[0][0]}: {found[0][1]}" if found else ""


def is_certain(path: str) -> bool:
    """Return whether what is said of files of this name is sure: JSON may have comments, a grammar may be old."""
    return _ending(path) in ("py", "pyi", "toml", "ipynb")


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _python(text: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno or 0}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _json(text: str) -> str:
    return _told(json.loads, text)


def _toml(text: str) -> str:
    return _told(toml_reading.loads, text)


def _notebook(text: str) -> str:
    if wrong := _json(text):
        return wrong
    read = json.loads(text)
    return "" if isinstance(read, dict) and isinstance(read.get("cells"), list) else "a notebook has a list of cells"


def _told(read: Callable[[str], object], text: str) -> str:
    try:
        read(text)
    except (ValueError, RecursionError) as error:
        return str(error)
    return ""


_CHECKS: dict[str, Callable[[str], str]] = {
    "py": _python,
    "pyi": _python,
    "json": _json,
    "toml": _toml,
    "ipynb": _notebook,
}
