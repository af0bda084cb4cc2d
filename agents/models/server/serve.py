"""The scripted server at an address of this machine, until it is told to end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from agents.models.server.app import Counter, create
from agents.ports import AgentError

HOST = "127.0.0.1"
"""Nobody else's machine reaches it."""
_CLOSING = 1
"""Seconds a request has to end when the server does."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that listens."""

    port: int
    counter: Counter

    @property
    def address(self) -> str:
        """What KAIZEN_API_BASE is set to."""
        return f"http://{HOST}:{self.port}/v1"


@asynccontextmanager
async def serving(counter: Counter, port: int = 0) -> AsyncIterator[Serving]:
    """Serve while the block runs; port 0 takes a free one. Raise AgentError when it cannot listen there."""
    listening = _listen(port)
    config = uvicorn.Config(
        create(counter), http=_OpenProtocol, lifespan="off", log_config=None, access_log=False, ws="none",
        timeout_graceful_shutdown=_CLOSING, loop="none",
    )  # fmt: skip
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield Serving(listening.getsockname()[1], counter)
    finally:
        server.should_exit = True
        await task


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        why = error.strerror or str(error)
        raise AgentError(f"cannot listen on {HOST}:{port}: {why}; choose another port with --port") from error
    listening.listen(128)
    return listening


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture nothing."""
        yield


class _OpenProtocol(H11Protocol):
    """Shows each request the connection it came on, which some faults break."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the connection in what requests see as their state."""
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)
