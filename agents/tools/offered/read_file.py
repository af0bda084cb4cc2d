"""A file's lines, with their numbers."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.edits.naming import as_resource, meant, plain
from agents.tools.edits.safe_files import ProjectFiles, Unreachable
from agents.tools.edits.text_file import NotText, TextFile, decoded
from agents.tools.long_text import LONGEST
from agents.tools.strict import Looks, Strict, no

_LONG = 2000
"""Characters of one line that are shown."""
_ROOM = LONGEST - 500


class Arguments(Strict):
    """Which file, and which of its lines."""

    path: str = Field(min_length=1, description="From the project directory on")
    start: int = Field(default=1, ge=1, description="First line")
    end: int | None = Field(default=None, ge=1, description="Last line")


class ReadFile(Looks):
    """Read the lines of a file, each after its number and a tab; a long file comes in pieces.

    The last line of a piece says where to go on.
    """

    name = "read_file"
    arguments = Arguments
    at_hand = True

    def resources(self, arguments: Arguments) -> Resources:
        """The one file."""
        return Resources(reads=frozenset({as_resource(arguments.path)}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Return the lines, or the names that come nearest."""
        return await asyncio.to_thread(_read, arguments, bench)


def _read(arguments: Arguments, bench: ToolBench) -> ToolResult:
    files = ProjectFiles(bench.target.project)
    path = plain(arguments.path, str(bench.target.project))
    note = ""
    try:
        held = files.read(path)
        if held is None:
            found = meant(arguments.path, files.names(), project=str(bench.target.project))
            if found.why:
                return no(found.why)
            path, note = found.path, f"[{found.note}]\n" if found.note else ""
            held = files.read(path)
        file = decoded(held.content if held else b"")
    except (Unreachable, NotText) as error:
        return no(str(error) if isinstance(error, Unreachable) else f"{path} cannot be shown: {error}")
    if arguments.start > max(1, len(file.lines)):
        return no(f"{path} has {len(file.lines)} lines: give a smaller start")
    shown, last = _shown(file, arguments.start - 1, arguments.end or len(file.lines))
    text = f"{note}{shown}{_about(file, last)}"
    return ToolResult(True, text, f"{path}, lines {arguments.start} to {last}", facts={"lines": len(file.lines)})


def _shown(file: TextFile, start: int, stop: int) -> tuple[str, int]:
    """Return as many lines as there is room for, and the number of the last."""
    rows: list[str] = []
    room = _ROOM
    at = start
    while at < min(stop, len(file.lines)):
        line = file.lines[at].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        more = f" [{len(line) - _LONG} characters more]" if len(line) > _LONG else ""
        row = f"{at + 1:6}\t{line[:_LONG]}{more}\n"
        if rows and len(row) > room:
            break
        rows.append(row)
        room -= len(row)
        at += 1
    return "".join(rows), at


def _about(file: TextFile, last: int) -> str:
    """Return what a person would see in an editor besides the lines."""
    if not file.lines:
        return "[the file is empty]"
    rest = len(file.lines) - last
    told = [f"{rest} lines more: go on with start {last + 1}" if rest else f"the end, {len(file.lines)} lines"]
    told += ["its lines end with CRLF; that stays so, write plain line ends"] if file.end == "\r\n" else []
    told += [f"encoding {file.encoding}"] if file.encoding != "utf-8" else []
    told += ["no line end at the end of the file"] if not rest and not file.ended else []
    return f"[{'; '.join(told)}]"
