"""A file that goes."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.edits import Delete, Wanted, apply
from agents.tools.edits.naming import as_resource
from agents.tools.edits.outcome import result_of
from agents.tools.strict import Strict
from ledger.events import Risk


class Arguments(Strict):
    """Which file."""

    path: str = Field(min_length=1, description="The file, from the project directory on")


class DeleteFile:
    """Delete one file of the project."""

    name = "delete_file"
    arguments = Arguments

    def risk(self, arguments: Arguments) -> Risk:
        """It changes the private worktree."""
        return "write"

    def resources(self, arguments: Arguments) -> Resources:
        """The one file."""
        return Resources(writes=frozenset({as_resource(arguments.path)}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Delete it, or say why not; a name that is not to the letter deletes nothing."""
        wanted = Wanted((Delete(arguments.path),))
        return result_of(await asyncio.to_thread(apply, wanted, bench.target.project, closed=bench.closed))
