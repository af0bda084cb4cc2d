"""The ledger itself, in pages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.errors import Refused
from dashboard.server.parts import TheFeed
from dashboard.server.wire import Json, encoded, joined, row
from ledger.codec import KINDS
from ledger.events.recorded import Recorded
from ledger.store import Store

MOST = 1000
_MOST_POSITION = 2**53
_SCANNED = 20_000
"""Events looked through by one request with `q`; `next` says where to go on."""

Position = Annotated[int, Query(ge=0, le=_MOST_POSITION)]


async def events(
    feed: TheFeed,
    after: Position = 0,
    before: Annotated[int | None, Query(ge=0, le=_MOST_POSITION)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
    kind: Annotated[list[str] | None, Query(max_length=64)] = None,
    stream: Annotated[str | None, Query(max_length=200)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Return events with `after` < position < `before`, in order.

    `next` is the `after` of the next page, null when there is none. `q` looks for text in a whole row, ignoring case.
    """
    kinds = _kinds(kind)
    end = min(before - 1 if before is not None else feed.position, feed.position)
    found = await asyncio.to_thread(_find, feed.ledger.store, after, end, limit, kinds, stream, (q or "").lower())
    rows, reached = found
    head = b'{"lineage":%b,"head":%d,"next":%b,"events":' % (
        encoded(feed.lineage),
        feed.position,
        encoded(reached if reached < end else None),
    )
    immutable = before is not None and before <= feed.position + 1
    cache = "private, max-age=3600" if immutable else "no-cache"
    return Json(head + joined(rows) + b"}", headers={"Cache-Control": cache})


async def event(feed: TheFeed, position: Annotated[int, Path(ge=1, le=_MOST_POSITION)]) -> Response:
    """Return one event as it stands in the ledger, its link included."""
    page: Sequence[Recorded] = ()
    if position <= feed.position:
        page = await asyncio.to_thread(feed.ledger.store.read, after=position - 1, limit=1)
    if not page:
        raise Refused(404, "unknown_position", f"no event at position {position}: the last one is {feed.position}")
    one = page[0]
    beside = {"version": one.version, "cause": one.cause, "link": one.link}
    return Json(row(one)[:-1] + b',"ledger":' + encoded(beside) + b"}")


def _kinds(given: list[str] | None) -> tuple[str, ...]:
    kinds = tuple(kind for one in given or () for kind in one.split(",") if kind)
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise Refused(422, "unknown_kind", f"no event is called {unknown[0][:100]}: docs/events.md lists them")
    return kinds


def _find(
    store: Store, after: int, end: int, limit: int, kinds: tuple[str, ...], stream: str | None, text: str
) -> tuple[list[bytes], int]:
    """Return matching rows and the position up to which everything was looked at."""
    rows: list[bytes] = []
    reached, scanned = after, 0
    while reached < end and len(rows) < limit and scanned < _SCANNED:
        wanted = MOST if text else limit - len(rows)
        page = store.read(after=reached, limit=wanted, stream=stream, kinds=kinds)
        for recorded in page:
            if recorded.position > end:
                return rows, end
            reached, scanned = recorded.position, scanned + 1
            line = row(recorded)
            if not text or text in line.decode().lower():
                rows.append(line)
                if len(rows) == limit:
                    return rows, reached
        if len(page) < wanted:
            return rows, end
    return rows, reached


ENDPOINTS = (
    Endpoint("GET", "/api/v1/projects/{project}/events", Permission.READ, events),
    Endpoint("GET", "/api/v1/projects/{project}/events/{position}", Permission.READ, event),
)
