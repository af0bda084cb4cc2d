"""What was done before."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.project_files import Outside, place, plain
from agents.tools.strict import Looks, Strict, no
from agents.workspace.git import GitError


class Arguments(Strict):
    """Of what, and how many."""

    path: str = Field(default="", max_length=500, description="Only commits that touched this file or folder")
    count: int = Field(default=20, ge=1, le=200, description="How many commits")


class GitLog(Looks):
    """List the newest commits before your work: each with its day and subject; of one file if you name it."""

    name = "git_log"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """List them, the newest first."""
        try:
            path = "" if arguments.path == "." else arguments.path
            if path:
                place(bench.target.project, path)
            said = await asyncio.to_thread(bench.history.log, path, arguments.count)
        except (GitError, Outside) as error:
            return no(plain(str(error)))
        rows = said.splitlines()
        nothing = "no commit touched that" if arguments.path else "there is no commit"
        return ToolResult(True, plain(said).strip() or nothing, f"{len(rows)} commits", facts={"commits": len(rows)})
