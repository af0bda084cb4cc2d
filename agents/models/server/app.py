"""The addresses of the scripted server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from agents.models.faulty import FAULTS
from agents.models.script import Line, Script
from agents.models.server.broken import go_wrong
from agents.models.server.words import DONE, Asked, error, pieces, refusal, whole

_BY_NAME = "fault-"
"""A model of this name and a fault's has that fault always."""


@dataclass(frozen=True, slots=True)
class Received:
    """One request, for measurements."""

    nth: int
    at: float
    model: str
    size: int
    """Bytes of the body."""
    said: str
    """What was answered: `text`, `tools`, the fault's name, or `none`."""
    body: dict[str, Any]


@dataclass(slots=True)
class Counter:
    """What the server was asked, in order."""

    script: Script
    log: Path | None = None
    clock: Callable[[], float] = time.time
    received: list[Received] = field(default_factory=list)

    def take(self, body: dict[str, Any], size: int) -> tuple[Asked, Line | None]:
        """Count a request and return the line that answers it."""
        model = str(body.get("model", ""))
        line = self._by_name(model) or self.script.answer(model, body.get("messages") or ())
        said = "none" if line is None else line.fault or ("tools" if line.tool_calls else "text")
        got = Received(len(self.received) + 1, self.clock(), model, size, said, body)
        self.received.append(got)
        if self.log is not None:
            row = {"nth": got.nth, "at": got.at, "model": model, "bytes": size, "said": said, "body": body}
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return Asked(got.nth, model, body, size), line

    def _by_name(self, model: str) -> Line | None:
        name = model.rpartition("/")[2]
        fault = name.removeprefix(_BY_NAME)
        return Line(fault=fault, times=0) if name.startswith(_BY_NAME) and fault in FAULTS else None


def create(counter: Counter) -> Starlette:
    """Return the application; it needs `request.state.transport` for the faults on the wire."""

    async def complete(request: Request) -> Response:
        content = await request.body()
        try:
            body = json.loads(content)
        except ValueError as broken:
            return _json(refusal(f"the body is no JSON: {broken}"), 400)
        asked, line = counter.take(body, len(content))
        if line is None:
            return _json(refusal("the script has no line for this request: add one"), 400)
        return await _answer(request, asked, line)

    async def models(_: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": "scripted", "object": "model", "owned_by": "script"}]})

    async def requests(_: Request) -> Response:
        rows = [{"nth": r.nth, "at": r.at, "model": r.model, "bytes": r.size, "said": r.said} for r in counter.received]
        return JSONResponse({"requests": rows, "bytes": sum(r.size for r in counter.received)})

    return Starlette(
        routes=[
            *(Route(f"{base}/chat/completions", complete, methods=["POST"]) for base in ("/v1", "")),
            *(Route(f"{base}/models", models) for base in ("/v1", "")),
            Route("/requests", requests),
        ]
    )


async def _answer(request: Request, asked: Asked, line: Line) -> Response:
    if line.delay:
        await asyncio.sleep(line.delay)
    if line.fault:
        fault = FAULTS[line.fault]
        if fault.wire not in ("status", "page"):
            return await go_wrong(request, asked, fault)
        kind = "text/html" if fault.wire == "page" else "application/json"
        wait = {} if line.retry_after is None else {"retry-after": f"{line.retry_after:g}"}
        return Response(error(fault), fault.status, wait, kind)
    if not asked.streamed:
        return _json(whole(asked, line), 200)
    return StreamingResponse(_paced(asked, line), media_type="text/event-stream")


async def _paced(asked: Asked, line: Line) -> AsyncIterator[bytes]:
    for piece in pieces(asked, line):
        yield piece
        if line.pace:
            await asyncio.sleep(line.pace)
    yield DONE


def _json(content: bytes, status: int) -> Response:
    return Response(content, status, media_type="application/json")
