"""The tool with which the model says that it is done, and what it may have to bring then."""

from __future__ import annotations

import json

from pydantic import BaseModel, Field

from agents.brains.conversation.facts import FINISH
from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.arguments import Unfitting, read_arguments
from ledger.events import Risk


class Summary(BaseModel):
    """What the model says at the end."""

    summary: str = Field(default="", description="What was wrong, what you changed, how you know")


class Finish:
    """Say that the work is done, or that nothing more can be done."""

    name = FINISH

    def __init__(self, arguments: type[BaseModel] = Summary) -> None:
        """`arguments` are what must be brought; anything goes for a mere summary."""
        self.arguments = arguments

    def wrong(self, arguments: str, said: str) -> str:
        """Return what is wrong with what was brought, or ''."""
        if self.arguments is Summary:
            return ""
        try:
            self.brought(arguments, said)
        except Unfitting as wrong:
            return f"That is not the answer yet: {wrong}. Call finish with what is missing."
        return ""

    def brought(self, arguments: str, said: str) -> BaseModel:
        """Return what was brought, as arguments or as JSON in the text; raise Unfitting."""
        text = arguments if arguments.strip() not in ("", "{}") else said
        found: BaseModel = read_arguments(self, text)
        return found

    def risk(self, arguments: BaseModel) -> Risk:
        """Looks only."""
        return "read"

    def resources(self, arguments: BaseModel) -> Resources:
        """Touches nothing: it comes after everything else."""
        return Resources()

    async def run(self, arguments: BaseModel, bench: ToolBench) -> ToolResult:
        """Say what was brought; the loop looks at it."""
        return ToolResult(success=True, text=json.dumps(arguments.model_dump(mode="json"), ensure_ascii=False))
