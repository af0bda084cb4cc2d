"""Kaizen's own measuring tools, as commands for the sandbox: pinned, isolated from every file of the measured tree."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from agents.workspace.environment import interpreter_parts

WITHOUT = """\
import runpy, sys, types
class Absent(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})
sys.modules.update({name: Absent(name) for name in sys.argv[1].split(",")})
del sys.argv[1]
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
"""Runs a module with others left out that it imports and does not use: their names are there, to be mentioned only."""


class OwnTool(NamedTuple):
    """How a tool is started, and what must be readable for it."""

    argv: tuple[str, ...]
    shown: tuple[Path, ...]
    version: str
    """Name and version, for people."""


def own_tool(module: str, distribution: str, without: Sequence[str] = ()) -> OwnTool:
    """Return a Python module of Kaizen's own environment as a command; `-I` keeps the tree off its import path.

    `without` are modules it imports and does not use as we run it: a third of its start, and more.
    """
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    prefix = Path(sys.prefix)
    shown = [] if sys.prefix == sys.base_prefix else [prefix]
    shown += interpreter_parts(Path(sys.executable), minor)
    started = ("-c", WITHOUT, ",".join(without), module) if without else ("-m", module)
    argv = (str(Path(sys.executable)), "-I", "-B", *started)
    return OwnTool(argv, tuple(dict.fromkeys(shown)), f"{distribution} {version(distribution)}")
