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
from dashboard.server.routes.requests import Key, Line, accepted, append, request_id, row, store_key
from dashboard.server.wire import Json, encoded
from ledger.events import RunRequested

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
    async with parts.patience.place() as may_wait:
        deadline = loop.time() + (wait if may_wait else 0)
        while True:
            wish = await parts.home.find(request)
            if wish is None:
                told = f"no run was asked for under {request[:100]}: post to /api/v1/runs"
                raise Refused(404, "unknown_request", told)
            if wish.state != "pending" or loop.time() >= deadline or parts.patience.over:
                return Json(encoded(row(wish)))
            await asyncio.sleep(_LOOK_EVERY)


ENDPOINTS = (
    Endpoint("POST", "/api/v1/runs", Permission.ASK, begin, 202),
    Endpoint("GET", "/api/v1/runs/{request}", Permission.READ, answer),
)
