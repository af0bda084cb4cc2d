"""Some lines of files, in whatever way they are written."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.edits import Move, Replace, Wanted, apply, read_edits
from agents.tools.edits.naming import as_resource
from agents.tools.edits.outcome import result_of
from agents.tools.strict import RARE, Strict
from ledger.events import Risk


class OneEdit(Strict):
    """One place of a file."""

    old_text: str = Field(description="Text of the file, exactly; long enough to stand in it once")
    new_text: str = Field(description="What is to stand there instead")
    path: str = Field(default="", description="The file, when it is another than the path beside the list")
    replace_all: bool = Field(default=False, description="Whether every place is meant that has the old text")


class Arguments(Strict):
    """Which file, and what is to become of which text; or the edits of several files as one text."""

    path: str = Field(default="", description="From the project directory on")
    old_text: str | None = Field(default=None, description="Stands in the file once, exactly so")
    new_text: str | None = Field(default=None, description="Empty to delete")
    replace_all: bool = Field(default=False, description="Every place with the old text")
    edits: list[OneEdit] = Field(
        default_factory=list, description="Several edits at once, all or none", json_schema_extra=RARE
    )
    text: str = Field(
        default="", json_schema_extra=RARE,
        description="Instead of all these: SEARCH/REPLACE blocks, a unified diff or a patch, with file names",
    )  # fmt: skip


class EditFile:
    """Replace text in a file: copy the old text from read_file, with its indentation, without the line numbers.

    All edits of a call are made or none. Where the old text does not stand exactly once nothing is changed and the
    nearest real lines are told. The result shows the changed lines and whether the file still parses.
    """

    name = "edit_file"
    arguments = Arguments
    at_hand = True

    def risk(self, arguments: Arguments) -> Risk:
        """It changes the private worktree."""
        return "write"

    def resources(self, arguments: Arguments) -> Resources:
        """The files that are named; with names inside a text, whatever they turn out to mean."""
        wanted = _wanted(arguments)
        names = {edit.path or arguments.path for edit in wanted.edits}
        names |= {edit.to for edit in wanted.edits if isinstance(edit, Move)}
        files = {as_resource(name) for name in names if name}
        return Resources(writes=frozenset(files | ({"tree"} if arguments.text or not files else set())))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Make all edits or none."""
        wanted = _wanted(arguments)
        if not wanted.edits and not wanted.refused and not arguments.text:
            why = "no edit is given: give path, old_text and new_text, or edits, or text"
            return ToolResult(False, f"Nothing was changed: {why}", why)
        applied = await asyncio.to_thread(
            apply, wanted, bench.target.project, closed=bench.closed, default=arguments.path
        )
        return result_of(applied)


def _wanted(arguments: Arguments) -> Wanted:
    text = arguments.text
    if text.lstrip().startswith("@@"):
        text = f"~~~~~~diff\n{text}\n~~~~~~"  # of the file that is named beside it
    found = read_edits(text) if text else Wanted()
    edits = list(found.edits)
    if arguments.old_text is not None or arguments.new_text is not None:
        edits.append(
            Replace(
                arguments.path, arguments.old_text or "", arguments.new_text or "",
                lines=False, every=arguments.replace_all,
            )
        )  # fmt: skip
    edits += [
        Replace(one.path or arguments.path, one.old_text, one.new_text, lines=False, every=one.replace_all)
        for one in arguments.edits
    ]
    return found._replace(edits=tuple(edits))
