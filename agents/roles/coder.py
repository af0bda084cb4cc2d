"""The coder."""

from __future__ import annotations

from agents.brains.classical import ClassicalBrain
from agents.ports import Outcome, Workbench
from agents.registry import charge_of
from ledger.events import Task


class Coder:
    """Mends what the linter finds and removes code that nothing uses."""

    name = "coder"

    def __init__(self, brain: ClassicalBrain) -> None:
        self.brain = brain
        self.charge = charge_of(type(self))

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring a patch that leaves the code's behaviour as it is, or say why there is none."""
        return await self.brain.work(task, bench)
