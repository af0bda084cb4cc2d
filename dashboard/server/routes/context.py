"""Values kept under keys, for agents and for those who ask them, each for as long as it is wanted."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard.server.access.permissions import Caller, Permission, in_project
from dashboard.server.errors import Refused
from dashboard.server.feed import Feed
from dashboard.server.parts import Parts, TheCaller, TheParts, TheProject
from dashboard.server.routes.requests import SEEN, Key, append, request_id, store_key
from dashboard.server.wire import Json, encoded, written_json
from ledger.events import REQUESTS, ContextDeleted, ContextSet, RequestId, SessionDeleted
from ledger.projections.kept import Kept

MOST_VALUE = 64 * 1024
"""Bytes of one value, as JSON."""
MOST_KEYS = 1000
"""Of a project, and of each conversation."""
_LONGEST = 10 * 365 * 86_400.0
TheKey = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._:@-]+$")]
Session = Annotated[str, Query(max_length=80, pattern=r"^[A-Za-z0-9._-]*$")]


class Value(BaseModel, extra="forbid"):
    """What to keep."""

    value: Any
    """Any JSON."""
    ttl: Annotated[float | None, Field(gt=0, le=_LONGEST)] = None
    """Seconds it is kept; without them, until it is removed."""


async def keys(feed: TheProject, parts: TheParts, session: Session = "") -> Response:
    """Return what is kept for the project, or for a conversation, without the values."""
    rows = [row_of(kept) for kept in feed.asked.kept.live(session, parts.clock())]
    return Json(encoded({"project": feed.name, "session": session, "keys": rows}))


async def value(feed: TheProject, parts: TheParts, name: TheKey, session: Session = "") -> Response:
    """Return a value; 404 when it was never kept, was removed, or has expired."""
    kept = _find(feed, parts, name, session)
    return Json(encoded({**row_of(kept), "value": await asyncio.to_thread(read_value, feed, kept)}))


async def keep(
    body: Value, feed: TheProject, parts: TheParts, caller: TheCaller, name: TheKey, session: Session = "",
    key: Key = None,
) -> Response:  # fmt: skip
    """Keep a value in place of the one before; answers what stands under the key now."""
    written = written_json(body.value)
    if len(written) > MOST_VALUE:
        message = f"the value has {len(written)} bytes, at most {MOST_VALUE} are kept: keep less, or a file's name"
        raise Refused(413, "too_large", message)
    now = parts.clock()
    if sum(kept.key != name for kept in feed.asked.kept.live(session, now)) >= MOST_KEYS:
        raise Refused(409, "too_many", f"{MOST_KEYS} values are kept already: remove some with DELETE /context/KEY")
    wish = ContextSet(
        key=name, value=written.decode(), session=session, expires=None if body.ttl is None else now + body.ttl,
        request=request_id(feed.name, caller, key, parts, (name, session, body)), by=caller.spoken,
    )  # fmt: skip
    position = await changed(feed, caller, wish, key)
    return Json(encoded({"key": name, "session": session, "expires": wish.expires, "position": position}))


async def remove(
    feed: TheProject, parts: TheParts, caller: TheCaller, name: TheKey, session: Session = "", key: Key = None
) -> Response:
    """Remove a value; 404 when there is none."""
    request = request_id(feed.name, caller, key, parts, (name, session))
    if request not in feed.asked.changes:
        _find(feed, parts, name, session)
    wish = ContextDeleted(key=name, session=session, request=request, by=caller.spoken)
    return Json(encoded({"key": name, "session": session, "position": await changed(feed, caller, wish, key)}))


async def changed(
    feed: Feed, caller: Caller, wish: ContextSet | ContextDeleted | SessionDeleted, key: str | None
) -> int:
    """Append a change once and return its position, when it can be seen."""
    known = feed.asked.changes.get(RequestId(wish.request))
    if known is not None:
        return known
    recorded = await append(feed.ledger.store, wish, store_key(feed.name, caller, key), REQUESTS)
    await feed.reach(recorded.position, SEEN)
    return recorded.position


def row_of(kept: Kept) -> dict[str, object]:
    """Return what is known of a value without the value."""
    return {"key": kept.key, "session": kept.session, "at": kept.at, "expires": kept.expires, "by": kept.by}


def read_value(feed: Feed, kept: Kept) -> object:
    """Return a value as it was kept; as text where masking a secret left no JSON. Blocks."""
    (recorded,) = feed.ledger.store.read(after=kept.position - 1, limit=1)
    assert isinstance(recorded.event, ContextSet)
    written = recorded.event.value
    try:
        msgspec.json.decode(written)
    except msgspec.DecodeError:
        return written
    return msgspec.Raw(written.encode())


def _find(feed: Feed, parts: Parts, name: str, session: str) -> Kept:
    found = feed.asked.kept.find(name, session, parts.clock())
    if found is None:
        known = [kept.key for kept in feed.asked.kept.live(session, parts.clock())]
        there = ", ".join(known[:20]) or "nothing"
        raise Refused(404, "unknown_key", f"nothing is kept under {name[:100]}; kept are: {there}")
    return found


ENDPOINTS = (
    *in_project("GET", "/context", Permission.READ, keys),
    *in_project("GET", "/context/{name}", Permission.READ, value),
    *in_project("POST", "/context/{name}", Permission.ASK, keep),
    *in_project("DELETE", "/context/{name}", Permission.ASK, remove),
)
