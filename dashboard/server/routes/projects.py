"""The projects of the home, and the board of one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.errors import Refused
from dashboard.server.feed import Feed
from dashboard.server.parts import TheFeed, TheParts
from dashboard.server.wire import Json, encoded


async def projects(parts: TheParts) -> Response:
    """Return one light row per project, once all of them are open: a list that grows is asked for again."""
    if parts.ledgers.opening:
        raise Refused(503, "starting", "the projects are still being opened: ask again in 1 s", retry=1)
    return Json(encoded({"projects": [_row(feed) for feed in await parts.feeds.all()]}))


async def snapshot(feed: TheFeed, request: Request) -> Response:
    """Return the board at the head; the tail of the stream goes on from its position."""
    position, body = feed.snapshot()
    etag = f'"{feed.lineage}-{position}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if etag in (given.strip() for given in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Json(body, headers=headers)


def _row(feed: Feed) -> dict[str, object]:
    board = feed.board
    run = board.run
    return {
        "name": feed.name,
        "repository": board.project.repository if board.project is not None else "",
        "prefix": board.project.prefix if board.project is not None else "",
        "position": feed.position,
        "lineage": feed.lineage,
        "at": board.at,
        "run": run.id if run is not None else None,
        "state": run.state if run is not None else None,
        "score": run.score if run is not None else None,
        "gates": [{"name": gate.name, "value": gate.value, "met": gate.met} for gate in run.gates] if run else [],
        "problem": feed.problem,
    }


ENDPOINTS = (
    Endpoint("GET", "/api/v1/projects", Permission.READ, projects),
    Endpoint("GET", "/api/v1/projects/{project}/snapshot", Permission.READ, snapshot),
)
