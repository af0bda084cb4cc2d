"""The architect."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agents.brains.classical import ClassicalBrain
from agents.brains.conversational import Brought, ask_structured
from agents.ports import Nothing, Opined, Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import CHANGE, LOOK, RUN
from agents.techniques.structure import Structure
from ledger.events import Task


class Judgement(BaseModel):
    """Whether what was asked for is done, as far as the change and the files show it."""

    satisfied: bool = Field(description="True only when all of it is done.")
    opinion: str = Field(min_length=1, description="Why, in a few sentences that name files and lines.")


class Architect(BaseAgent):
    """Names what makes the next change dear, and with a model gives an opinion on what no test can say."""

    name = "architect"
    inputs = ("the project's code", "its history", "what was built for a step", "findings of complexity")
    outputs = ("findings", "opinion", "patch")
    tools = (*LOOK, *CHANGE, *RUN)
    aliases = ("reviewer",)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Report findings with their evidence, or an opinion; with a model, mend what its gates found."""
        if task.kind == "structure":
            return await ClassicalBrain((Structure(),)).work(task, bench)
        if task.kind != "opinion":
            return await self.brain.work(task, bench)  # type: ignore[no-any-return]
        if bench.thinking is None:
            return Nothing("an opinion needs a model: connect one by --model or KAIZEN_MODEL")
        answer = await ask_structured("reviewer", task, bench, Judgement)
        if not isinstance(answer, Brought):
            return answer
        model = bench.thinking.models.chosen or bench.thinking.models.names[-1]
        return Opined(answer.answer.satisfied, answer.answer.opinion.strip(), model)
