"""What tells one set of arguments from another."""

from __future__ import annotations

import re
from typing import Any, List, Tuple

_telling: List[str] = []


def is_asked(asked: str, values: Tuple[Any, ...]) -> bool:
    """Return whether arguments are those of a print; telling that may ask the same function again, which says no."""
    if _telling:
        return False
    _telling.append(asked)
    try:
        return print_of(values) == asked
    finally:
        _telling.clear()


def print_of(values: Tuple[Any, ...]) -> str:
    """Return a short text that tells one set of arguments from another."""
    try:
        return re.sub(r"0x[0-9a-f]+", "0x", repr([_plain(value) for value in values]))[:500]
    except Exception:
        return "?"


def _plain(value: Any) -> Any:
    if getattr(type(value), "__repr__", None) == object.__repr__ and hasattr(value, "__dict__"):
        return [type(value).__name__, sorted((key, repr(part)[:100]) for key, part in vars(value).items())]
    return value
