"""`kaizen run`: improve a repository until its gates pass."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Protocol

import typer

from agents.workspace.mirror import locate
from director.bootstrap import Project, sandbox_of
from director.cli.door import VERSION
from director.cli.errors import INTERNAL, INTERRUPTED, STATUS, USAGE, Refused, one_line_errors, say_error
from director.cli.report import JsonLines, Lines
from director.host import Host, start_logs
from director.settings import Settings, load
from ledger.events import (
    REQUESTS,
    Reading,
    RequestHonoured,
    RequestId,
    RequestRefused,
    RunEnded,
    RunRequested,
    RunStarted,
    StopRequested,
    Task,
)
from ledger.events.recorded import Recorded
from ledger.subscription import follow


class Shows(Protocol):
    """Shows events, one after the other."""

    def show(self, recorded: Recorded) -> None:
        """Show one event."""
        ...

    def preview(self, readings: Sequence[Reading], tasks: Sequence[Task]) -> None:
        """Show what was measured and what would be tried."""
        ...


def run(
    path: Annotated[Path, typer.Argument(help="A git repository, or a directory in one.")] = Path(),
    *,
    json: Annotated[bool, typer.Option("--json", help="Write every event as one JSON line, and nothing else.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Measure, say what would be tried, change nothing.")
    ] = False,
    deliver: Annotated[
        bool, typer.Option("--deliver/--no-deliver", help="Add the branch kaizen/run-N to the repository at the end.")
    ] = True,
    iterations: Annotated[int | None, typer.Option(min=1, help="Spend at most this many iterations.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Spend at most this many minutes.")] = None,
    parallel: Annotated[int | None, typer.Option(min=1, max=16, help="How many attempts work at once.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything that is drawn by chance.")] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Keep serving the page after the run, until Ctrl-C.")] = False,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Serve the page while running.")] = True,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not fetch the target's dependencies.")] = False,
    accept_no_sandbox: Annotated[
        bool, typer.Option("--i-accept-no-sandbox", help="Run the project's code with your own rights.")
    ] = False,
    example: Annotated[bool, typer.Option("--bundled-example", hidden=True)] = False,
) -> None:
    """Improve a repository until its gates pass.

    Works in its own place; at the end one new branch is added. Exit status: 0 completed, 1 internal error,
    2 bad usage or unusable repository, 3 stalled, 4 exhausted, 5 stopped, 130 on Ctrl-C.
    """
    overrides = {
        "parallel": parallel, "seed": seed, "port": port, "iterations": iterations, "minutes": minutes,
        "deliver": None if deliver else False, "offline": offline or None,
        "accept_no_sandbox": accept_no_sandbox or None,
    }  # fmt: skip
    with one_line_errors():
        settings = load(os.environ, overrides)
        locate(path)
        shows: Shows = JsonLines(sys.stdout) if json else Lines(_print)
        say = _to_stderr if json else _print
        work = _Run(settings, path.resolve(), shows, say, page=page, stay=stay, example=example)
        status = asyncio.run(work.dry() if dry_run else work.whole())
    raise typer.Exit(status)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")


class _Run:
    """One `kaizen run` in this process: a host, a request, and the lines until its end."""

    def __init__(
        self, settings: Settings, path: Path, shows: Shows, say: Callable[[str], None], *, page: bool, stay: bool,
        example: bool,
    ) -> None:  # fmt: skip
        self.settings, self.path, self.shows, self.say = settings, path, shows, say
        self.page, self.stay, self.example = page, stay, example
        self.interrupted = asyncio.Event()

    async def whole(self) -> int:
        """Run to the end and return the exit status."""
        sandbox = await asyncio.to_thread(sandbox_of, self.settings, self.example)
        host = Host(self.settings, sandbox, time.time, version=VERSION, purpose="kaizen run")
        start_logs(self.settings)
        self._listen()
        async with host:
            if self.page:
                self.say(f"{'dashboard':<12} {host.serve().address}")
            request = RequestId(uuid.uuid4().hex)
            project = await _ask(host, self.path, request)
            status = await self._follow(host, project, request)
            if self.stay and not self.interrupted.is_set():
                self.say(f"{'page':<12} stays until Ctrl-C")
                await self.interrupted.wait()
        return INTERRUPTED if self.interrupted.is_set() and not self.stay else status

    async def dry(self) -> int:
        """Measure and say what would be tried; nothing is written to the ledger or the repository."""
        sandbox = await asyncio.to_thread(sandbox_of, self.settings, self.example)
        async with Host(self.settings, sandbox, time.time, version=VERSION, purpose="kaizen run --dry-run") as host:
            readings, tasks = await host.preview(self.path)
        self.shows.preview(readings, tasks)
        return STATUS["completed"]

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt)

    def _interrupt(self) -> None:
        """The first Ctrl-C ends the run in good order, the second at once."""
        if self.interrupted.is_set():
            raise KeyboardInterrupt
        self.interrupted.set()

    async def _follow(self, host: Host, project: Project, request: RequestId) -> int:
        ended = asyncio.create_task(self._show(project, request))
        stop = asyncio.create_task(self._stop_when_interrupted(project))
        broken = asyncio.create_task(host.broken(project))
        await asyncio.wait({ended, broken}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stop, broken):
            task.cancel()
        if ended.done():
            return _status(ended.result())
        ended.cancel()
        say_error(f"the director ended: {broken.result()}; the ledger is kept, run again to go on")
        return INTERNAL

    async def _show(self, project: Project, request: RequestId) -> RunEnded:
        """Show the run from its start, also when it began in an earlier process."""
        run_now = project.director.state.run
        resumed = run_now if run_now and run_now.started.request != request else None
        if resumed is not None:
            self.say(f"{'resumed':<12} run {resumed.id} goes on where it was")
        began = await _started(project, lambda e: e.run == resumed.id if resumed else e.request == request)
        run = began.event.run if isinstance(began.event, RunStarted) else ""
        async for batch in follow(project.store, began.position - 1):
            for recorded in batch:
                self.shows.show(recorded)
                if isinstance(recorded.event, RunEnded) and recorded.event.run == run:
                    return recorded.event
        raise Refused("the ledger ended before the run")

    async def _stop_when_interrupted(self, project: Project) -> None:
        await self.interrupted.wait()
        request = StopRequested(request=RequestId(uuid.uuid4().hex), by="Ctrl-C")
        await asyncio.wrap_future(project.store.append(REQUESTS, [request], actor="user"))


async def _ask(host: Host, path: Path, request: RequestId) -> Project:
    """Ask the host for a run and return its project; raise Refused with the host's reason."""
    asked = RunRequested(request=request, path=str(path), by="kaizen run")
    await asyncio.wrap_future(host.home.append(REQUESTS, [asked], actor="user"))
    async for batch in follow(host.home, 0, stream=REQUESTS):
        for recorded in batch:
            event = recorded.event
            if isinstance(event, RequestRefused) and event.request == request:
                raise Refused(event.why)
            if isinstance(event, RequestHonoured) and event.request == request:
                return next(p for p in host.projects.values() if p.label == event.note)
    raise Refused("the home's ledger was closed")


async def _started(project: Project, wanted: Callable[[RunStarted], bool]) -> Recorded:
    async for batch in follow(project.store, 0, kinds=("RunStarted",)):
        for recorded in batch:
            if isinstance(recorded.event, RunStarted) and wanted(recorded.event):
                return recorded
    raise Refused("the project's ledger was closed")


def _status(ended: RunEnded) -> int:
    """A run that could measure nothing is the repository's fault, not ours."""
    if ended.state == "failed" and ended.gates and all(g.before is None for g in ended.gates):
        return USAGE
    return STATUS[ended.state]
