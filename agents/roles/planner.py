"""The planner."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field

from agents.ports import Outcome, Planned, Workbench
from agents.roles.asking import ask
from agents.roles.base import BaseAgent
from agents.roles.toolkits import LOOK
from ledger.events import PlanStep, Task

CHARGE = (
    "You are the planner of a software project. Cut the goal into steps that one person can do one after the other: "
    "few, each useful by itself, the riskiest early. Say of each step what will be different, which steps must come "
    "before it (`needs`, by id), and what shows that it is done (`acceptance`): behaviour that an automatic test can "
    "check, with the names of modules, functions, commands and examples of input and output, so that the test can be "
    "written before the work. Set `opinion` to true only where no test can say it. The code has tests already: no "
    "step is about writing tests."
)


class Step(BaseModel):
    """One step, as a model says it."""

    id: str
    title: str
    acceptance: str
    needs: list[str] = Field(default_factory=list)
    opinion: bool = False


class Plan(BaseModel):
    """A plan, as a model says it."""

    steps: list[Step]


class Planner(BaseAgent):
    """Cuts a goal in words into steps that depend on each other without a circle, each with what shows it is done."""

    name = "planner"
    inputs = ("a goal in words", "facts")
    outputs = ("plan",)
    needs = ("model",)
    tools = LOOK

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Bring a plan, or say why there is none; whether it can be followed is for the director to judge."""
        told = await ask(bench, task, "plan", CHARGE, Plan, _objection)
        return Planned(tuple(_steps(told.answer))) if told.answer is not None else told.why


def _objection(plan: Plan) -> str:
    return "" if plan.steps else "it has no step"


def _steps(plan: Plan) -> list[PlanStep]:
    """Return the steps with ids that can stand in names: whatever a model calls them."""
    ids = {step.id: _tidy(step.id) or f"step-{nth}" for nth, step in enumerate(plan.steps, 1)}
    return [
        PlanStep(
            id=ids[step.id],
            title=" ".join(step.title.split()),
            acceptance=step.acceptance.strip(),
            needs=tuple(dict.fromkeys(ids.get(need, _tidy(need)) for need in step.needs)),
            opinion=step.opinion,
        )
        for step in plan.steps
    ]


def _tidy(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
