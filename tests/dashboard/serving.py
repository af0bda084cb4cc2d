"""A page's server on a free port with ledgers in memory: what the tests of the server talk to."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from dashboard.server.app import create_app, mint_start_token
from dashboard.server.ledgers import ProjectName
from dashboard.server.listening import bind, port_of
from dashboard.server.runner import serve
from dashboard.server.settings import ServerSettings
from ledger.blobs import MemoryBlobs
from ledger.errors import Missing
from ledger.events import AnyEvent, NoticeRaised
from ledger.memory import MemoryStore
from ledger.signals import Signals
from ledger.store import KeepingStore
from tests.story_parts import Told

TOKEN = "the-owners-token"


@dataclass
class Clock:
    """A clock that moves when a test says so."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Opened:
    """One project's ledger in memory."""

    name: ProjectName
    store: KeepingStore
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    signals: Signals = field(default_factory=Signals)


class MemoryLedgers:
    """The port `Ledgers` without a disk."""

    opening = False

    def __init__(self, *names: str, clock: Clock) -> None:
        self.clock = clock
        self.home: KeepingStore = MemoryStore(clock)
        self.projects = {ProjectName(name): Opened(ProjectName(name), MemoryStore(clock)) for name in names}

    def names(self) -> Sequence[ProjectName]:
        return list(self.projects)

    def open(self, project: ProjectName) -> Opened:
        if project not in self.projects:
            raise Missing("project", project)
        return self.projects[project]


@dataclass
class Served:
    """A running server, and ways to talk to it."""

    port: int
    ledgers: MemoryLedgers
    app: Any
    clock: Clock
    http: httpx.AsyncClient
    """With no credentials and no Origin."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {TOKEN}"}

    def project(self, name: str = "ranges") -> Opened:
        return self.ledgers.projects[ProjectName(name)]

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params, headers=self.bearer)

    async def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return await self.http.post(path, json=body, headers={**self.bearer, **headers})

    async def session(self) -> dict[str, str]:
        """Return the headers of a page that exchanged a start token."""
        body = {"token": mint_start_token(self.app)}
        answer = await self.http.post("/api/v1/session", json=body, headers={"Origin": self.origin})
        assert answer.status_code == 200, answer.text
        cookie = answer.headers["set-cookie"].split(";")[0]
        self.http.cookies.clear()
        return {"Origin": self.origin, "Cookie": cookie, "X-Kaizen-Page": answer.json()["page"]}

    async def ticket(self, headers: dict[str, str]) -> str:
        answer = await self.http.post("/api/v1/ws-ticket", headers=headers)
        assert answer.status_code == 200, answer.text
        ticket: str = answer.json()["ticket"]
        return ticket

    @asynccontextmanager
    async def socket(self, headers: dict[str, str]) -> AsyncIterator[ClientConnection]:
        async with connect(
            f"ws://127.0.0.1:{self.port}/api/v1/stream",
            additional_headers=headers,
            subprotocols=[Subprotocol("kaizen.v1")],
            compression=None,
            max_size=None,
        ) as socket:
            yield socket

    @asynccontextmanager
    async def stream(self, *subs: dict[str, object]) -> AsyncIterator[ClientConnection]:
        """Open a stream as a page does, up to and without its hello."""
        headers = await self.session()
        ticket = await self.ticket(headers)
        async with self.socket(headers) as socket:
            await say(socket, t="sub", ticket=ticket, subs=list(subs))
            yield socket


async def say(socket: ClientConnection, **frame: object) -> None:
    await socket.send(json.dumps(frame))


async def hear(socket: ClientConnection, *kinds: str, within: float = 5.0) -> dict[str, Any]:
    """Return the next frame of one of the kinds."""
    async with asyncio.timeout(within):
        while True:
            frame: dict[str, Any] = json.loads(await socket.recv())
            if frame["t"] in kinds:
                return frame


@asynccontextmanager
async def serving(ledgers: MemoryLedgers | None = None, **changes: Any) -> AsyncIterator[Served]:
    """Serve the ledgers until the block ends."""
    clock = ledgers.clock if ledgers is not None else Clock()
    ledgers = ledgers or MemoryLedgers("ranges", clock=clock)
    numbers = itertools.count(1)
    listening = bind("127.0.0.1", 0)
    settings = replace(ServerSettings(port=port_of(listening), token=TOKEN, version="0.0.1"), **changes)
    app = create_app(ledgers, settings, clock=clock, token_source=lambda: f"token-{next(numbers)}")
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(serve(app, listening, stop=stop, ready=ready))
    await ready.wait()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", timeout=10) as http:
        yield Served(settings.port, ledgers, app, clock, http)
    stop.set()
    await task


def tell(opened: Opened, story: Sequence[Told]) -> int:
    """Append a story and return the head."""
    for told in story:
        opened.store.append(told.stream, [told.event], actor=told.actor).result()
    return opened.store.head().position


def notices(count: int, start: int = 0) -> list[AnyEvent]:
    """Return small events."""
    return [NoticeRaised(code="n", message=f"notice {number}") for number in range(start, start + count)]
