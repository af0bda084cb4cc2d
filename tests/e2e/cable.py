"""The cable between a browser and a server: it can be pulled out, put back, and made to hold what a stream says."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
STREAM = b"/api/v1/stream"
_GONE = (OSError, asyncio.IncompleteReadError)


class Cable:
    """A SOCKS proxy on loopback, in a thread of its own; give its `proxy` to a browser."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._pulled = False
        self._links: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._flow = asyncio.Event()
        self._flow.set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(asyncio.start_server(self._link, sock=self._listening))

    @property
    def proxy(self) -> str:
        """Its address, as a browser wants it."""
        return f"socks5://127.0.0.1:{self._listening.getsockname()[1]}"

    def pull(self) -> None:
        """Cut every connection and let none be made."""
        self._do(self._cut())

    def put_back(self) -> None:
        """Let connections be made again."""
        self._pulled = False

    def hold(self) -> None:
        """Keep what the server says on its streams, and nothing else, until `release`."""
        self._do(self._set(False))

    def release(self) -> None:
        """Pass on what was kept, and go on."""
        self._do(self._set(True))

    def close(self) -> None:
        """Cut everything for good."""
        self.pull()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _cut(self) -> None:
        self._pulled = True
        for link in self._links:
            link.transport.abort()

    async def _set(self, flow: bool) -> None:
        if flow:
            self._flow.set()
        else:
            self._flow.clear()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._links.add(writer)
        try:
            if not self._pulled:
                await self._join(reader, writer)
        except _GONE:
            pass  # either end went away, which is what a cable is pulled for
        finally:
            self._links.discard(writer)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = await _asked(reader, writer)
        from_server, to_server = await asyncio.open_connection(host, port)
        try:
            first = await reader.read(65536)
            to_server.write(first)
            there = asyncio.create_task(_carry(reader, to_server, None))
            await _carry(from_server, writer, self._flow if STREAM in first else None)
            there.cancel()
            with suppress(asyncio.CancelledError, *_GONE):
                await there
        finally:
            to_server.transport.abort()


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Speak SOCKS 5 as far as a browser does, and return where it wants to go."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(b"\x05\x00")
    *_, kind = await reader.readexactly(4)
    if kind == 1:
        host = socket.inet_ntoa(await reader.readexactly(4))
    else:
        (length,) = await reader.readexactly(1)
        host = (await reader.readexactly(length)).decode()
    port = int.from_bytes(await reader.readexactly(2), "big")
    writer.write(b"\x05\x00\x00\x01" + bytes(6))
    return host, port


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flow: asyncio.Event | None) -> None:
    while part := await reader.read(65536):
        if flow is not None:
            await flow.wait()
        writer.write(part)
        await writer.drain()
