"""Where something is defined."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterable

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.code.reading import Read
from agents.tools.code.tags import Definition
from agents.tools.project_files import Outside, plain
from agents.tools.strict import LooksAt, Strict, no

MOST = 100


class Arguments(Strict):
    """What is looked for, and where."""

    name: str = Field(min_length=1, max_length=200, description="A name or a part of it; `Shelf.add` for a member")
    path: str = Field(default="", max_length=500, description="Only below this file or folder")


class Symbols(LooksAt):
    """Find where a name is defined: a class, function, method, type or constant, by its name or a part of it.

    Reads Python, JavaScript, TypeScript, Go, Rust and Java. Exact names come first.
    """

    name = "symbols"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """List the definitions, the likest first."""
        try:
            read = await asyncio.to_thread(Read.of, bench.target.project, arguments.path)
        except Outside as outside:
            return no(str(outside))
        asked = arguments.name.strip().replace("::", ".").replace("#", ".")
        all_ = [(path, each) for path, tags in read.files.items() for each in tags.definitions]
        found = sorted(
            ((_rank(each, asked), path, each.line, each) for path, each in all_ if _rank(each, asked) is not None),
            key=lambda row: (row[0] or 0, row[1], row[2]),
        )
        if not found:
            near = difflib.get_close_matches(asked.rpartition(".")[2], _names(all_), n=5, cutoff=0.6)
            hint = f"; there are {', '.join(map(plain, near))}" if near else ""
            told = f"nothing called {plain(asked)!r} is defined{_where(arguments.path)}{hint}"
            return ToolResult(True, told, told, facts={"definitions": 0})
        lines = [
            f"{plain(path)}:{line} {each.kind} {plain(each.full)}\n    {plain(each.signature)}"
            for _, path, line, each in found[:MOST]
        ]
        lines += [f"[{len(found) - MOST} more: give more of the name, or a path]"] if len(found) > MOST else []
        return ToolResult(True, "\n".join(lines), f"{len(found)} definitions", facts={"definitions": len(found)})


def _names(all_: Iterable[tuple[str, Definition]]) -> list[str]:
    return sorted({each.name for _, each in all_})


def _rank(each: Definition, asked: str) -> int | None:
    """Return how far a definition is from what was asked for; None when it is something else."""
    low, wanted = each.full.lower(), asked.lower()
    if asked in (each.name, each.full):
        return 0
    if low == wanted or each.full.endswith(f".{asked}"):
        return 1
    if low.endswith(f".{wanted}") or each.name.lower() == wanted:
        return 2
    if "." not in asked and wanted in each.name.lower():
        return 3
    return 4 if "." in asked and wanted in low and wanted.rpartition(".")[2] in each.name.lower() else None


def _where(path: str) -> str:
    return f" below {plain(path)}" if path else " in the project"
