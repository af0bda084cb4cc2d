"""The architect."""

from __future__ import annotations

from pydantic import BaseModel

from agents.ports import Opined, Outcome, Workbench
from agents.roles.asking import ask
from agents.roles.base import BaseAgent
from agents.roles.toolkits import LOOK
from ledger.events import Task

CHARGE = (
    "You review what somebody else built for one step of a plan. "
    "Read what was asked (`step`) and what was changed for it (`change`). "
    "Say whether what was asked is done, all of it (`satisfied`), and why, in a few sentences that name files and "
    "lines (`opinion`). Judge what stands there, not what is said about it."
)


class Judgement(BaseModel):
    """An opinion, as a model says it."""

    satisfied: bool
    opinion: str


class Architect(BaseAgent):
    """Names what makes the next change dear, and with a model gives an opinion on what no test can say."""

    name = "architect"
    inputs = ("the project's code", "its history", "what was built for a step")
    outputs = ("findings", "opinion")
    tools = LOOK
    aliases = ("reviewer",)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Report findings with their evidence, or an opinion; the architect changes nothing."""
        if task.kind != "opinion":
            return await self.brain.work(task, bench)  # type: ignore[no-any-return]
        told = await ask(bench, task, "review", CHARGE, Judgement, _objection)
        if told.answer is None:
            return told.why
        return Opined(told.answer.satisfied, told.answer.opinion.strip(), told.model)


def _objection(judgement: Judgement) -> str:
    return "" if judgement.opinion.strip() else "the opinion has no reason"
