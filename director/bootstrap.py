"""The wiring: settings to a project ready to run. Beside it only `crew` and `lines` name adapters."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from agents.ports import Sandbox
from agents.workspace.mirror import SOURCE, Mirror
from agents.workspace.source import locate
from agents.workspace.worktree import remove
from director.core.commands import Command
from director.settings import Settings
from ledger.blobs import FileBlobs
from ledger.chain import Verdict
from ledger.errors import Missing
from ledger.events import NoticeRaised, ProjectOpened, RoleCard
from ledger.lease import Lease
from ledger.masking import Masker
from ledger.signals import Signals
from ledger.sql import SqliteStore
from ledger.sql.verify import verify

if TYPE_CHECKING:  # what opens a project is imported when one is opened: most commands only read
    from agents.workspace.environment import Environment
    from director.executors.local import LocalExecutor
    from director.executors.tool_desk import ToolDesk
    from director.exporters.feed import Feed
    from director.gates.gate import Gate
    from director.lines import Lines
    from director.loop import Director
    from director.referee import Referee
    from knowledge_graph.learned import Learned
    from knowledge_graph.projector import Projector

PROJECT = "project"
"""Stream of what is known about the project itself."""
_LEDGER = "_ledger.db"


@dataclass(frozen=True, slots=True)
class Project:
    """One project, opened: its ledger, its mirror, its director."""

    id: str
    name: str
    """Unique in the home, as it stands in addresses."""
    repository: Path
    prefix: str
    folder: Path
    lease: Lease
    store: SqliteStore
    blobs: FileBlobs
    signals: Signals
    mirror: Mirror
    referee: Referee
    director: Director
    desk: ToolDesk
    inbox: asyncio.Queue[Command]
    roles: tuple[RoleCard, ...]
    lines: Lines
    executor: LocalExecutor

    def close(self) -> None:
        """Let go of the ledger; the director must have ended."""
        self.store.close()
        self.lease.release()


@dataclass(frozen=True, slots=True)
class Known:
    """A project of the home, not opened."""

    id: str
    name: str
    """Unique in the home, as it stands in addresses."""
    folder: Path

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / f"{self.name}{_LEDGER}"


class Clock:
    """The time as the machine tells it, and never earlier than before: who set it back would make waits endless."""

    def __init__(self, wall: Callable[[], float] = time.time, passed: Callable[[], float] = time.monotonic) -> None:
        """`wall` are seconds since 1970 and may jump; `passed` are seconds since any moment and may not."""
        self._wall, self._passed = wall, passed
        self._last = (wall(), passed())

    def __call__(self) -> float:
        """Return the seconds since 1970."""
        passed = self._passed()
        told, then = self._last
        now = max(told + passed - then, self._wall())
        self._last = (now, passed)
        return now


def sandbox_of(settings: Settings, example: bool) -> Sandbox:
    """Probe and return the sandbox of this process; raise SandboxBroken with what to do."""
    from agents.sandbox.choose import choose

    user = settings.user
    return choose(user.accept_no_sandbox, example, layer=user.sandbox_layer, image=user.sandbox_image)


def sandbox_in_layer(settings: Settings, layer: str, accept_none: bool) -> Sandbox:
    """Probe and return the sandbox of a layer by its name, or without a name the one a run would have."""
    from agents.sandbox.choose import choose

    user = settings.user
    accepted = accept_none or user.accept_no_sandbox
    return choose(accepted, layer=layer or user.sandbox_layer, image=user.sandbox_image)


def open_store(path: Path, clock: Callable[[], float], masker: Masker) -> SqliteStore:
    """Open a ledger file, making it when it is not there; no secret comes into it."""
    _keep_private(path.parent)
    return SqliteStore.open(path, clock=clock, mask=masker.event)


def _keep_private(folder: Path) -> None:
    """Make a folder nobody else of this machine looks into: beside a ledger stand prompts, patches and start tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        folder.chmod(0o700)


def masker_of(settings: Settings) -> Masker:
    """Return what knows the secrets of the user's environment and those Kaizen holds itself."""
    key = settings.home / "session.key"
    own = {"session key": key.read_text("utf-8").strip()} if key.is_file() else {}
    return Masker({**settings.secrets, **own})


def verify_file(path: Path) -> Verdict:
    """Recompute the chain of a ledger file; nothing is written."""
    return verify(path)


def project_id(top: Path, prefix: str) -> str:
    """Return the id of a project: the same directory is the same project."""
    return hashlib.sha256(f"{top.resolve()}\0{prefix}".encode()).hexdigest()[:12]


def known_projects(home: Path) -> tuple[Known, ...]:
    """Return the projects of a home, by name."""
    ledgers = sorted((home / "projects").glob(f"*/*{_LEDGER}"), key=lambda p: (p.name, p.parent.name))
    return tuple(Known(p.parent.name, p.name.removesuffix(_LEDGER), p.parent) for p in ledgers)


def name_of(home: Path, top: Path, prefix: str) -> str:
    """Return the name of a project, for good: its directory's, with its id behind it where another one is called so."""
    identity = project_id(top, prefix)
    raw = Path(prefix).name or top.resolve().name
    tidy = "".join(c if c.isalnum() or c in "._-" else "-" for c in raw).strip("-.")[:64] or "project"
    taken = {known.name: known.id for known in known_projects(home)}
    given = next((name for name, known in taken.items() if known == identity), None)
    return given or (tidy if tidy not in taken else f"{tidy}-{identity[:6]}")


def open_project(
    path: Path, settings: Settings, sandbox: Sandbox, clock: Callable[[], float], *, works: bool = True
) -> Project:
    """Open the project that `path` is in; raise Unusable, Locked, Unwritable or Damaged. `works`: see the executor."""
    top, prefix = locate(path)
    identity = project_id(top, prefix)
    known = Known(identity, name_of(settings.home, top, prefix), settings.home / "projects" / identity)
    lease = Lease.take(known.folder / "lock", "kaizen", clock=clock)
    try:
        store = open_store(known.ledger, clock, masker_of(settings))
    except BaseException:
        lease.release()
        raise
    try:
        if store.head().position == 0:
            opened = ProjectOpened(project=identity, name=known.name, repository=str(top), prefix=prefix)
            store.append(PROJECT, [opened], expected=0).result()
        return _wire(known, top, prefix, lease, store, settings, sandbox, clock, works)
    except BaseException:
        store.close()
        lease.release()
        raise


def repository_of(known: Known, clock: Callable[[], float]) -> Path:
    """Return the directory a project of the home is about; raise Missing when its ledger does not say."""
    store = open_store(known.ledger, clock, Masker({}))
    try:
        first = [recorded.event for recorded in store.read(limit=1)]
    finally:
        store.close()
    for event in first:
        if isinstance(event, ProjectOpened):
            return Path(event.repository) / event.prefix
    raise Missing("repository in the ledger", str(known.ledger))


def shred_blob(known: Known, settings: Settings, blob: str, clock: Callable[[], float]) -> None:
    """Destroy a blob of a project and tell it in its ledger; raise Locked while somebody is at work, and Missing."""
    lease = Lease.take(known.folder / "lock", "kaizen shred", clock=clock)
    try:
        store = open_store(known.ledger, clock, masker_of(settings))
        try:
            FileBlobs(known.folder / "blobs").shred(blob)
            told = NoticeRaised(code="blob-shredded", level="info", message=f"blob {blob} was shredded by the user")
            store.append(PROJECT, [told], actor="user").result()
        finally:
            store.close()
    finally:
        lease.release()


def _wire(
    known: Known, top: Path, prefix: str, lease: Lease, store: SqliteStore, settings: Settings, sandbox: Sandbox,
    clock: Callable[[], float], works: bool,
) -> Project:  # fmt: skip
    from agents.roles.declared import declared_in
    from agents.tools.found import find_tools
    from director.crew import cards_of, classical_agents, minds_of, policy_of
    from director.executors.local import LocalExecutor, Place
    from director.executors.tool_desk import ToolDesk
    from director.lines import Lines
    from director.loop import Director
    from director.referee import Referee

    masker, folder = masker_of(settings), known.folder
    blobs, signals = FileBlobs(folder / "blobs", masker.known), Signals(masker.values)
    mirror = Mirror(folder / "mirror.git", top)
    inbox: asyncio.Queue[Command] = asyncio.Queue()
    agents = classical_agents()
    blobs.tidy()
    remove(folder / "worktrees")  # of a killed process
    referee = Referee(
        mirror=mirror, sandbox=sandbox, prefix=prefix, gates=gates(), blobs=blobs, scratch=folder / "scratch",
        prepare=preparer(top / prefix, settings), cache=folder / "cache",
    )  # fmt: skip
    lines = Lines(settings, masker, store, blobs)
    projector, learned = _knowledge(known)
    place = Place(
        store=store,
        blobs=blobs,
        mirror=mirror,
        referee=referee,
        agents=agents,
        worktrees=folder / "worktrees",
        knowledge=projector,
        clock=clock,
        tell=signals.publish,
        seconds=settings.user.attempt_seconds,
        minds=minds_of(settings, lines, learned, mirror, prefix, sandbox.level),
    )
    executor = LocalExecutor(place, inbox, works=works)
    director = Director(store, executor, inbox, clock)
    return Project(
        id=known.id,
        name=known.name,
        repository=top,
        prefix=prefix,
        folder=folder,
        lease=lease,
        store=store,
        blobs=blobs,
        signals=signals,
        mirror=mirror,
        referee=referee,
        director=director,
        desk=ToolDesk(place, policy_of(settings), lambda: director.state, learned),
        inbox=inbox,
        roles=cards_of(settings, [*agents.values(), *declared_in(mirror.git, SOURCE, prefix, find_tools()).roles]),
        lines=lines,
        executor=executor,
    )


def feeds_of(project: Project, settings: Settings) -> tuple[Feed, ...]:
    """Return what shows the project's calls to models elsewhere, where the user says; raise SettingsError."""
    from director.exporters.chosen import Wanted, feeds

    user = settings.user
    wanted = Wanted(user.langfuse, user.otlp, user.export_texts)
    return feeds(wanted, settings.variables, project.name, project.store, project.blobs, project.folder / "exports")


def _knowledge(known: Known) -> tuple[Projector, Learned]:
    from knowledge_graph.embedding import embed_words
    from knowledge_graph.learned import Learned
    from knowledge_graph.projector import Projector
    from knowledge_graph.vectors import ChromaVectors

    projector = Projector()
    return projector, Learned(
        projector, lambda: ChromaVectors(known.folder / "texts", f"project-{known.id}", embed_words)
    )


def gates() -> tuple[Gate, ...]:
    """Return every gate there is."""
    from director.gates import found_gates

    return tuple(found_gates().values())


def preparer(user_project: Path, settings: Settings) -> Callable[[Path], Environment]:
    """Return what makes the target's interpreter from the files of a commit and the user's own `.venv`."""
    from agents.workspace.environment import prepare

    offline = {"UV_OFFLINE": "1"} if settings.user.offline else {}

    def make(checked_out: Path) -> Environment:
        variables = {**settings.environment, **offline}
        made = prepare(checked_out, settings.home, tool("uv"), own=(user_project,), variables=variables)
        search = settings.environment.get("PATH", "")
        return replace(made, search=search, own=user_project, test_seconds=settings.user.test_seconds)

    return make


async def serve_script(script: Path | None, log: Path | None, port: int, told: Callable[[str], None]) -> None:
    """Serve a script of model answers until cancelled; raise AgentError. `told` gets the address once it listens."""
    from agents.models.script import Script, read_script
    from agents.models.server.app import Counter
    from agents.models.server.serve import serving

    lines = Script(()) if script is None else read_script(script)
    async with serving(Counter(lines, log), port) as server:
        told(server.address)
        await asyncio.Event().wait()


def tool(name: str) -> Path:
    """Return the path of a command that was installed with Kaizen."""
    beside = Path(sys.executable).parent / name
    return beside if beside.exists() else Path(shutil.which(name) or beside)
