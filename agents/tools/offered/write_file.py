"""A whole file."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.edits import Wanted, Write, apply
from agents.tools.edits.naming import as_resource, plain
from agents.tools.edits.outcome import result_of
from agents.tools.rooted import is_absolute
from agents.tools.strict import Strict
from ledger.events import Risk


class Arguments(Strict):
    """Which file, and all of its text."""

    path: str = Field(min_length=1, description="From the project directory on")
    content: str = Field(description="The whole text")


class WriteFile:
    """Write a whole file; to change some lines of one, take edit_file.

    Folders are made. Encoding, line ends and mode of a file that is there are kept.
    """

    name = "write_file"
    arguments = Arguments
    at_hand = True

    def risk(self, arguments: Arguments) -> Risk:
        """It changes the private worktree."""
        return "write"

    def resources(self, arguments: Arguments) -> Resources:
        """The one file."""
        return Resources(writes=frozenset({as_resource(arguments.path)}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Write it, or say why not."""
        path = arguments.path.strip()
        # A bare name is meant as it stands here, even where another folder has a file of that name.
        named = path if is_absolute(plain(path)) or path.startswith("./") else f"./{path}"
        wanted = Wanted((Write(named, arguments.content, sure=True),))
        return result_of(await asyncio.to_thread(apply, wanted, bench.target.project, closed=bench.closed))
