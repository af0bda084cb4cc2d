"""The debugger."""

from __future__ import annotations

from agents.ports import Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import CHANGE, LOOK, REMEMBER, RUN
from ledger.events import Task


class Debugger(BaseAgent):
    """Finds what makes tests fail and mends it: as it was mended before, else by searching a small edit."""

    name = "debugger"
    inputs = ("failing tests", "tracebacks", "proven fixes", "a draft that was rejected")
    outputs = ("patch", "where the cause most likely is")
    tools = (*LOOK, *REMEMBER, *CHANGE, *RUN)
    aliases = ("fixer",)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring a patch that the project's own tests accept, or say where the cause most likely is."""
        return await self.brain.work(task, bench)  # type: ignore[no-any-return]
