"""The attempt's commits, into the user's repository."""

from __future__ import annotations

import asyncio

from agents.ports import Line, Resources, ToolBench, ToolResult
from agents.tools.project_files import plain
from agents.tools.strict import Strict, no
from agents.workspace.git import GitError
from ledger.events import Risk


class Arguments(Strict):
    """None: what is pushed is what was committed, and where to is not to be chosen."""


class GitPush:
    """Add your commits to the user's repository as one new branch, `kaizen/…`; nothing else there is touched.

    Commit first. The change has not been judged then: a person is asked before. You rarely need it: what you propose
    is judged and delivered by itself.
    """

    name = "git_push"
    arguments = Arguments

    def risk(self, arguments: Arguments) -> Risk:
        """It changes the user's repository."""
        return "deliver"

    def resources(self, arguments: Arguments) -> Resources:
        """It reads the attempt's line."""
        return Resources(writes=frozenset({"git"}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Deliver the line, or say why not."""
        if not isinstance(bench.history, Line):
            return no("there is nothing to push to from here: what you propose is judged and delivered by itself")
        try:
            name = await asyncio.to_thread(bench.history.push)
        except GitError as error:
            return no(plain(str(error)))
        branch = name.removeprefix("refs/heads/")
        return ToolResult(True, f"added the branch {branch} to the user's repository", branch, facts={"ref": name})
