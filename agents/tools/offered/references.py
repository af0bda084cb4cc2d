"""Where a name is used."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.code.reading import Read
from agents.tools.project_files import Outside, plain
from agents.tools.strict import LooksAt, Strict, no

MOST = 200


class Arguments(Strict):
    """Which name, and where."""

    name: str = Field(min_length=1, max_length=200, description="The whole name, e.g. `parse_amount`")
    path: str = Field(default="", max_length=500, description="Only below this file or folder")


class References(LooksAt):
    """Find every line of code that uses a name: with the definition it stands in; comments and strings do not count.

    Reads Python, JavaScript, TypeScript, Go, Rust and Java. Names are compared, not types: two things of one name are
    both found. Use it before you change what something takes or gives.
    """

    name = "references"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """List the lines, definitions marked."""
        try:
            return await asyncio.to_thread(_found, bench, arguments)
        except Outside as outside:
            return no(str(outside))


def _found(bench: ToolBench, arguments: Arguments) -> ToolResult:
    read = Read.of(bench.target.project, arguments.path)
    asked = arguments.name.strip().replace("::", ".").rpartition(".")[2]
    lines: list[str] = []
    files = total = 0
    for path, tags in read.files.items():
        used = tags.mentions.get(asked, ())
        if not used:
            continue
        files, total = files + 1, total + len(used)
        defined = {each.line for each in tags.definitions if each.name == asked}
        for number in used[: max(0, MOST - len(lines))]:
            around = [each for each in tags.definitions if each.line < number <= each.end]
            inside = f" in {plain(max(around, key=lambda each: each.line).full)}" if around else ""
            mark = " (defined here)" if number in defined else ""
            lines.append(f"{plain(path)}:{number}{inside}{mark}: {read.line(path, number)}")
    if not total:
        where = f" below {plain(arguments.path)}" if arguments.path else ""
        told = f"no code uses {plain(asked)!r}{where}: search_text finds it in strings, comments and other files"
        return ToolResult(True, told, told, facts={"lines": 0, "files": 0})
    lines += [f"[{total - MOST} more: give a path]"] if total > MOST else []
    summary = f"{total} lines in {files} file{'s' if files > 1 else ''}"
    return ToolResult(True, "\n".join([*lines, summary]), summary, facts={"lines": total, "files": files})
