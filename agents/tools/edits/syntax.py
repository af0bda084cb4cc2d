"""PURE: whether a file that was changed can still be read as what it is."""

from __future__ import annotations

import ast
import json
import tomllib
import warnings
from collections.abc import Callable


def fault(path: str, text: str) -> str:
    """Return what is wrong with the text as the kind of file its name says, with the line; empty when nothing is."""
    ending = path.rpartition(".")[2].lower()
    check = {"py": _python, "pyi": _python, "json": _json, "toml": _toml}.get(ending)
    return check(text) if check else ""


def is_checked(path: str) -> bool:
    """Return whether files of this name are checked at all."""
    return path.rpartition(".")[2].lower() in ("py", "pyi", "json", "toml")


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
    return _told(tomllib.loads, text)


def _told(read: Callable[[str], object], text: str) -> str:
    try:
        read(text)
    except (ValueError, RecursionError) as error:
        return str(error)
    return ""
