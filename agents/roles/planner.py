"""The planner."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from agents.brains.conversational import Brought, ask_structured
from agents.ports import Nothing, Outcome, Planned, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import LOOK
from ledger.events import PlanStep, Task

LONGEST = 40


class Step(BaseModel):
    """One step, as a model says it."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(description="A short name in small letters and dashes, e.g. `parse-dates`.")
    title: str = Field(description="What will be different, in one line.")
    acceptance: str = Field(
        description="What shows that it is done: behaviour that an automatic test written beforehand can check. Name "
        "modules, functions, commands, and examples of input and output. No step is about writing tests."
    )
    needs: list[str] = Field(default_factory=list, description="Ids of the steps that must come before it.")
    opinion: bool = Field(default=False, description="True only where no automatic test can say whether it is done.")


class Plan(BaseModel):
    """The steps to the goal: few, each useful by itself, the riskiest early."""

    steps: list[Step] = Field(min_length=1)


class Planner(BaseAgent):
    """Cuts a goal in words into steps that depend on each other without a circle, each with what shows it is done."""

    name = "planner"
    inputs = ("a goal in words", "facts")
    outputs = ("plan",)
    needs = ("model",)
    tools = LOOK

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring a plan, or say why there is none; whether it can be followed is for the director to judge."""
        if task.kind != "plan":
            return await self.brain.work(task, bench)  # type: ignore[no-any-return]
        if bench.thinking is None:
            return Nothing("a plan needs a model: connect one by --model or KAIZEN_MODEL")
        answer = await ask_structured(self.name, task, bench, Plan)
        return Planned(tuple(_steps(answer.answer))) if isinstance(answer, Brought) else answer


def _steps(plan: Plan) -> Iterator[PlanStep]:
    """Yield the steps under ids that can stand in names, whatever a model calls them."""
    ids = {step.id: _tidy(step.id) or f"step-{nth}" for nth, step in enumerate(plan.steps, 1)}
    for step in plan.steps:
        yield PlanStep(
            id=ids[step.id],
            title=" ".join(step.title.split()),
            acceptance=step.acceptance.strip(),
            needs=tuple(dict.fromkeys(ids.get(need, need) for need in step.needs)),
            opinion=step.opinion,
        )


def _tidy(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST].strip("-")
