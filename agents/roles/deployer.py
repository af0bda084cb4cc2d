"""The deployer."""

from __future__ import annotations

from agents.brains.classical import ClassicalBrain
from agents.ports import Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import LOOK
from agents.techniques.workflow import Workflow
from ledger.events import Task


class Deployer(BaseAgent):
    """Brings a CI workflow that runs the project's own commands, and rehearses a release and its rollback."""

    name = "deployer"
    inputs = ("the project's own commands", "what was validated")
    outputs = ("CI workflow", "rehearsed release")
    needs = ("git",)
    tools = (*LOOK, "git_commit", "git_push")

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring the workflow file, or say why none is needed."""
        return await ClassicalBrain((Workflow(),)).work(task, bench)
