"""The ledger itself, in pages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, NamedTuple

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


async def events(
    feed: TheFeed,
    after: Annotated[int | None, Query(ge=0, le=_MOST_POSITION)] = None,
    before: Annotated[int | None, Query(ge=0, le=_MOST_POSITION)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
    kind: Annotated[list[str] | None, Query(max_length=64)] = None,
    stream: Annotated[str | None, Query(max_length=200)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Return events with `after` < position < `before`, in order: the first ones, or with `before` alone the newest.

    `next` is the `after` of the next page, or with `before` alone the `before` of the page that comes earlier; null
    when there is none. `q` looks for text in a whole row, ignoring case.
    """
    wanted = _Wanted(_kinds(kind), stream, (q or "").lower(), limit)
    position, store = feed.position, feed.ledger.store
    end = min(before - 1 if before is not None else position, position)
    if before is not None and after is None:
        rows, following = await asyncio.to_thread(_find_back, store, end, wanted)
    else:
        rows, following = await asyncio.to_thread(_find, store, after or 0, end, wanted)
    head = b'{"lineage":%b,"head":%d,"next":%b,"events":' % (encoded(feed.lineage), position, encoded(following))
    immutable = before is not None and before <= position + 1
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


class _Wanted(NamedTuple):
    """What is looked for; `text` is in lower case."""

    kinds: tuple[str, ...]
    stream: str | None
    text: str
    limit: int


def _find(store: Store, after: int, end: int, wanted: _Wanted) -> tuple[list[bytes], int | None]:
    """Return matching rows and the position up to which everything was looked at, None when that is the end."""
    rows: list[bytes] = []
    reached, scanned = after, 0
    while reached < end and len(rows) < wanted.limit and scanned < _SCANNED:
        size = MOST if wanted.text else wanted.limit - len(rows)
        page = store.read(after=reached, limit=size, stream=wanted.stream, kinds=wanted.kinds)
        for recorded in page:
            if recorded.position > end:
                return rows, None
            reached, scanned = recorded.position, scanned + 1
            line = row(recorded)
            if _holds(line, wanted.text):
                rows.append(line)
                if len(rows) == wanted.limit:
                    break
        if len(page) < size and len(rows) < wanted.limit:
            return rows, None
    return rows, reached if reached < end else None


def _find_back(store: Store, end: int, wanted: _Wanted) -> tuple[list[bytes], int | None]:
    """Return the newest matching rows, in order, and the position down to which everything was looked at.

    None stands for the beginning. The store reads forwards, so this looks through it window by window; what a window
    leaves out is chosen here, because a choice of the store's would read on to the end of the ledger each time.
    """
    rows: list[bytes] = []
    low = end + 1
    while low > 1 and low > end - _SCANNED:
        start = max(0, low - 1 - MOST)
        for recorded in reversed(store.read(after=start, limit=low - 1 - start)):
            low = recorded.position
            if wanted.stream not in (None, recorded.stream) or not _chosen(recorded, wanted.kinds):
                continue
            line = row(recorded)
            if _holds(line, wanted.text):
                rows.append(line)
                if len(rows) == wanted.limit:
                    return rows[::-1], low if low > 1 else None
    return rows[::-1], low if low > 1 else None


def _chosen(recorded: Recorded, kinds: tuple[str, ...]) -> bool:
    return not kinds or type(recorded.event).__name__ in kinds


def _holds(line: bytes, text: str) -> bool:
    return not text or text in line.decode().lower()


ENDPOINTS = (
    Endpoint("GET", "/api/v1/projects/{project}/events", Permission.READ, events),
    Endpoint("GET", "/api/v1/projects/{project}/events/{position}", Permission.READ, event),
)
