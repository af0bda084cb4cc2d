"""The names of the project's files."""

from __future__ import annotations

import asyncio
from collections import Counter

import pathspec
from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.edits.naming import plain
from agents.tools.edits.safe_files import ProjectFiles
from agents.tools.project_files import here
from agents.tools.strict import LooksAt, Strict, no

_MOST = 300
"""Names told one by one."""


class Arguments(Strict):
    """Which of them."""

    path: str = Field(default="", description="The folder to look in; all of the project when left out")
    pattern: str = Field(default="", description="Only files this fits, as .gitignore writes it, e.g. *.py or tests/")


class ListFiles(LooksAt):
    """List the project's files, one per line; where there are too many, their folders with how many each holds."""

    name = "list_files"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Return the names."""
        names = await asyncio.to_thread(ProjectFiles(bench.target.project).names)
        folder = plain(here(bench.target.project, arguments.path))
        if folder not in ("", "."):
            names = [name for name in names if name.startswith(f"{folder}/") or name == folder]
        try:
            spec = pathspec.GitIgnoreSpec.from_lines([arguments.pattern]) if arguments.pattern.strip() else None
        except ValueError as error:
            return no(f"the pattern cannot be read: {error}")
        names = [name for name in names if spec is None or spec.match_file(name)]
        if not names:
            return no(f"no file fits in {folder or 'the project'}: give another folder or pattern")
        return ToolResult(True, _told(names), f"{len(names)} files", facts={"files": len(names)})


def _told(names: list[str]) -> str:
    if len(names) <= _MOST:
        return "\n".join(names)
    depth = 1
    folders: Counter[str] = Counter()
    for deeper in range(1, 6):
        counted = Counter("/".join(name.split("/")[:-1][:deeper]) or "." for name in names)
        if len(counted) > _MOST:
            break
        depth, folders = deeper, counted
    folders = folders or Counter(name.split("/")[0] for name in names)
    rows = [f"{folder}/ ({count} files)" for folder, count in sorted(folders.items())[:_MOST]]
    return "\n".join((*rows, f"[{len(names)} files, shown by folders {depth} deep: give a path or a pattern]"))
