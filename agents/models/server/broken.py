"""Faults on the wire itself: bytes past the HTTP library, which would put them right."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from agents.models.faulty import Fault
from agents.models.script import Line
from agents.models.server.words import DONE, Asked, error_event, pieces, whole, without_choices

_SAID = 6
"""Pieces of a stream before it goes wrong."""
_TEXT = Line(text="This answer was going to be a longer one, but it goes wrong on its way.")
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\n"


async def go_wrong(request: Request, asked: Asked, fault: Fault) -> Response:
    """Send what a fault of this kind sends, and end the connection when it does."""
    transport: asyncio.Transport = request.state.transport
    match fault.wire:
        case "drop":
            transport.abort()
        case "hang":
            pass
        case "malformed":
            _plain(transport, whole(asked, _TEXT)[:40])
        case "empty":
            _plain(transport, b"")
        case "no_choices":
            _whole_or_events(transport, asked, [without_choices(asked)])
        case "no_text" | "cut_tool_call":
            line = _answer(fault)
            _whole_or_events(transport, asked, list(pieces(asked, line)) if asked.streamed else [whole(asked, line)])
        case _ if not asked.streamed:
            _plain(transport, whole(asked, _TEXT)[:40])
        case _:
            _stream(transport, asked, fault)
    while not await request.is_disconnected():
        await asyncio.sleep(0.02)
    return Response()  # nobody is there any more


def _stream(transport: asyncio.Transport, asked: Asked, fault: Fault) -> None:
    begun = list(islice(pieces(asked, _TEXT), _SAID))
    match fault.wire:
        case "cut_chunked":
            _chunks(transport, begun)
            transport.close()
        case "clean_end":
            _chunks(transport, [*begun, b""])
            transport.close()
        case "garbage":
            _chunks(transport, [*begun, b'data: {"id": "c1", "choi\n\n', DONE, b""])
        case "error_event":
            _chunks(transport, [*begun, error_event(fault), b""])
            transport.close()
        case "stall":
            _chunks(transport, begun)
        case _:
            transport.write(_HEAD % b"text/event-stream" + b"connection: close\r\n\r\n" + b"".join(begun))
            transport.close()


def _answer(fault: Fault) -> Line:
    if fault.wire == "no_text":
        return Line()
    return Line.model_validate({"tool_calls": [{"name": "edit_file", "arguments": '{"path": "a.py", "n": '}]})


def _plain(transport: asyncio.Transport, body: bytes) -> None:
    length = b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
    transport.write(_HEAD % b"application/json" + length + body)
    transport.close()


def _whole_or_events(transport: asyncio.Transport, asked: Asked, content: list[bytes]) -> None:
    if asked.streamed:
        _chunks(transport, [*content, DONE, b""])
        transport.close()
    else:
        _plain(transport, content[0])


def _chunks(transport: asyncio.Transport, content: Iterable[bytes]) -> None:
    """Write chunks; an empty one is the good end of the body."""
    transport.write(_HEAD % b"text/event-stream" + b"transfer-encoding: chunked\r\n\r\n")
    for piece in content:
        transport.write(b"%x\r\n%s\r\n" % (len(piece), piece))
