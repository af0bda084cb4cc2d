"""Asking for a run of any repository: a wish in the home's ledger, answered by the host."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.errors import Refused
from dashboard.server.parts import TheCaller, TheParts
from dashboard.server.routes.requests import Key, Line, accepted, append, request_id, store_key
from dashboard.server.wire import Json, encoded
from ledger.events import REQUESTS, RequestHonoured, RequestRefused, RunRequested
from ledger.events.recorded import Recorded
from ledger.store import Store

HOME = "home"
_LOOK_EVERY = 0.2


class Run(BaseModel, extra="forbid"):
    """Which repository, and with which options of `kaizen run`."""

    path: Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^/[^\x00-\x1f\x7f]*$")]
    """Absolute, on the machine of the daemon."""
    options: Annotated[dict[Line, Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]],
                       Field(max_length=64)] = {}  # fmt: skip


async def begin(body: Run, parts: TheParts, caller: TheCaller, key: Key = None) -> Response:
    """Append the wish for a run; the host's answer stands under `GET /runs/{request}`."""
    request = request_id(HOME, caller, key, parts, body)
    wish = RunRequested(request=request, path=body.path, options=dict(body.options), by=caller.spoken)
    home = await asyncio.to_thread(lambda: parts.ledgers.home)
    recorded = await append(home, wish, store_key(HOME, caller, key))
    return accepted(request, recorded.position)


async def answer(parts: TheParts, request: str, wait: Annotated[float, Query(ge=0, le=60)] = 0) -> Response:
    """Return how the wish for a run stands, after `wait` seconds at the latest."""
    loop = asyncio.get_running_loop()
    home = await asyncio.to_thread(lambda: parts.ledgers.home)
    async with parts.patience.place() as may_wait:
        deadline = loop.time() + (wait if may_wait else 0)
        while True:
            found = await asyncio.to_thread(_find, home, request)
            if not found:
                told = f"no run was asked for under {request[:100]}: post to /api/v1/runs"
                raise Refused(404, "unknown_request", told)
            if len(found) > 1 or loop.time() >= deadline or parts.patience.over:
                return Json(encoded(_row(found)))
            await asyncio.sleep(_LOOK_EVERY)


def _find(home: Store, request: str) -> list[Recorded]:
    """Return the wish and what answered it."""
    return [one for one in home.stream(REQUESTS) if getattr(one.event, "request", "") == request]


def _row(found: list[Recorded]) -> dict[str, object]:
    state, text, answered = "pending", "", None
    for one in found[1:]:
        match one.event:
            case RequestHonoured() as event:
                state, text, answered = "honoured", event.note, one.position
            case RequestRefused() as event:
                state, text, answered = "refused", event.why, one.position
            case _:
                continue
    asked = found[0]
    return {
        "request": getattr(asked.event, "request", ""),
        "what": "run",
        "state": state,
        "answer": text,
        "position": asked.position,
        "answered": answered,
        "at": asked.at,
    }


ENDPOINTS = (
    Endpoint("POST", "/api/v1/runs", Permission.ASK, begin, 202),
    Endpoint("GET", "/api/v1/runs/{request}", Permission.READ, answer),
)
