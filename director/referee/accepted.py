"""PURE: what the referee makes of acceptance tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checked:
    """Acceptance tests that are taken, or why they are not."""

    files: Mapping[str, str]
    """Their text, by path relative to the project."""
    tests: tuple[str, ...] = ()
    """Ids of what must pass, without parameters; their files where a command runs them."""
    why: str = ""
    """How they fail on the base, or why they are refused when there are no tests."""
    gate: str = ""
    """The gate whose command runs them; empty for tests in Python."""
