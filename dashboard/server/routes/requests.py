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
    ContextDeleted,
    ContextSet,
    KeyCreated,
    KeyRevoked,
    PauseRequested,
    RequestId,
    ResumeRequested,
    RollbackRequested,
    SessionDeleted,
    StopRequested,
    TaskRequested,
    ToolRequested,
)
from ledger.events.recorded import Recorded
from ledger.store import Store

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Seconds = Annotated[float, Query(ge=0, le=60)]
Asking = (
    AskedEvent | TaskRequested | ToolRequested | ContextSet | ContextDeleted | SessionDeleted | KeyCreated | KeyRevoked
)
SEEN = 2.0
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
    wish = _event(body, request_id(feed.name, caller, key, parts, body), caller.spoken)
    known = feed.history.requests.get(wish.request)
    if known is not None:
        return accepted(wish.request, known.position)
    if isinstance(wish, RollbackRequested):
        _require_fresh(feed, wish)
    recorded = await append(feed.ledger.store, wish, store_key(feed.name, caller, key))
    await feed.reach(recorded.position, SEEN)
    return accepted(wish.request, recorded.position)


async def answer(
    feed: TheFeed, parts: TheParts, request: str, wait: Annotated[float, Query(ge=0, le=60)] = 0
) -> Response:
    """Return how a request stands, at once or when it is answered, after `wait` seconds at the latest."""
    wish = feed.history.requests.get(RequestId(request))
    if wish is None:
        raise Refused(404, "unknown_request", f"nothing was asked under {request[:100]}: see the requests of the board")
    await parts.patience.wait(feed, lambda: wish.state != "pending", wait)
    return Json(encoded(row(wish)))


async def settled(feed: Feed, parts: Parts, request: RequestId, position: int, wait: float) -> Response:
    """Return 200 when a wish was honoured within `wait` seconds, else 202; raise Refused with the reason for no."""
    await feed.reach(position, SEEN)
    wish = feed.history.requests.get(request)
    if wish is not None:
        await parts.patience.wait(feed, lambda: wish.state != "pending", wait)
    if wish is None or wish.state == "pending":
        return accepted(request, position)
    if wish.state == "refused":
        raise Refused(409, "refused", wish.answer or "the director refused it: see `kaizen log`")
    return Json(encoded(row(wish)))


def request_id(place: str, caller: Caller, key: str | None, parts: Parts, body: object) -> RequestId:
    """Return the id of a request: the same for the same key and body of the same caller, else a new one."""
    if key is None:
        return RequestId(f"q-{_digest(parts.token_source(), 16)}")
    return RequestId(f"q-{_digest(f'{place}|{caller.name}|{key}', 16)}{_digest(repr(body), 8)}")


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def store_key(place: str, caller: Caller, key: str | None) -> str | None:
    """Return the key under which the store appends a wish once."""
    return None if key is None else f"http:{place}:{caller.name}:{key}"


async def append(store: Store, wish: Asking, key: str | None, stream: str = REQUESTS) -> Recorded:
    """Append a wish durably; raise Refused when its key was used for another one: that has another id."""
    recorded = await asyncio.wrap_future(store.append(stream, [wish], actor="user", key=key))
    if getattr(recorded[0].event, "request", "") != wish.request:
        raise Refused(409, "key_reused", "this Idempotency-Key was used for another request: take a new one")
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


def _require_fresh(feed: Feed, wish: RollbackRequested) -> None:
    plan = preview(feed.history, find(feed.history, wish.checkpoint))
    if wish.head != plan.head:
        message = f"the branch moved to {plan.head[:12]} since the preview: look at the new one and ask again"
        raise Refused(409, "stale_head", message, more={"preview": msgspec.to_builtins(plan)})


def row(wish: Wish) -> dict[str, object]:
    """Return a request as it is shown."""
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
