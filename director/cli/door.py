"""How a command reaches a home: over the API of the process that holds it, or of one it starts for a moment."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from agents.ports import Sandbox
from agents.workspace.source import Unusable, locate
from director import __version__
from director.bootstrap import Clock, Known, known_projects, project_id, sandbox_of
from director.cli.errors import Refused, one_line_errors
from director.host import BRIEF, DAEMON, LOCK, Host, Visit
from director.settings import Settings, load
from ledger.errors import Locked

if TYPE_CHECKING:
    import httpx

_Taken = TypeVar("_Taken")
_Answer = TypeVar("_Answer")
PATIENCE = 30.0
"""Seconds to wait for the answer to a request."""
NO_PROJECT = "there is no project yet: `kaizen run PATH` starts one"
TURNING = 3.0
"""Seconds in which a run or a daemon that just begins serves its API, and one that just ends lets go of the home."""
RUN = "kaizen run"
"""What holds a home for one run."""


class Unreachable(Refused):
    """Who held the home is gone, or cannot be reached."""


@dataclass(frozen=True, slots=True)
class Door:
    """The API of a home."""

    client: httpx.AsyncClient
    brief: bool = False
    """The home is held by this command alone, and only as long as it asks."""

    async def get(self, path: str, **parameters: str | int | float) -> Any:
        """Return the JSON of a resource; raise Refused with the server's own line."""
        return await self._ask("GET", path, params=parameters)

    async def post(self, path: str, body: object) -> Any:
        """Post JSON and return the answer's; raise Refused."""
        return await self._ask("POST", path, json=body)

    async def delete(self, path: str) -> Any:
        """Remove a resource and return the answer's JSON; raise Refused."""
        return await self._ask("DELETE", path)

    async def wish(self, project: str, **body: str) -> str:
        """Append a request, wait for the director's answer and return its note; raise Refused with its reason."""
        return await self.answer(project, await self.ask(project, **body))

    async def ask(self, project: str, **body: str) -> str:
        """Append a request and return its id; raise Refused."""
        return str((await self.post(f"/api/v1/projects/{project}/requests", body))["request"])

    async def answer(self, project: str, request: str) -> str:
        """Wait for the director's answer and return its note; raise Refused with its reason."""
        answer = await self.get(f"/api/v1/projects/{project}/requests/{request}", wait=PATIENCE)
        if answer["state"] == "pending":
            raise Refused(f"the director has not answered within {PATIENCE:.0f} s; see `kaizen log`")
        if answer["state"] == "refused":
            raise Refused(str(answer["answer"]))
        return str(answer["answer"])

    async def _ask(self, method: str, path: str, **how: Any) -> Any:
        import httpx

        until = time.monotonic() + PATIENCE
        while True:
            try:
                response = await self.client.request(method, path, **how)
            except httpx.HTTPError as error:
                raise Unreachable(f"the daemon does not answer ({error}): `kaizen down`, then try again") from error
            if not _is_starting(response) or time.monotonic() > until:
                break
            await asyncio.sleep(float(response.headers.get("Retry-After", 1)))
        if response.status_code >= 400:
            raise Refused(_said(response))
        return response.json()


@dataclass(frozen=True, slots=True)
class Daemon:
    """The process that holds the home, as its file says."""

    pid: int
    port: int
    token: str
    opening: bool = False
    """It serves, but not yet all of its projects; it says so itself."""

    def client(self) -> httpx.AsyncClient:
        """Return a client that bears its token; proxies of the environment are not for loopback."""
        import httpx

        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=PATIENCE + 15,
            trust_env=False,
        )


def find_daemon(home: Path) -> Daemon | None:
    """Return the process that serves the home's API now, None when there is none."""
    file = home / DAEMON
    try:
        found = json.loads(file.read_text("utf-8"))
        daemon = Daemon(int(found["pid"]), int(found["port"]), str(found["token"]))
        os.kill(daemon.pid, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    import httpx

    headers = {"Authorization": f"Bearer {daemon.token}"}
    try:
        said = httpx.get(f"http://127.0.0.1:{daemon.port}/info", headers=headers, timeout=PATIENCE, trust_env=False)
        opening = bool(dict(said.json()).get("opening"))
    except (httpx.HTTPError, ValueError, TypeError):
        return None
    return replace(daemon, opening=opening) if said.status_code == 200 else None


def was_run(home: Path, daemon: Daemon) -> bool:
    """Return whether a process held the home for a run of its own, and not for everybody."""
    try:
        held = json.loads((home / LOCK).read_text("utf-8"))
        return bool(held["pid"] == daemon.pid and held["purpose"] == RUN)
    except (OSError, ValueError, KeyError, TypeError):
        return False


@asynccontextmanager
async def door(settings: Settings, known: Known | None = None, *, act: bool = False) -> AsyncIterator[Door]:
    """Reach the home and one project in it; with `act`, a director of it answers requests, and begins nothing."""
    found = await _holder(settings, known, sandbox_of(settings, example=True) if act else None)
    if isinstance(found, Daemon):
        async with found.client() as client:
            yield Door(client)
    elif isinstance(found, Visit):
        async with found, _to(found.page) as client:
            yield Door(client, brief=True)
    else:
        async with found:
            page = found.serve(announced=False)
            if known is not None:
                await found.open_known(known.id)
            async with _to(page) as client:
                yield Door(client, brief=True)


def answered(project: str | None, question: Callable[[Door, str], Awaitable[_Answer]], *, act: bool = False) -> _Answer:
    """Return the answer to a question about a project, which is handed its place in the API; `act` as for `door`.

    What is somebody's to mend ends the command with one line.
    """
    with one_line_errors():
        settings = load(os.environ)
        known = choose_project(settings, project)

        async def ask() -> _Answer:
            async with door(settings, known, act=act) as d:
                return await question(d, f"/api/v1/projects/{known.name}")

        return asyncio.run(ask())


async def _holder(settings: Settings, known: Known | None, sandbox: Sandbox | None) -> Daemon | Visit | Host:
    """Return who holds the home: a daemon, or ourselves; another command of a moment is waited for."""

    def take() -> Daemon | Visit | Host:
        daemon = find_daemon(settings.home)
        if daemon is not None:
            return daemon
        if sandbox is None:
            return Visit(settings, known, version=__version__, clock=time.time)
        return Host(settings.on_any_port(), sandbox, Clock(), version=__version__, purpose=BRIEF, works=False)

    return await _when_free(take, others=TURNING)


async def take_home(settings: Settings, sandbox: Sandbox, purpose: str, *, others: float = 0.0) -> Host:
    """Take the home for as long as a run or a daemon lasts; a command of a moment is waited for. Raise Locked.

    Anybody else is waited for `others` seconds.
    """
    return await _when_free(
        lambda: Host(settings, sandbox, Clock(), version=__version__, purpose=purpose), others=others
    )


async def _when_free(take: Callable[[], _Taken], *, others: float = 0.0) -> _Taken:
    """Take the home when a command of a moment lets go of it; wait for anybody else only `others` seconds."""
    began = time.monotonic()
    while True:
        try:
            return take()
        except Locked as locked:
            patience = PATIENCE if BRIEF in locked.holder else others
            if time.monotonic() - began > patience:
                raise
        await asyncio.sleep(0.1)


def choose_project(settings: Settings, name: str | None) -> Known:
    """Return the project that is meant: by name, else the one of the working directory, else the only one."""
    known = known_projects(settings.home)
    if name is not None:
        found = [k for k in known if name in (k.name, k.id)]
        if found:
            return found[0]
        raise Refused(f"no project is called {name}; {_list(known)}")
    try:
        here = project_id(*locate(Path()))
    except Unusable:
        here = ""
    found = [k for k in known if k.id == here]
    if found:
        return found[0]
    if len(known) == 1:
        return known[0]
    if not known:
        raise Refused(NO_PROJECT)
    raise Refused(f"which project? name it with --project, or ask in its directory; {_list(known)}")


def _to(page: Any) -> httpx.AsyncClient:
    return Daemon(os.getpid(), page.port, page.token).client()


def _list(known: tuple[Known, ...]) -> str:
    return f"known are {', '.join(k.name for k in known)}" if known else NO_PROJECT


def _is_starting(response: httpx.Response) -> bool:
    """Return whether a daemon that has just begun asks to be asked again."""
    return response.status_code == 503 and _error_of(response).get("code") == "starting"


def _said(response: httpx.Response) -> str:
    return _error_of(response).get("message") or f"the daemon answered {response.status_code}"


def _error_of(response: httpx.Response) -> dict[str, Any]:
    """Return the error an answer tells of; nothing of one that is none of ours."""
    try:
        return cast("dict[str, Any]", dict(response.json()["error"]))
    except (ValueError, KeyError, TypeError):
        return {}
