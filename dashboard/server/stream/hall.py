"""All open streams: admits them, keeps time for them, and says goodbye to them at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter

from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.server.access.door import Door
from dashboard.server.access.permissions import Caller
from dashboard.server.feeds import Feeds
from dashboard.server.metrics import Metrics
from dashboard.server.settings import ServerSettings
from dashboard.server.stream import frames
from dashboard.server.stream.client import Client, Ended, Rhythm, farewell, hear
from dashboard.server.stream.frames import Sub

_log = logging.getLogger("dashboard")

_SHARE = 4
"""One caller has at most this part of all streams: a key that opens many shuts out no page."""
_FAREWELL = 1.0
"""Seconds a stream has to take its goodbye."""


class Hall:
    """Where streams live."""

    def __init__(self, door: Door, feeds: Feeds, metrics: Metrics, settings: ServerSettings) -> None:
        self._door, self._feeds, self._metrics, self._settings = door, feeds, metrics, settings
        self._rhythm = Rhythm(settings.heartbeat, settings.pace, settings.ack_due)
        self._open: dict[asyncio.Task[None], Client | None] = {}
        self._callers: Counter[str] = Counter()
        self._closing = False

    async def keep_time(self) -> None:
        """Wake the streams whose heartbeat is due; one timer for all of them."""
        while True:
            await asyncio.sleep(self._settings.heartbeat / 10)
            for client in list(self._open.values()):
                if client is not None:
                    client.tick()

    async def serve(self, socket: WebSocket, caller: Caller) -> None:
        """Serve one stream to its end."""
        await socket.accept(subprotocol=frames.SUBPROTOCOL)
        task = asyncio.ensure_future(self._one(socket, caller))
        self._open[task] = None
        self._callers[caller.name] += 1
        self._metrics.clients.inc()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        finally:
            del self._open[task]
            self._callers -= Counter({caller.name: 1})
            self._metrics.clients.dec()

    async def close(self) -> None:
        """End every stream with `bye restart`; new ones get it at once."""
        self._closing = True
        tasks = list(self._open)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=2 * _FAREWELL)

    async def _one(self, socket: WebSocket, caller: Caller) -> None:
        try:
            await self._talk(socket, caller)
        except* WebSocketDisconnect:
            _log.debug("stream left", extra={"caller": caller.name})
        except* Ended as group:
            await self._part(socket, _first(group))
        except* asyncio.CancelledError:
            await self._part(socket, Ended("restart", "the server restarts: come back", 500))

    async def _part(self, socket: WebSocket, ended: Ended) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await farewell(socket, ended)

    async def _talk(self, socket: WebSocket, caller: Caller) -> None:
        if self._closing:
            raise Ended("restart", "the server restarts: come back", 500)
        most = self._settings.most_clients
        if len(self._open) > most or self._callers[caller.name] > max(1, most // _SHARE):
            raise Ended("busy", "too many streams are open: close other pages", 10_000)
        client = Client(
            socket,
            self._feeds,
            self._rhythm,
            allowed=lambda: self._door.still_valid(caller),
            on_gap=self._metrics.gaps.inc,
        )
        first = await self._opening(socket, caller)
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = client
        await client.run(first)

    async def _opening(self, socket: WebSocket, caller: Caller) -> Sub:
        try:
            async with asyncio.timeout(self._settings.hello_deadline):
                first = await hear(socket)
        except TimeoutError as error:
            raise Ended("protocol", "nothing was said in time: the first message is `sub`") from error
        if not isinstance(first, Sub):
            raise Ended("protocol", "the first message is `sub`, with a ticket")
        if not self._door.spend_ticket(socket, caller, first.ticket):
            raise Ended("auth", "this ticket was used, is too old or of another page: get a new one", 500)
        return first


def _first(group: BaseExceptionGroup[Ended]) -> Ended:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, Ended)
    return found
