"""How long a command takes, measured several times."""

from __future__ import annotations

import statistics

from pydantic import Field

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.commands import Line, argv_of, ended, limits, output, startable
from agents.tools.strict import Strict, no
from ledger.events import Risk

TOGETHER = 600.0
"""Seconds that all runs may take."""


class Arguments(Strict):
    """What to run, and how often."""

    command: Line = Field(description="A line for `sh`, or a list of program and arguments")
    runs: int = Field(default=5, ge=2, le=30, description="How often it is measured, after one run to warm up")
    seconds: float = Field(default=60, gt=0, le=300, description="How long one run may take")


class Benchmark:
    """Run a command several times in a throw-away copy and tell the median, the spread and the extremes of its time.

    Compare before and after a change. A difference smaller than the spread is none.
    """

    name = "benchmark"
    arguments = Arguments

    def risk(self, arguments: Arguments) -> Risk:
        """It runs code of the project's."""
        return "execute"

    def resources(self, arguments: Arguments) -> Resources:
        """A command may look at every file; nothing else should run beside it."""
        return Resources(reads=frozenset({"tree"}), writes=frozenset({"clock"}))

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Run it once to warm up and then `runs` times, as far as the time reaches."""
        if wrong := startable(arguments.command):
            return no(wrong)
        wall: list[float] = []
        cpu: list[float] = []
        spent = 0.0
        for turn in range(arguments.runs + 1):
            made = await bench.target.produce(argv_of(arguments.command), limits=limits(arguments.seconds))
            done = made.completed
            if ended(done) != "exit status 0":
                return no(f"run {turn + 1} failed, so nothing is measured: {ended(done)}\n{output(done, made.place)}")
            spent += done.seconds
            if turn:
                wall.append(done.seconds)
                cpu.append(done.cpu_seconds)
            if spent > TOGETHER and len(wall) >= 2:
                break
        lines = [_line("wall", wall), _line("CPU", cpu)]
        facts = {"runs": len(wall), "median": statistics.median(wall), "cpu_median": statistics.median(cpu)}
        facts |= {"spread": _spread(wall), "least": min(wall), "most": max(wall)}
        text = "\n".join([f"{len(wall)} runs", *lines])
        return ToolResult(True, text, lines[0], facts={name: round(value, 4) for name, value in facts.items()})


def _line(what: str, seconds: list[float]) -> str:
    middle, spread = statistics.median(seconds), _spread(seconds)
    share = f" ({100 * spread / middle:.0f} %)" if middle else ""
    return f"{what}: median {middle:.4f} s, spread {spread:.4f} s{share}, {min(seconds):.4f} to {max(seconds):.4f} s"


def _spread(seconds: list[float]) -> float:
    """Return the distance between the quartiles: one slow run does not make it large."""
    quarters = statistics.quantiles(seconds, n=4, method="inclusive")
    return quarters[2] - quarters[0]
