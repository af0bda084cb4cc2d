"""What a file or a folder defines."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.code.reading import Read, no_code
from agents.tools.code.tags import Definition
from agents.tools.project_files import Outside, plain
from agents.tools.strict import LooksAt, Strict, no

MOST = 400
"""Definitions that are shown."""


class Arguments(Strict):
    """Of which file or folder."""

    path: str = Field(default="", max_length=500, description="A file or a folder of the project; empty for all of it")


class Outline(LooksAt):
    """Show what a file defines, with lines and signatures; of a folder, what each file defines at its top.

    Reads Python, JavaScript, TypeScript, Go, Rust and Java. Much shorter than the file: look here before you read it.
    """

    name = "outline"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """List the definitions."""
        try:
            read = await asyncio.to_thread(Read.of, bench.target.project, arguments.path)
        except Outside as outside:
            return no(str(outside))
        if not read.files:
            return no(no_code(bench.target.project, arguments.path))
        whole = len(read.files) == 1
        lines: list[str] = []
        shown = left = 0
        for path, tags in read.files.items():
            wanted = [each for each in tags.definitions if whole or not (each.container or each.local)]
            room = max(0, MOST - shown)
            shown, left = shown + len(wanted[:room]), left + len(wanted[room:])
            if room and (wanted or whole):
                lines.append(f"{plain(path)} ({tags.language})")
                lines += [_line(each) for each in wanted[:room]]
        lines += [f"[{left} more definitions: give a path to see them]"] if left else []
        lines += [f"[line {line}: {plain(what)}]" for line, what in _broken(read, whole)]
        counted = f"{shown + left} definitions in {len(read.files)} file{'s' if len(read.files) > 1 else ''}"
        facts = {"definitions": shown + left, "files": len(read.files)}
        return ToolResult(True, "\n".join(lines), counted, facts=facts)


def _broken(read: Read, whole: bool) -> list[tuple[int, str]]:
    return [each for tags in read.files.values() for each in tags.broken[:5]] if whole else []


def _line(each: Definition) -> str:
    depth = (each.container.count(".") + 1) if each.container else 0
    return f"{each.line:>5}-{each.end:<5} {'  ' * depth}{plain(each.signature)}"
