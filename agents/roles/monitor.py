"""The monitor."""

from __future__ import annotations

import asyncio

from agents.ports import Found, Nothing, Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.techniques.watch import notices
from ledger.events import Finding, Task


class Monitor(BaseAgent):
    """Reads the ledger and raises one alert when the loop is slow or fails, and clears it once when that is over."""

    name = "monitor"
    inputs = ("the ledger",)
    outputs = ("alerts",)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Raise what is new as notices and report it; an alert that stands already is not raised again."""
        ledger = await asyncio.to_thread(lambda: list(bench.ledger()))
        if not ledger:
            return Nothing("the ledger is empty: there is no loop to look at yet")
        raised = notices(ledger, now=ledger[-1].at)
        for notice in raised:
            bench.record(notice)
        if not raised:
            return Nothing("nothing new: the loop is neither slow nor failing, or that was told already")
        return Found(tuple(Finding(rule=notice.code, message=notice.message) for notice in raised))
