"""The errors of a project and what was tried on them, from the error graph."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.parts import TheFeed
from dashboard.server.wire import Json, encoded
from knowledge_graph.view import as_table, neighbourhood, patterns
from ledger.events import Fingerprint


async def errors(feed: TheFeed) -> Response:
    """Return one row per error, the latest seen first, and how techniques fared."""
    body = {"position": feed.position, "errors": as_table(feed.errors), "patterns": patterns(feed.errors)}
    return Json(encoded(body))


async def around(feed: TheFeed, fingerprint: str, hops: Annotated[int, Query(ge=1, le=3)] = 1) -> Response:
    """Return the nodes and links around an error; empty when it was never seen."""
    return Json(encoded(neighbourhood(feed.errors, Fingerprint(fingerprint), hops)))


ENDPOINTS = (
    Endpoint("GET", "/api/v1/projects/{project}/errors", Permission.READ, errors),
    Endpoint("GET", "/api/v1/projects/{project}/errors/{fingerprint}/around", Permission.READ, around),
)
