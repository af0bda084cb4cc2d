"""The tester."""

from __future__ import annotations

from agents.brains.classical import ClassicalBrain
from agents.ports import Outcome, Workbench
from agents.registry import charge_of
from ledger.events import Task


class Tester:
    """Writes tests for functions that no test reaches, from what they do today."""

    __test__ = False

    name = "tester"

    def __init__(self, brain: ClassicalBrain) -> None:
        self.brain = brain
        self.charge = charge_of(type(self))

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring new test files, or findings where the code contradicts its documentation, or say why neither."""
        return await self.brain.work(task, bench)
