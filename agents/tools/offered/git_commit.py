"""A named state of the worktree."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import Line, Resources, ToolBench, ToolResult
from agents.tools.project_files import plain
from agents.tools.strict import Strict, no
from agents.workspace.git import GitError
from ledger.events import Risk


class Arguments(Strict):
    """How the state is called."""

    message: str = Field(min_length=1, max_length=5000, description="What was done and why, the subject first")


class GitCommit:
    """Keep everything you changed so far as a commit on a line of your own, beside the user's repository.

    Nothing of the user's changes by it. It is no end of your work: what you propose is the worktree as it stands then.
    """

    name = "git_commit"
    arguments = Arguments

    def risk(self, arguments: Arguments) -> Risk:
        """It writes into Kaizen's own copy of the repository."""
        return "write"

    def resources(self, arguments: Arguments) -> Resources:
        """It reads every file and moves the attempt's line."""
        return Resources(reads=frozenset({"tree"}), writes=frozenset({"git"}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Commit the worktree as it is."""
        if not isinstance(bench.history, Line):
            return no("commits of an attempt are not kept here: go on without, your changes stay in the worktree")
        message = plain(arguments.message).strip()
        if not message:
            return no("the message is empty: say what was done")
        try:
            made = await asyncio.to_thread(bench.history.commit, message)
        except GitError as error:
            return no(plain(str(error)))
        subject = message.splitlines()[0][:100]
        return ToolResult(True, f"committed {made[:10]}: {subject}", f"{made[:10]} {subject}", facts={"commit": made})
