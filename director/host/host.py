"""One process: a director per project, the page, and what they share. It hears who asks for runs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType

import structlog

from agents.ports import AgentError, Sandbox
from agents.workspace.git import GitError
from agents.workspace.source import Unusable, locate
from director.bootstrap import (
    Project,
    feeds_of,
    known_projects,
    masker_of,
    open_project,
    open_store,
    project_id,
    repository_of,
)
from director.core.commands import Command, Report
from director.core.decide import decide
from director.core.evolve import fold
from director.core.policy import tasks
from director.core.state import State
from director.exporters.feed import Feed
from director.host.page import Opened, Page, ProjectName, Shown
from director.host.starting import require_usable, start_command, start_work
from director.settings import Settings, SettingsError
from ledger.errors import LedgerError, Missing
from ledger.events import (
    REQUESTS,
    AnyEvent,
    DirectorStarted,
    NoticeRaised,
    Reading,
    RequestHonoured,
    RequestId,
    RequestRefused,
    RunRequested,
    Task,
    TaskTaken,
)
from ledger.lease import Lease
from ledger.subscription import follow

REFUSALS = (Unusable, SettingsError, LedgerError, AgentError, GitError)
"""What makes a run impossible and is somebody's to mend: told in one line."""

_HINDRANCES = (*REFUSALS, OSError)
"""What keeps one project from being opened and no other: a full disk, or a file that cannot be read, among them."""

LOCK = "lock"
"""The file of a home that says who holds it, and for what."""

REVIVE_EVERY = 1.0
"""Seconds between two looks for directors that died."""
LONGEST_WAIT = 60.0
"""Seconds before a director that died is started again, at most."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Running:
    project: Project
    task: asyncio.Task[None]
    desk: asyncio.Task[None] | None = None
    """Answers who asks for tools."""
    feeds: Mapping[Feed, asyncio.Task[None]] = field(default_factory=dict)
    """Show elsewhere what models were asked."""

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """Everything at work for the project."""
        return [self.task, *([self.desk] if self.desk else []), *self.feeds.values()]

    @property
    def ended(self) -> asyncio.Task[None] | None:
        """The task that ended and without which nobody answers for the project; None while all is well."""
        return next((task for task in (self.task, self.desk) if task is not None and task.done()), None)


class Host:
    """The home's only process. Use it in an `async with` block."""

    def __init__(
        self, settings: Settings, sandbox: Sandbox, clock: Callable[[], float], *, version: str, purpose: str,
        works: bool = True,
    ) -> None:  # fmt: skip
        """Take the home's lock; raise Locked when another process holds it, Unwritable when it cannot be made.

        When it only answers and does not work, nothing of a run, no tool and no run that was asked for is begun.
        """
        self.settings, self.sandbox, self.clock, self.version, self.works = settings, sandbox, clock, version, works
        self.lease = Lease.take(settings.home / LOCK, purpose, clock=clock)
        self.home = open_store(settings.home / "home_ledger.db", clock, masker_of(settings))
        self._running: dict[str, _Running] = {}
        self._opening = asyncio.Lock()  # one project is opened at a time
        self._opening_all = False
        self._ear: asyncio.Task[None] | None = None
        self._page: Page | None = None

    async def __aenter__(self) -> Host:
        self._ear = asyncio.create_task(self._hear()) if self.works else None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._page is not None:
            await self._page.close()
        tasks = [t for r in self._running.values() for t in r.tasks] + ([self._ear] if self._ear else [])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for running in self._running.values():
            await asyncio.gather(*(feed.finish() for feed in running.feeds))
            running.project.close()
        self.home.close()
        self.lease.release()

    def serve(self, *, announced: bool = True) -> Page:
        """Serve the page from now on; raise PortTaken. `announced`: see the page."""
        shown = Shown(self.home, self._opened, lambda: self._opening_all)
        self._page = Page(self.settings, shown, version=self.version, clock=self.clock, announced=announced)
        return self._page

    def _opened(self) -> list[Opened]:
        return [Opened(ProjectName(p.name), p.store, p.blobs, p.signals) for p in self.projects.values()]

    @property
    def projects(self) -> Mapping[str, Project]:
        """The projects that are open, by id."""
        return {identity: running.project for identity, running in self._running.items()}

    async def broken(self, project: Project) -> str:
        """Wait until the project's director ends by itself, which it never should, and return why."""
        task = self._running[project.id].task
        await asyncio.wait({task})
        return _why(task)

    async def preview(self, path: Path) -> tuple[tuple[NoticeRaised, ...], tuple[Reading, ...], tuple[Task, ...]]:
        """Measure the project as it is; return notices, readings and what a run would try. Nothing is recorded."""
        await asyncio.to_thread(require_usable, path, self.settings)
        project = await self.open(path)
        if project.director.state.run is not None:
            raise Unusable(f"run {project.director.state.run.id} is unfinished: `kaizen run` continues it")
        request = RunRequested(request=RequestId(""), path=str(path))
        start, notices = await asyncio.to_thread(
            start_command, project, request, self.settings, self.sandbox.level, self.clock()
        )
        state = fold(State(), decide(State(), start))
        assert state.run is not None
        environment = await project.referee.prepare(start.commit)
        notices += tuple(NoticeRaised(code="environment", message=note) for note in environment.notes)
        measured = await project.referee.measure(state.run.id, start.commit, start.commit, start.gates, ())
        return notices, measured.readings, tasks(replace(state.run, readings=measured.readings))

    async def open(self, path: Path) -> Project:
        """Open the project that `path` is in and start its director, unless it is at work already."""
        async with self._opening:
            identity = await asyncio.to_thread(lambda: project_id(*locate(path)))
            running = self._running.get(identity)
            if running is not None and running.ended is None:
                return running.project
            self._forget(identity)
            project = await asyncio.to_thread(
                open_project, path, self.settings, self.sandbox, self.clock, works=self.works
            )
            return await self._start(project)

    async def open_all(self) -> dict[str, str]:
        """Open every project of the home; return why not, by name, for those that cannot be: they hurt no other."""
        broken: dict[str, str] = {}
        self._opening_all = True  # before anything is awaited: the page answers nobody sooner
        try:
            for known in known_projects(self.settings.home):
                try:
                    await self.open_known(known.id)
                except _HINDRANCES as error:
                    broken[known.name] = str(error)
        finally:
            self._opening_all = False
        return broken

    async def open_known(self, identity: str) -> Project:
        """Open a project of the home by its id; raise one of REFUSALS."""
        known = next((k for k in known_projects(self.settings.home) if k.id == identity), None)
        if known is None:
            raise Missing("project in the home", identity)
        return await self.open(await asyncio.to_thread(repository_of, known, self.clock))

    async def _start(self, project: Project) -> Project:
        try:
            feeds = feeds_of(project, self.settings)
        except SettingsError:
            project.close()
            raise
        project.executor.begin = partial(self._begin_work, project)
        task = asyncio.create_task(project.director.run(), name=f"director of {project.name}")
        self._running[project.id] = _Running(project, task)
        ready = asyncio.create_task(project.director.ready.wait())
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if task.done():
            self._forget(project.id)
            task.result()
        level = self.sandbox.level
        started = DirectorStarted(
            version=self.version,
            sandbox=f"{level.adapter}, {level.rank} ({level.detail})",
            sandboxed=level.sandboxed,
            roles=project.roles,
            resumed=project.director.state.run is not None,
        )
        await asyncio.wrap_future(project.store.append("project", [started]))
        if not self.works:
            return project
        running = self._running[project.id]
        running.desk = asyncio.create_task(project.desk.run(), name="tools by request")
        running.feeds = {feed: asyncio.create_task(feed.run(), name=feed.name) for feed in feeds}
        for beside in (running.desk, *running.feeds.values()):
            beside.add_done_callback(partial(_say_end, project))
        return project

    def _forget(self, identity: str) -> None:
        """Let go of a project whose director has ended."""
        running = self._running.pop(identity, None)
        if running is not None:
            for task in running.tasks:
                task.cancel()
            running.project.close()

    async def revive(self) -> None:
        """Start directors that died again, for ever; none of them waits for another."""
        deaths: Counter[str] = Counter()
        reviving: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as tasks:
            while True:
                await asyncio.sleep(REVIVE_EVERY)
                for identity, running in list(self._running.items()):
                    begun, ended = reviving.get(identity), running.ended
                    if ended is not None and (begun is None or begun.done()):
                        reviving[identity] = tasks.create_task(self._revive(running, _why(ended), deaths))

    async def _revive(self, running: _Running, why: str, deaths: Counter[str]) -> None:
        """Open a project again until it opens; the wait is the longer the more often it died or could not be opened."""
        identity = running.project.id
        while True:
            deaths[identity] += 1
            log.error("director_ended", project=running.project.name, why=why)
            await asyncio.sleep(min(LONGEST_WAIT, REVIVE_EVERY * 2 ** deaths[identity]))
            try:
                await self.open_known(identity)
            except Exception as error:  # noqa: BLE001 - what one project meets ends no other's director
                why = _told(error)
            else:
                return

    async def deaf(self) -> str:
        """Wait until wishes are no longer heard, which should never be, and return why."""
        assert self._ear is not None, "the host is entered"
        await asyncio.wait({self._ear})
        return _why(self._ear)

    # --- runs

    async def _hear(self) -> None:
        answered: set[RequestId] = set()
        for recorded in self.home.stream(REQUESTS):
            if isinstance(recorded.event, RequestHonoured | RequestRefused):
                answered.add(recorded.event.request)
        async for batch in follow(self.home, 0, stream=REQUESTS):
            for recorded in batch:
                event = recorded.event
                if isinstance(event, RunRequested) and event.request not in answered:
                    answered.add(event.request)
                    await self._answer(event)

    async def _answer(self, request: RunRequested) -> None:
        answer: AnyEvent
        try:
            project = await self._begin(request)
            answer = RequestHonoured(request=request.request, note=project.name)
        except _HINDRANCES as error:
            answer = RequestRefused(request=request.request, why=str(error))
        await asyncio.wrap_future(self.home.append(REQUESTS, [answer]))

    async def _begin(self, request: RunRequested) -> Project:
        path = Path(request.path)
        if project_id(*await asyncio.to_thread(locate, path)) not in self._running:
            await asyncio.to_thread(require_usable, path, self.settings)
        project = await self.open(path)
        if project.director.state.run is not None:
            return project
        start, notices = await asyncio.to_thread(
            start_command, project, request, self.settings, self.sandbox.level, self.clock()
        )
        before = project.store.head().position
        await project.inbox.put(start)
        await project.inbox.put(Report(start.at, notices))
        await self._taken(project, request.request, before)
        return project

    async def _begin_work(self, project: Project, taken: TaskTaken) -> tuple[Command, ...]:
        """Return the start of a run for a piece of work alone, and what a person should know of it."""
        start, notices = await asyncio.to_thread(
            start_work, project, taken, self.settings, self.sandbox.level, self.clock()
        )
        return start, Report(start.at, notices)

    async def _taken(self, project: Project, request: RequestId, after: int) -> None:
        """Wait for the director's answer, so that the next wish finds the run at work."""
        async for batch in follow(project.store, after, kinds=("RequestHonoured", "RequestRefused")):
            for recorded in batch:
                if getattr(recorded.event, "request", None) != request:
                    continue
                if isinstance(recorded.event, RequestRefused):
                    raise Unusable(recorded.event.why)
                return


def _say_end(project: Project, task: asyncio.Task[None]) -> None:
    """Log why something beside the director ended, which it never should."""
    if not task.cancelled() and task.exception() is not None:
        log.error("ended", project=project.name, what=task.get_name(), why=_why(task))


def _why(task: asyncio.Task[None]) -> str:
    error = None if task.cancelled() else task.exception()
    return _told(error) if error else "it was cancelled"


def _told(error: BaseException) -> str:
    return str(error) if isinstance(error, REFUSALS) else f"{type(error).__name__}: {error}"
