"""Wishes: what may be asked of a project's director, and what it answered."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Literal

import msgspec
from fastapi import Header, Query
from pydantic import BaseModel, Field, model_validator
from starlette.responses import Response

from dashboard.server.access.permissions import Caller, Endpoint, Permission
from dashboard.server.errors import Refused
from dashboard.server.feed import Feed
from dashboard.server.history import WHAT, AskedEvent, Wish
from dashboard.server.parts import Parts, TheCaller, TheFeed, TheParts
from dashboard.server.preview import preview
from dashboard.server.routes.checkpoints import find
from dashboard.server.wire import Json, encoded
from ledger.events import (
    REQUESTS,
    CheckpointId,
    CheckpointRequested,
    PauseRequested,
    RequestId,
    ResumeRequested,
    RollbackRequested,
    StopRequested,
)
from ledger.events.recorded import Recorded
from ledger.store import Store

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
_SEEN = 2.0
"""Seconds an append may take until this server has folded it, too."""


class Ask(BaseModel, extra="forbid"):
    """One wish."""

    what: Literal["stop", "pause", "resume", "checkpoint", "rollback"]
    checkpoint: Line | None = None
    """For a rollback: where to."""
    head: Line | None = None
    """For a rollback: the head its preview was made for."""
    title: Line | None = None
    """For a checkpoint: what it is called."""

    @model_validator(mode="after")
    def _fields_fit(self) -> Ask:
        rollback = self.what == "rollback"
        if rollback and (self.checkpoint is None or self.head is None):
            raise ValueError("a rollback needs `checkpoint` and the `head` of its preview")
        if not rollback and (self.checkpoint is not None or self.head is not None):
            raise ValueError("`checkpoint` and `head` belong to a rollback")
        if self.title is not None and self.what != "checkpoint":
            raise ValueError("`title` belongs to a checkpoint")
        return self


async def ask(body: Ask, feed: TheFeed, parts: TheParts, caller: TheCaller, key: Key = None) -> Response:
    """Append a wish; the director's answer is an event, see `GET requests/{request}`.

    The same `Idempotency-Key` again gives the first answer again and appends nothing.
    """
    wish = _event(body, request_id(feed.name, caller, key, parts), spoken_for(caller))
    known = feed.history.requests.get(wish.request)
    if known is not None:
        _require_same(known.event, wish)
        return accepted(wish.request, known.position)
    if isinstance(wish, RollbackRequested):
        _require_fresh(feed, wish)
    recorded = await append(feed.ledger.store, wish, store_key(feed.name, caller, key))
    await feed.reach(recorded.position, _SEEN)
    return accepted(wish.request, recorded.position)


async def answer(feed: TheFeed, request: str, wait: Annotated[float, Query(ge=0, le=60)] = 0) -> Response:
    """Return how a request stands, at once or when it is answered, after `wait` seconds at the latest."""
    wish = feed.history.requests.get(RequestId(request))
    if wish is None:
        raise Refused(404, "unknown_request", f"nothing was asked under {request[:100]}: see the requests of the board")
    if wish.state == "pending" and wait:
        await feed.until(lambda: wish.state != "pending", wait)
    return Json(encoded(_row(wish)))


def request_id(place: str, caller: Caller, key: str | None, parts: Parts) -> RequestId:
    """Return the id of a request: the same for the same key of the same caller, else a new one."""
    secret = parts.token_source() if key is None else f"{place}\n{caller.name}\n{key}"
    return RequestId(f"q-{hashlib.sha256(secret.encode()).hexdigest()[:16]}")


def store_key(place: str, caller: Caller, key: str | None) -> str | None:
    """Return the key under which the store appends a wish once."""
    return None if key is None else f"http:{place}:{caller.name}:{key}"


def spoken_for(caller: Caller) -> str:
    """Return the caller in the words people read in the ledger."""
    return "command" if caller.name == "bearer" else "page"


async def append(store: Store, wish: AskedEvent, key: str | None) -> Recorded:
    """Append a wish durably; raise Refused when its key was used for another one."""
    recorded = await asyncio.wrap_future(store.append(REQUESTS, [wish], actor="user", key=key))
    _require_same(recorded[0].event, wish)
    return recorded[0]


def accepted(request: RequestId, position: int) -> Response:
    """Return the answer to a wish that stands in the ledger."""
    return Json(encoded({"request": request, "position": position}), status_code=202)


def _event(body: Ask, request: RequestId, by: str) -> AskedEvent:
    match body.what:
        case "stop":
            return StopRequested(request=request, by=by)
        case "pause":
            return PauseRequested(request=request, by=by)
        case "resume":
            return ResumeRequested(request=request, by=by)
        case "checkpoint":
            return CheckpointRequested(request=request, title=body.title or "", by=by)
        case "rollback":
            checkpoint = CheckpointId(body.checkpoint or "")
            return RollbackRequested(request=request, checkpoint=checkpoint, head=body.head or "", by=by)


def _require_same(first: object, wish: AskedEvent) -> None:
    if first != wish:
        raise Refused(409, "key_reused", "this Idempotency-Key was used for another request: take a new one")


def _require_fresh(feed: Feed, wish: RollbackRequested) -> None:
    plan = preview(feed.history, find(feed.history, wish.checkpoint))
    if wish.head != plan.head:
        message = f"the branch moved to {plan.head[:12]} since the preview: look at the new one and ask again"
        raise Refused(409, "stale_head", message, more={"preview": msgspec.to_builtins(plan)})


def _row(wish: Wish) -> dict[str, object]:
    return {
        "request": wish.event.request,
        "what": WHAT[type(wish.event)],
        "state": wish.state,
        "answer": wish.answer,
        "position": wish.position,
        "answered": wish.answered or None,
        "at": wish.at,
        "by": wish.event.by,
    }


ENDPOINTS = (
    Endpoint("POST", "/api/v1/projects/{project}/requests", Permission.ASK, ask, 202),
    Endpoint("GET", "/api/v1/projects/{project}/requests/{request}", Permission.READ, answer),
)
