"""The UI refiner."""

from __future__ import annotations

from agents.brains.classical import ClassicalBrain
from agents.ports import Found, Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import CHANGE, LOOK, RUN
from agents.techniques.accessible import Accessible
from ledger.events import Task


class UiRefiner(BaseAgent):
    """Finds what people who do not see a page cannot use in it, and gives it the texts it lacks."""

    name = "ui_refiner"
    inputs = ("HTML and JSX", "readings of the accessibility gate")
    outputs = ("patch", "findings")
    tools = (*LOOK, *CHANGE, *RUN)
    aliases = ("designer",)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring the mechanical fixes, else what a person must word; with a model, let it word what is left."""
        found = await ClassicalBrain((Accessible(),)).work(task, bench)
        if bench.thinking is not None and isinstance(found, Found):
            return await self.brain.work(task, bench)  # type: ignore[no-any-return]
        return found
