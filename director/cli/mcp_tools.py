"""Kaizen's own commands as tools for another program."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import Field

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.project_files import plain
from agents.tools.strict import Strict, no
from ledger.events import Risk

PATIENCE = 120.0
"""Seconds a command that only reads may take."""


class Nothing(Strict):
    """No arguments: it is about the project."""


class Tells:
    """Tells what a command that reads says of the project."""

    arguments = Nothing
    words: tuple[str, ...]
    """The command."""

    def __init__(self, project: Path) -> None:
        self._project = project

    def risk(self, arguments: Nothing) -> Risk:
        """It only looks."""
        return "read"

    def resources(self, arguments: Nothing) -> Resources:
        """Nothing of the worktree."""
        return Resources()

    async def run(self, arguments: Nothing, bench: ToolBench) -> ToolResult:
        """Ask as the command does."""
        return await _read(self._project, self.words)


class TellStatus(Tells):
    """Tell where the project stands in Kaizen: its run, its gates with their values, who works on what. As JSON."""

    name = "kaizen_status"
    words = ("status", "--json")


class TellGates(Tells):
    """Tell every quality gate of the project with its state, value, target and findings. As JSON."""

    name = "kaizen_gates"
    words = ("gates", "--json", "--all")


class RunArguments(Strict):
    """What the run is for, and what it may take."""

    goal: str = Field(default="", max_length=20_000, description="What to achieve, in words; empty: the gates alone")
    iterations: int | None = Field(default=None, ge=1, description="Most iterations")
    minutes: float | None = Field(default=None, gt=0, description="Most minutes")
    wait: float = Field(default=45, ge=0, le=3600, description="Seconds to wait here for the end of the run")


class BeginRun:
    """Improve the repository until its gates pass: works in a place of its own and adds one branch at the end.

    Waits some seconds; a run that takes longer goes on, and kaizen_status tells where it stands. One at a time.
    """

    name = "kaizen_run"
    arguments = RunArguments

    def __init__(self, project: Path, output: Path) -> None:
        self._project, self._output = project, output
        self._child: asyncio.subprocess.Process | None = None

    def risk(self, arguments: RunArguments) -> Risk:
        """It runs the project's code in the sandbox; what it delivers was judged before, if your settings let it."""
        return "execute"

    def resources(self, arguments: RunArguments) -> Resources:
        """Nothing of the worktree of this call."""
        return Resources(writes=frozenset({"run"}))

    async def run(self, arguments: RunArguments, bench: ToolBench) -> ToolResult:
        """Start a run, or wait for the one at work."""
        if self._child is None:
            limits = {"--iterations": arguments.iterations, "--minutes": arguments.minutes, "--goal": arguments.goal}
            given = [f"{name}={value}" for name, value in limits.items() if value]
            with self._output.open("wb") as output:
                self._child = await asyncio.create_subprocess_exec(
                    *_line(["run", str(self._project), "--no-page", *given]), stdin=asyncio.subprocess.DEVNULL,
                    stdout=output, stderr=output, cwd=self._project,
                )  # fmt: skip
        with suppress(TimeoutError):
            await asyncio.wait_for(self._child.wait(), arguments.wait)
        status = self._child.returncode
        said = plain(self._output.read_text("utf-8", "replace")).strip()
        if status is None:
            told = f"{said}\nthe run goes on: ask kaizen_status"
            return ToolResult(True, told, "the run goes on", facts={"ended": False})
        self._child = None
        end = f"exit status {status}"
        return ToolResult(status == 0, f"{said}\n{end}".strip(), end, facts={"ended": True, "exit": status})

    async def stop(self) -> None:
        """Stop a run at work in good order; what landed is kept and delivered."""
        if self._child is not None and self._child.returncode is None:
            self._child.send_signal(signal.SIGINT)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._child.wait(), 30)
            if self._child.returncode is None:
                self._child.kill()


async def _read(project: Path, words: Sequence[str]) -> ToolResult:
    child = await asyncio.create_subprocess_exec(
        *_line(words), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, cwd=project,
    )  # fmt: skip
    try:
        said, complaint = await asyncio.wait_for(child.communicate(), PATIENCE)
    except TimeoutError:
        child.kill()
        await child.wait()
        return no(f"kaizen {words[0]} took longer than {PATIENCE:g} s: is the machine busy?")
    if child.returncode != 0:
        return no(plain(complaint.decode("utf-8", "replace")).strip() or f"exit status {child.returncode}")
    told = json.loads(said)
    return ToolResult(True, json.dumps(told, ensure_ascii=False, indent=1), words[0])


def _line(words: Sequence[str]) -> list[str]:
    """Start this very program, blind to modules of the directory it works in."""
    return [sys.executable, "-P", "-m", "director", *words]
