"""The coder."""

from __future__ import annotations

from agents.ports import Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import CHANGE, LOOK, REMEMBER, RUN
from ledger.events import Task


class Coder(BaseAgent):
    """Mends what the linter finds, removes code that nothing uses, and with a model builds what a plan asks for."""

    name = "coder"
    inputs = ("lint findings", "a step of a plan", "its acceptance tests")
    outputs = ("patch",)
    needs = ("ruff",)
    tools = (*LOOK, *REMEMBER, *CHANGE, *RUN)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring a patch, or say why there is none."""
        return await self.brain.work(task, bench)  # type: ignore[no-any-return]
