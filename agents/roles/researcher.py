"""The researcher."""

from __future__ import annotations

import asyncio

from agents.ports import Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import LOOK, REMEMBER
from agents.techniques.facts import gather
from ledger.events import Task


class Researcher(BaseAgent):
    """Gathers what others need before they begin: layout, dependencies, hot files, commands, errors met before."""

    name = "researcher"
    inputs = ("a goal in words", "the project's files", "its history", "the ledger")
    outputs = ("facts",)
    tools = (*LOOK, *REMEMBER)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring facts with the places where they stand; nothing here is said by a model, so nothing is made up."""
        return await asyncio.to_thread(gather, bench, bench.notes.get("goal", task.title))
