"""Which files of the worktree changed."""

from __future__ import annotations

import asyncio

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.project_files import plain
from agents.tools.strict import Looks, Strict, no
from agents.workspace.git import GitError


class Arguments(Strict):
    """None: it is about the whole worktree."""


class GitStatus(Looks):
    """List the files you changed since the base of your work: A added, M changed, D deleted."""

    name = "git_status"
    arguments = Arguments

    def resources(self, arguments: Arguments) -> Resources:
        """It compares every file."""
        return Resources(reads=frozenset({"tree"}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Compare the worktree with its base."""
        try:
            rows = (await asyncio.to_thread(bench.history.status)).splitlines()
        except GitError as error:
            return no(plain(str(error)))
        summary = f"{len(rows)} file{'s' if len(rows) != 1 else ''} changed"
        return ToolResult(True, plain("\n".join(rows)) or "nothing changed", summary, facts={"files": len(rows)})
