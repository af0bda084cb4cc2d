"""Serves an application on a socket that is bound already, inside whatever event loop runs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from dashboard.server.connections import Connection
from dashboard.server.parts import Parts
from dashboard.server.stream.frames import MOST_MESSAGE

_GRACE = 3
"""Seconds requests have to finish when the server ends."""


async def serve(
    app: FastAPI, listening: socket.socket, *, stop: asyncio.Event | None = None, ready: asyncio.Event | None = None
) -> None:
    """Serve until `stop` is set or this task is cancelled; then streams get `bye restart` and requests finish.

    Signals are left to the caller. `ready` is set once the socket is served.
    """
    server = _Server(app, ready or asyncio.Event())
    serving = asyncio.create_task(server.serve([listening]))
    stopping = asyncio.create_task((stop or asyncio.Event()).wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    def __init__(self, app: FastAPI, ready: asyncio.Event) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            http=Connection,
            ws="websockets-sansio",
            ws_max_size=MOST_MESSAGE,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=_GRACE,
        )
        super().__init__(config)
        self._parts: Parts = app.state.parts
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._parts.patience.end()
        await self._parts.hall.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
