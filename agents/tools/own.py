"""Kaizen's own measuring tools, as commands for the sandbox: pinned, isolated from every file of the measured tree."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from agents.workspace.environment import interpreter_parts


class OwnTool(NamedTuple):
    """How a tool is started, and what must be readable for it."""

    argv: tuple[str, ...]
    shown: tuple[Path, ...]
    version: str
    """Name and version, for people."""


def own_tool(module: str, distribution: str) -> OwnTool:
    """Return a Python module of Kaizen's own environment as a command; `-I` keeps the tree off its import path."""
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    prefix = Path(sys.prefix)
    shown = [] if sys.prefix == sys.base_prefix else [prefix]
    shown += interpreter_parts(Path(sys.executable), minor)
    interpreter = str(Path(sys.executable))
    return OwnTool(
        (interpreter, "-I", "-B", "-m", module), tuple(dict.fromkeys(shown)), f"{distribution} {version(distribution)}"
    )
