"""The passages whose words are nearest to a question."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.passages import passages
from agents.tools.project_files import Outside, plain
from agents.tools.strict import LooksAt, Strict, no

SHOWN = 12
"""Lines of a passage that are shown."""


class Arguments(Strict):
    """What is asked, and where."""

    query: str = Field(min_length=1, max_length=2000, description="What you look for, in words or names")
    path: str = Field(default="", max_length=500, description="Only below this file or folder")
    most: int = Field(default=8, ge=1, le=30, description="Passages shown")


class SearchMeaning(LooksAt):
    """Find the passages nearest to a question: for when you do not know the exact words.

    Words, parts of names and their neighbours are compared, without a model: ask with the words the code would use. A
    likeness below 0.1 is chance.
    """

    name = "search_meaning"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Compare the question with every passage; only those of changed files are taken in anew."""
        if bench.knowledge is None:
            return no("there is no index of meanings here: use search_text with the words you would expect")
        try:
            return await asyncio.to_thread(_searched, arguments, bench)
        except Outside as outside:
            return no(str(outside))


def _searched(arguments: Arguments, bench: ToolBench) -> ToolResult:
    assert bench.knowledge is not None
    under = arguments.path.rstrip("/") if arguments.path != "." else ""
    known = {each.id: each for each in passages(bench.target.project, under)}
    near = bench.knowledge.nearest({name: each.text for name, each in known.items()}, arguments.query, arguments.most)
    if not near:
        told = f"none of {len(known)} passages has words in common with the question"
        return ToolResult(True, told, told, facts={"passages": 0})
    lines: list[str] = []
    for found in near:
        each = known[found.id]
        body = each.text.split("\n")[1:]
        shown = [f"{each.start + nth:>5} {plain(line)[:200]}" for nth, line in enumerate(body[:SHOWN])]
        more = [f"      [{len(body) - SHOWN} more lines]"] if len(body) > SHOWN else []
        lines += [f"{plain(each.path)}:{each.start}-{each.end} (likeness {found.likeness:.2f})", *shown, *more]
    first = known[near[0].id]
    summary = f"{len(near)} passages, {plain(first.path)}:{first.start} first"
    return ToolResult(True, "\n".join(lines), summary, facts={"passages": len(near)})
