"""The tester."""

from __future__ import annotations

from agents.ports import Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import CHANGE, LOOK, RUN
from ledger.events import Task


class Tester(BaseAgent):
    """Writes tests: for functions that no test reaches, from what they do today, and ahead of work that is to come."""

    __test__ = False

    name = "tester"
    inputs = ("functions no test reaches", "a step of a plan")
    outputs = ("test files", "where code contradicts its documentation")
    tools = (*LOOK, *CHANGE, *RUN)
    aliases = ("validator",)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring new test files, or findings where the code contradicts its documentation, or say why neither."""
        return await self.brain.work(task, bench)  # type: ignore[no-any-return]
