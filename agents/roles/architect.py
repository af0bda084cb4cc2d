"""The architect."""

from __future__ import annotations

from agents.brains.classical import ClassicalBrain
from agents.ports import Outcome, Workbench
from agents.registry import charge_of
from ledger.events import Task


class Architect:
    """Looks at how the parts hang together and names what makes the next change dear."""

    name = "architect"

    def __init__(self, brain: ClassicalBrain) -> None:
        self.brain = brain
        self.charge = charge_of(type(self))

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Report findings with their evidence; the architect changes nothing."""
        return await self.brain.work(task, bench)
