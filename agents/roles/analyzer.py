"""The analyzer."""

from __future__ import annotations

import asyncio

from agents.ports import Found, Nothing, Outcome, Workbench
from agents.roles.base import BaseAgent
from agents.roles.toolkits import LOOK, MEASURE
from agents.techniques.trend import series_of, told, trend_of, weakest_first
from ledger.events import Finding, Task


class Analyzer(BaseAgent):
    """Reads from the ledger how each gate moves, ranks the weakest, and says when targets are met, with a margin."""

    name = "analyzer"
    inputs = ("the ledger's readings",)
    outputs = ("trends", "forecasts with an interval", "the gate that needs work most")
    tools = (*LOOK, *MEASURE)
    aliases = ("analyst",)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Report one finding for each gate, what to work on first at the top."""
        if bench.thinking is not None and task.kind == "asked":
            return await self.brain.work(task, bench)  # type: ignore[no-any-return]
        events = await asyncio.to_thread(lambda: [recorded.event for recorded in bench.ledger()])
        trends = [trend_of(series) for series in series_of(events)]
        if not trends:
            return Nothing("nothing was measured yet: begin a run first")
        weak = weakest_first(trends)
        ordered = [*weak, *(trend for trend in trends if trend not in weak)]
        findings = [
            Finding(rule="weakest" if trend in weak[:1] else "trend", message=told(trend), symbol=trend.spec.name)
            for trend in ordered
        ]
        return Found(tuple(findings))
