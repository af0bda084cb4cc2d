"""A conversation over several requests: what was asked and answered under one name, and what was kept for it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from dashboard.server.access.permissions import Permission, in_project
from dashboard.server.errors import Refused
from dashboard.server.feed import Feed
from dashboard.server.parts import TheCaller, TheParts, TheProject
from dashboard.server.routes.context import changed, row_of
from dashboard.server.routes.requests import Key, request_id
from dashboard.server.routes.tasks import whole
from dashboard.server.wire import Json, encoded
from ledger.events import SessionDeleted

MOST_TASKS = 100


async def conversation(
    feed: TheProject, parts: TheParts, session: str, limit: Annotated[int, Query(ge=1, le=MOST_TASKS)] = 20
) -> Response:
    """Return the last requests of a conversation with their answers, in order, and what is kept for it."""
    _require(feed, session, parts.clock())
    asked = feed.asked.tasks
    requests = asked.sessions.get(session, [])
    tasks = [asked.tasks[request] for request in requests[-limit:]]
    rows = await asyncio.to_thread(lambda: [whole(feed, task) for task in tasks])
    kept = [row_of(row) for row in feed.asked.kept.live(session, parts.clock())]
    return Json(encoded({"session": session, "total": len(requests), "tasks": rows, "context": kept}))


async def conversations(feed: TheProject, limit: Annotated[int, Query(ge=1, le=MOST_TASKS)] = 50) -> Response:
    """Return the conversations there are, the newest first."""
    found = list(feed.asked.tasks.sessions.items())[::-1]
    rows = [{"session": name, "tasks": len(requests), "last": requests[-1]} for name, requests in found[:limit]]
    return Json(encoded({"project": feed.name, "total": len(found), "sessions": rows}))


async def remove(feed: TheProject, parts: TheParts, caller: TheCaller, session: str, key: Key = None) -> Response:
    """Forget a conversation with everything kept for it; its requests stay in the ledger and under their own ids."""
    request = request_id(feed.name, caller, key, parts, ("session", session))
    if request not in feed.asked.changes:
        _require(feed, session, parts.clock())
    wish = SessionDeleted(session=session, request=request, by=caller.spoken)
    return Json(encoded({"session": session, "position": await changed(feed, caller, wish, key)}))


def _require(feed: Feed, session: str, now: float) -> None:
    known = feed.asked.tasks.sessions
    if session not in known and next(feed.asked.kept.live(session, now), None) is None:
        there = ", ".join(list(known)[-10:]) or "there are none yet: POST /execute starts one"
        raise Refused(404, "unknown_session", f"no conversation is called {session[:100]}; the newest: {there}")


ENDPOINTS = (
    *in_project("GET", "/sessions", Permission.READ, conversations),
    *in_project("GET", "/session/{session}", Permission.READ, conversation),
    *in_project("DELETE", "/session/{session}", Permission.ASK, remove),
)
