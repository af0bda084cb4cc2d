"""The rest of a result that was too long to be told at once."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.long_text import LONGEST
from ledger.errors import LedgerError
from ledger.events import Risk

_PIECE = LONGEST - 500


class Arguments(BaseModel):
    """Which result, and from where."""

    model_config = ConfigDict(strict=True, extra="forbid")

    result: str = Field(description="The long name that stands where the result was cut", pattern="^[0-9a-f]{64}$")
    offset: int = Field(default=0, ge=0, description="The first character to be shown, from 0")


class ReadResult:
    """Read on in a result that was cut. Give the name and the offset that stand at the cut."""

    name = "read_result"
    arguments = Arguments

    def risk(self, arguments: Arguments) -> Risk:
        """It only looks."""
        return "read"

    def resources(self, arguments: Arguments) -> Resources:
        """What is kept never changes."""
        return Resources()

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Return the next piece, and where it goes on."""
        try:
            text = bench.blobs.get(arguments.result).decode("utf-8", "replace")
        except LedgerError:
            told = "no result of that name is kept: copy the name from where the result was cut"
            return ToolResult(False, told, told)
        piece = text[arguments.offset : arguments.offset + _PIECE]
        if not piece:
            told = f"the result has {len(text)} characters: give a smaller offset"
            return ToolResult(False, told, told)
        end = arguments.offset + len(piece)
        left = len(text) - end
        more = f"\n[{left} characters are left: go on with offset {end}]" if left else "\n[the end of the result]"
        return ToolResult(True, piece + more, f"characters {arguments.offset} to {end} of {len(text)}")
