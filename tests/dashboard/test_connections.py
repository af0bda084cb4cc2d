"""Who only connects, or never comes to an end, takes nothing from those who ask."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter

import pytest

from dashboard.server.connections import Connection
from tests.dashboard.serving import Served, serving

pytestmark = pytest.mark.slow


async def connected(served: Served, said: bytes = b"") -> tuple[StreamReader, StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(said)
    await writer.drain()
    return reader, writer


def head(served: Served, more: str = "") -> bytes:
    bearer = served.bearer["Authorization"]
    return f"POST /execute HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nAuthorization: {bearer}\r\n{more}".encode()


async def test_a_request_that_does_not_arrive_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "patience", 0.3)
    async with serving() as served:
        wanted = "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        chunked = "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"
        beginnings = {
            "nothing": b"",
            "half a head": head(served)[:40],
            "half a body": head(served, wanted),
            "chunks without an end": head(served, chunked),
        }
        opened = {name: await connected(served, said) for name, said in beginnings.items()}

        async with asyncio.timeout(20):
            ends = {name: await ended(reader) for name, (reader, _) in opened.items()}

        assert ends == dict.fromkeys(beginnings, True)
        assert (await served.http.get("/health")).status_code == 200


async def test_a_head_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    async with serving() as served:
        reader, writer = await connected(served, head(served, "X-Long: "))
        for _ in range(80):
            writer.write(b"x" * 1024)

        assert (await reader.readline()).startswith(b"HTTP/1.1 400")


async def test_many_silent_connections_shut_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "most", 8)
    async with serving() as served:
        silent = [await connected(served) for _ in range(20)]

        answer = await served.http.get("/health")

        assert answer.status_code == 200
        assert sum([await ended(reader) for reader, _ in silent[:12]]) == 12


async def ended(reader: StreamReader) -> bool:
    try:
        return not await reader.read()
    except ConnectionResetError:
        return True
