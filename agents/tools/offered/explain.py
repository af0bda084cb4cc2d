"""What a piece of code does, in words."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from agents.ports import ToolBench, ToolResult
from agents.tools.asking import NotAsked, ask, marked, source_of
from agents.tools.project_files import plain
from agents.tools.strict import LooksAt, Strict, no

SYSTEM = (
    "You explain code to somebody who is about to change it. Say what it does, on what it relies, what calls it in "
    "which way, and what would break. Say only what stands in the code; say so where it does not tell. Be short."
)


class Arguments(Strict):
    """Which code, and what about it."""

    path: str = Field(min_length=1, max_length=500, description="The file")
    names: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default=[], max_length=20, description="Only these definitions of it, e.g. `Shelf.add`"
    )
    question: str = Field(default="", max_length=2000, description="What you want to know")


class Explain(LooksAt):
    """Ask the model what a piece of code does. It costs a call: for what you can read yourself, read it."""

    name = "explain"
    arguments = Arguments

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Ask, and return the answer as it is."""
        try:
            source = await asyncio.to_thread(source_of, bench, arguments.path, arguments.names)
            question = arguments.question.strip() or "What does it do?"
            said = await ask(bench, self.name, SYSTEM, f"{marked(arguments.path, source)}\n\n{question}", tokens=1500)
        except NotAsked as why:
            return no(str(why))
        return ToolResult(True, plain(said).strip(), f"explained {plain(arguments.path)}")
