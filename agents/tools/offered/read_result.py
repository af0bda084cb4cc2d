"""The rest of a result that was too long to be told at once."""

from __future__ import annotations

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.long_text import LONGEST
from agents.tools.strict import Looks, Strict, no
from ledger.errors import LedgerError

_PIECE = LONGEST - 500


class Arguments(Strict):
    """Which result, and from where."""

    result: str = Field(description="The long name that stands where the result was cut", pattern="^[0-9a-f]{64}$")
    offset: int = Field(default=0, ge=0, description="The first character to be shown, from 0")


class ReadResult(Looks):
    """Read on in a result that was cut. Give the name and the offset that stand at the cut."""

    name = "read_result"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Return the next piece, and where it goes on."""
        try:
            text = bench.blobs.get(arguments.result).decode("utf-8", "replace")
        except LedgerError:
            return no("no result of that name is kept: copy the name from where the result was cut")
        piece = text[arguments.offset : arguments.offset + _PIECE]
        if not piece:
            return no(f"the result has {len(text)} characters: give a smaller offset")
        end = arguments.offset + len(piece)
        left = len(text) - end
        more = f"\n[{left} characters are left: go on with offset {end}]" if left else "\n[the end of the result]"
        return ToolResult(True, piece + more, f"characters {arguments.offset} to {end} of {len(text)}")
