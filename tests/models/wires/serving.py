"""A server on this machine that answers each request with the next reply of a list, byte by byte as it stands there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """One answer of a provider."""

    pieces: tuple[bytes, ...]
    status: int = 200
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    """Whether the connection ends before the body does."""


class Heard(NamedTuple):
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(slots=True)
class Provider:
    """What a server says and what it heard."""

    port: int = 0
    replies: list[Reply] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving() -> AsyncIterator[Provider]:
    """Serve while the block runs."""
    provider = Provider()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        provider.heard.append(await _read(reader))
        reply = provider.replies.pop(0) if provider.replies else Reply((b"{}",), 404)
        more = "".join(f"{name}: {value}\r\n" for name, value in reply.headers)
        writer.write(
            f"HTTP/1.1 {reply.status} Said\r\ncontent-type: {reply.kind}\r\n{more}"
            "connection: close\r\ntransfer-encoding: chunked\r\n\r\n".encode()
        )
        for piece in reply.pieces:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
        if not reply.cut:
            writer.write(b"0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    provider.port = server.sockets[0].getsockname()[1]
    async with server:
        yield provider


async def _read(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Heard(head[0].split()[1], headers, json.loads(body or b"{}"))


def written(value: Any) -> bytes:
    """Return a value as JSON."""
    return json.dumps(value).encode()


def events(values: Iterable[Any], *, named: bool = False) -> tuple[bytes, ...]:
    """Return server-sent events; `named` ones say their type in a line of its own."""
    return tuple(
        (f"event: {value['type']}\n".encode() if named else b"") + b"data: " + written(value) + b"\n\n"
        for value in values
    )
