"""A run in this process: a host, a wish, and the lines until the run's end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from director.bootstrap import Project, sandbox_of
from director.cli.door import RUN, take_home
from director.cli.errors import INTERNAL, INTERRUPTED, STATUS, Refused, say_error, status_of
from director.cli.report import Shows
from director.host import Host, start_logs
from director.lines import warm
from director.settings import Settings
from ledger.events import (
    REQUESTS,
    RequestHonoured,
    RequestId,
    RequestRefused,
    RunEnded,
    RunRequested,
    RunStarted,
    StopRequested,
)
from ledger.events.recorded import Recorded
from ledger.signals import Listener
from ledger.subscription import follow


@dataclass(slots=True)
class RunHere:
    """One `kaizen run` that holds the home itself."""

    settings: Settings
    path: Path
    shows: Shows
    say: Callable[[str], None]
    page: bool = True
    """Serve the page on its port; without it commands still reach the run, on a port of the system's choice."""
    stay: bool = False
    example: bool = False
    patience: float = 0.0
    """Seconds to wait for somebody who is just letting go of the home."""
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)

    async def whole(self) -> int:
        """Run to the end and return the exit status."""
        # A library for models takes seconds to load: it does so while the sandbox is probed and the baseline measured.
        warming = asyncio.create_task(asyncio.to_thread(warm, self.settings))
        try:
            return await self._hosted()
        finally:
            await asyncio.wait([warming])
            warming.exception()  # whoever asks a model meets it again, and says so

    async def _hosted(self) -> int:
        sandbox = await asyncio.to_thread(sandbox_of, self.settings, self.example)
        settings = self.settings if self.page else self.settings.on_any_port()
        host = await take_home(settings, sandbox, RUN, others=self.patience)
        start_logs(settings)
        listen(self.interrupted)
        async with host:
            page = host.serve()
            if self.page:
                self.say(f"{'dashboard':<12} {page.address}")
            status = await self._unless_deaf(host, self._run(host))
            if self.stay and self.page and not self.interrupted.is_set():
                self.say(f"{'page':<12} stays until Ctrl-C")
                await self.interrupted.wait()
                return status
        return INTERRUPTED if self.interrupted.is_set() else status

    async def dry(self) -> int:
        """Measure and say what would be tried; no run is begun."""
        sandbox = await asyncio.to_thread(sandbox_of, self.settings, self.example)
        async with await take_home(self.settings, sandbox, "kaizen run --dry-run") as host:
            notices, readings, tasks = await host.preview(self.path)
        self.shows.preview(notices, readings, tasks)
        return STATUS["completed"]

    async def _run(self, host: Host) -> int:
        request = RequestId(uuid.uuid4().hex)
        project = await _ask(host, self.path, request)
        return await self._follow(host, project, request)

    async def _unless_deaf(self, host: Host, work: Coroutine[None, None, int]) -> int:
        """Do the work, but do not wait for answers of a host that no longer hears."""
        at_work, deaf = asyncio.create_task(work), asyncio.create_task(host.deaf())
        await asyncio.wait({at_work, deaf}, return_when=asyncio.FIRST_COMPLETED)
        deaf.cancel()
        if at_work.done():
            return at_work.result()
        at_work.cancel()
        await asyncio.gather(at_work, return_exceptions=True)
        say_error(f"{deaf.result()}; run again to continue")
        return INTERNAL

    async def _follow(self, host: Host, project: Project, request: RequestId) -> int:
        with project.signals.listen() as signals:
            ended = asyncio.create_task(self._show(project, request))
            beside = [
                asyncio.create_task(self._stop_when_interrupted(project)),
                asyncio.create_task(self._doing(signals)),
            ]
            broken = asyncio.create_task(host.broken(project))
            await asyncio.wait({ended, broken}, return_when=asyncio.FIRST_COMPLETED)
            for task in (*beside, broken):
                task.cancel()
        if ended.done():
            return status_of(ended.result())
        ended.cancel()
        say_error(f"the run cannot go on: {broken.result()}; the ledger is kept, run again to continue")
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

    async def _doing(self, signals: Listener) -> None:
        while True:
            for signal_ in await asyncio.to_thread(signals.take, 0.2):
                self.shows.doing(signal_)

    async def _stop_when_interrupted(self, project: Project) -> None:
        await self.interrupted.wait()
        request = StopRequested(request=RequestId(uuid.uuid4().hex), by="Ctrl-C")
        await asyncio.wrap_future(project.store.append(REQUESTS, [request], actor="user"))


def listen(interrupted: asyncio.Event) -> None:
    """Let the first Ctrl-C end the run in good order, and the second end this process at once."""
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        interrupted.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
            signal.signal(number, _end)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)


def _end(number: int, frame: FrameType | None) -> None:
    """End this process as a kill would, which loses nothing; only the screen is left as it was."""
    if sys.stdout.isatty():
        os.write(sys.stdout.fileno(), b"\x1b[?25h")  # whoever draws what moves hides the cursor
    os._exit(INTERRUPTED)


async def _ask(host: Host, path: Path, request: RequestId) -> Project:
    """Ask the host for a run and return its project; raise Refused with the host's reason."""
    asked = RunRequested(request=request, path=str(path), by="kaizen run")
    (wish,) = await asyncio.wrap_future(host.home.append(REQUESTS, [asked], actor="user"))
    async for batch in follow(host.home, wish.position, stream=REQUESTS):
        for recorded in batch:
            event = recorded.event
            if isinstance(event, RequestRefused) and event.request == request:
                raise Refused(event.why)
            if isinstance(event, RequestHonoured) and event.request == request:
                return next(p for p in host.projects.values() if p.name == event.note)
    raise Refused("the home's ledger was closed")


async def _started(project: Project, wanted: Callable[[RunStarted], bool]) -> Recorded:
    async for batch in follow(project.store, 0, kinds=("RunStarted",)):
        for recorded in batch:
            if isinstance(recorded.event, RunStarted) and wanted(recorded.event):
                return recorded
    raise Refused("the project's ledger was closed")
