"""The security agent."""

from __future__ import annotations

from agents.ports import Found, Nothing, Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import CHANGE, LOOK, RUN
from agents.tools.dangers import find_dangers
from agents.workspace.layout import read_layout
from ledger.events import Task


class Security(BaseAgent):
    """Looks for dangerous code and committed secrets, and hands them on as SARIF."""

    name = "security"
    inputs = ("the project's code", "every committed file")
    outputs = ("findings", "SARIF", "patch")
    needs = ("bandit", "detect_secrets")
    tools = (*LOOK, *CHANGE, *RUN)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Report what both tools find; with a model, and when asked, mend what was found."""
        if bench.thinking is not None and task.kind in ("asked", "findings") and task.gate != "goal":
            return await self.brain.work(task, bench)  # type: ignore[no-any-return]
        target = bench.target
        files = read_layout(target.project, target.root).files
        found = await find_dangers(target, files, target.project)
        if found.why:
            return Nothing(found.why)
        worst = (*found.secrets, *found.code)
        return Found(worst) if worst else Nothing("no dangerous code and no committed secret was found")
