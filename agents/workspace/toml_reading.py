"""PURE: TOML of a stranger: what would be read for hours is refused before it is begun."""

from __future__ import annotations

import tomllib
from typing import Any

_MOST_STEPS = 50_000_000
"""What a name of many parts costs is the square of their number; this much is read within a second."""


def loads(text: str) -> dict[str, Any]:
    """Return the table; raise ValueError or RecursionError for what is none, or names something by too many parts."""
    if sum(line.count(".") ** 2 for line in text.split("\n")) > _MOST_STEPS:
        raise ValueError("a name has thousands of parts: make it shorter")
    return tomllib.loads(text)
