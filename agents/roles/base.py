"""The face of an agent for those who write one: what it is, as data, and one method."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from agents.ports import Outcome, Workbench
from agents.registry import charge_of
from ledger.events import Task


class BaseAgent(ABC):
    """An agent with its line of the capability matrix; a subclass says its `name` and does the work."""

    inputs: ClassVar[tuple[str, ...]] = ()
    """What it works from, in words."""
    outputs: ClassVar[tuple[str, ...]] = ()
    """What it brings."""
    needs: ClassVar[tuple[str, ...]] = ()
    """What must be there: `model`, or a program or Python package by its name."""
    tools: ClassVar[tuple[str, ...]] = ()
    """Tools it may use when it thinks with a model: names, `*` for any letters."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other names it is called by."""

    def __init__(self, brain: Any) -> None:
        """`brain` has `await work(task, bench)`: it thinks for the agent where the agent leaves it to it."""
        self.brain = brain
        self.charge = charge_of(type(self))

    @abstractmethod
    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Work on one task; raise an AgentError when the environment fails, never for a wrong answer."""
