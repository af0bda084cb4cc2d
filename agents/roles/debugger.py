"""The debugger."""

from __future__ import annotations

from agents.brains.classical import ClassicalBrain
from agents.ports import Outcome, Workbench
from agents.registry import charge_of
from ledger.events import Task


class Debugger:
    """Finds what makes tests fail and mends it: as it was mended before, else by searching a small edit."""

    name = "debugger"

    def __init__(self, brain: ClassicalBrain) -> None:
        self.brain = brain
        self.charge = charge_of(type(self))

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring a patch that the project's own tests accept, or say where the cause most likely is."""
        return await self.brain.work(task, bench)
