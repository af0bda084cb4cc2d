"""What changed in the worktree."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.project_files import Outside, place, plain
from agents.tools.strict import LooksAt, Strict, no
from agents.workspace.git import GitError


class Arguments(Strict):
    """Of which file or folder."""

    path: str = Field(default="", max_length=500, description="Only this file or folder; empty for everything")


class GitDiff(LooksAt):
    """Show what you changed since the base of your work, as a unified diff. Look at it before you say you are done."""

    name = "git_diff"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Compare the worktree with its base."""
        try:
            path = "" if arguments.path == "." else arguments.path
            if path:
                place(bench.target.project, path)
            said = await asyncio.to_thread(bench.history.diff, path)
        except (GitError, Outside) as error:
            return no(plain(str(error)))
        rows = said.splitlines()
        added = sum(1 for row in rows if row.startswith("+") and not row.startswith("+++"))
        removed = sum(1 for row in rows if row.startswith("-") and not row.startswith("---"))
        facts = {"added": added, "removed": removed}
        return ToolResult(True, plain(said) or "nothing changed", f"+{added} -{removed} lines", facts=facts)
