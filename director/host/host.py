"""One process: a director per project, the page, and what they share. It hears who asks for runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from agents.ports import AgentError, Sandbox
from agents.workspace.git import GitError
from agents.workspace.mirror import Source, Unusable, locate
from director.bootstrap import Project, gates, known_projects, open_project, open_store, project_id
from director.core.commands import Report, Start
from director.core.decide import decide
from director.core.evolve import fold
from director.core.policy import tasks
from director.core.state import State
from director.host.page import Opened, Page, ProjectName, Shown
from director.settings import (
    RepositorySettings,
    Settings,
    SettingsError,
    read_repository,
    shown,
    specs,
    with_options,
)
from ledger.errors import LedgerError
from ledger.events import (
    REQUESTS,
    AnyEvent,
    Budget,
    DirectorStarted,
    NoticeRaised,
    Reading,
    RequestHonoured,
    RequestId,
    RequestRefused,
    RunRequested,
    Task,
)
from ledger.lease import Lease
from ledger.subscription import follow

REFUSALS = (Unusable, SettingsError, LedgerError, AgentError, GitError)
"""What makes a run impossible and is somebody's to mend: told in one line."""


@dataclass(slots=True)
class _Running:
    project: Project
    task: asyncio.Task[None]


class Host:
    """The home's only process. Use it in an `async with` block."""

    def __init__(
        self, settings: Settings, sandbox: Sandbox, clock: Callable[[], float], *, version: str, purpose: str
    ) -> None:
        """Take the home's lock; raise Locked when another process holds it, Unwritable when it cannot be made."""
        self.settings, self.sandbox, self.clock, self.version = settings, sandbox, clock, version
        self.lease = Lease.take(settings.home / "lock", purpose, clock=clock)
        self.home = open_store(settings.home / "home_ledger.db", clock)
        self._running: dict[str, _Running] = {}
        self._opening = asyncio.Lock()  # one project is opened at a time
        self._ear: asyncio.Task[None] | None = None
        self._page: Page | None = None

    async def __aenter__(self) -> Host:
        self._ear = asyncio.create_task(self._hear())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._page is not None:
            await self._page.close()
        tasks = [r.task for r in self._running.values()] + ([self._ear] if self._ear else [])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for running in self._running.values():
            running.project.close()
        self.home.close()
        self.lease.release()

    def serve(self) -> Page:
        """Serve the page from now on; raise PortTaken."""
        shown = Shown(self.home, self._opened)
        self._page = Page(self.settings, shown, version=self.version, clock=self.clock)
        return self._page

    def _opened(self) -> list[Opened]:
        return [Opened(ProjectName(p.label), p.store, p.blobs, p.signals) for p in self.projects.values()]

    @property
    def projects(self) -> Mapping[str, Project]:
        """The projects that are open, by id."""
        return {identity: running.project for identity, running in self._running.items()}

    async def broken(self, project: Project) -> str:
        """Wait until the project's director ends by itself, which it never should, and return why."""
        task = self._running[project.id].task
        await asyncio.wait({task})
        error = None if task.cancelled() else task.exception()
        return f"{type(error).__name__}: {error}" if error else "it was cancelled"

    async def preview(self, path: Path) -> tuple[tuple[Reading, ...], tuple[Task, ...]]:
        """Measure the project as it is and return the readings and what a run would try; nothing is recorded."""
        project = await self.open(path)
        request = RunRequested(request=RequestId(""), path=str(path))
        start, _ = await asyncio.to_thread(self._start_command, project, request)
        state = fold(State(), decide(State(), start))
        assert state.run is not None
        measured = await project.referee.measure(state.run.id, start.commit, start.commit, start.gates, ())
        return measured.readings, tasks(replace(state.run, readings=measured.readings))

    async def open(self, path: Path) -> Project:
        """Open the project that `path` is in and start its director, unless it is at work already."""
        async with self._opening:
            project = await asyncio.to_thread(open_project, path, self.settings, self.sandbox, self.clock)
            return await self._start(project)

    async def open_all(self) -> None:
        """Open every project of the home that still has its repository."""
        for known in known_projects(self.settings.home):
            await self.open_known(known.id)

    async def open_known(self, identity: str) -> Project:
        """Open a project of the home by its id."""
        if identity in self._running:
            return self._running[identity].project
        known = next(k for k in known_projects(self.settings.home) if k.id == identity)
        store = open_store(known.ledger, self.clock)
        try:
            opened = store.read(limit=1)[0].event
        finally:
            store.close()
        return await self.open(Path(getattr(opened, "repository", "")) / getattr(opened, "prefix", ""))

    async def _start(self, project: Project) -> Project:
        task = asyncio.create_task(project.director.run(), name=f"director of {project.name}")
        self._running[project.id] = _Running(project, task)
        ready = asyncio.create_task(project.director.ready.wait())
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if task.done():
            task.result()
        level = self.sandbox.level
        started = DirectorStarted(
            version=self.version,
            sandbox=f"{level.adapter} ({level.detail})",
            sandboxed=level.sandboxed,
            roles=project.roles,
            resumed=project.director.state.run is not None,
        )
        await asyncio.wrap_future(project.store.append("project", [started]))
        return project

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
            answer = RequestHonoured(request=request.request, note=project.label)
        except REFUSALS as error:
            answer = RequestRefused(request=request.request, why=str(error))
        await asyncio.wrap_future(self.home.append(REQUESTS, [answer]))

    async def _begin(self, request: RunRequested) -> Project:
        project = await self._open_for(Path(request.path))
        if project.director.state.run is not None:
            return project
        start, notices = await asyncio.to_thread(self._start_command, project, request)
        await project.inbox.put(start)
        await project.inbox.put(Report(start.at, notices))
        return project

    async def _open_for(self, path: Path) -> Project:
        identity = await asyncio.to_thread(lambda: project_id(*locate(path)))
        if identity in self._running:
            return self._running[identity].project
        return await self.open(path)

    def _start_command(self, project: Project, request: RunRequested) -> tuple[Start, tuple[AnyEvent, ...]]:
        user = with_options(self.settings, request.options).user
        source = project.mirror.take()
        asked = self.repository_settings(project, source)
        chosen = specs({g.name: g.spec for g in gates()}, asked.gates, "kaizen.toml")
        start = Start(
            at=self.clock(),
            commit=source.commit,
            tree=source.tree,
            gates=chosen,
            budget=Budget(iterations=user.iterations, minutes=user.minutes),
            seed=user.seed,
            parallel=user.parallel,
            deliver=user.deliver,
            first_free=project.mirror.first_free_run(),
            settings=tuple(sorted(shown(user).items())),
            request=request.request,
        )
        return start, tuple(_notices(source, asked, self.sandbox))

    def repository_settings(self, project: Project, source: Source) -> RepositorySettings:
        """Return what the project's own kaizen.toml asks for, as it stands in the commit."""
        name = f"{project.prefix}/kaizen.toml" if project.prefix else "kaizen.toml"
        return read_repository(project.mirror.show(source.commit, name), str(project.repository / name))


def _notices(source: Source, asked: RepositorySettings, sandbox: Sandbox) -> Iterator[AnyEvent]:
    if source.dirty:
        yield NoticeRaised(
            code="dirty-tree",
            level="info",
            message=f"{source.dirty} uncommitted paths are left alone: the run starts from commit {source.commit[:10]}",
        )
    if asked.ignored:
        yield NoticeRaised(
            code="repository-setting-ignored",
            message=f"kaizen.toml of the repository sets {', '.join(asked.ignored)}: only you may, it is ignored",
        )
    if not sandbox.level.sandboxed:
        yield NoticeRaised(
            code="unsandboxed", message="UNSANDBOXED: the project's code runs with your rights", level="warning"
        )
