"""Calls that wait for a person: which, exactly what they would do, and the person's answer."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard.server.access.permissions import Caller, Permission, in_project
from dashboard.server.asked import Waiting
from dashboard.server.errors import Refused
from dashboard.server.feed import Feed
from dashboard.server.parts import TheCaller, TheParts, TheProject
from dashboard.server.routes.requests import (
    Key,
    Line,
    Seconds,
    append,
    request_id,
    settled,
    store_key,
)
from dashboard.server.texts import bytes_of, text_of
from dashboard.server.wire import Json, encoded, written_json
from ledger.events import ApprovalId, ApproveRequested, DenyRequested

MOST_ARGUMENTS = 256 * 1024
"""Bytes of a call that are shown: a person sees all of what they allow."""
MOST_ROWS = 200


class Approve(BaseModel, extra="forbid"):
    """Yes to exactly one call."""

    digest: Line
    """Of the call as it was shown."""
    arguments: dict[str, Any] | None = None
    """Edited arguments; left out, they stay as they are."""
    whole_run: bool = False
    """Also every later call of this tool with this risk in the run."""


class Deny(BaseModel, extra="forbid"):
    """No to a call."""

    digest: Line
    why: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""


async def approvals(
    feed: TheProject, parts: TheParts, state: Literal["open", "all"] = "open",
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
) -> Response:  # fmt: skip
    """Return the calls that wait, or with `state=all` also those that did, the newest first."""
    now = parts.clock()
    found = [w for w in feed.asked.approvals.values() if state == "all" or w.stand(now) == "open"]
    newest = found[::-1][:limit]
    rows = await asyncio.to_thread(lambda: [row_of(feed, waiting, now) for waiting in newest])
    return Json(encoded({"project": feed.name, "position": feed.position, "total": len(found), "approvals": rows}))


async def approval(feed: TheProject, parts: TheParts, approval: str) -> Response:
    """Return one call that waits or waited."""
    found = _find(feed, parts.clock(), approval)
    return Json(encoded(await asyncio.to_thread(row_of, feed, found, parts.clock())))


async def approve(
    body: Approve, feed: TheProject, parts: TheParts, caller: TheCaller, approval: str,
    key: Key = None, wait: Seconds = 5,
) -> Response:  # fmt: skip
    """Allow a call; it goes on with exactly what was approved. Answers 200 with what came of it, or 202."""
    found = _find(feed, parts.clock(), approval)
    arguments = ""
    if body.arguments is None:
        await _require_whole(feed, found)
    else:
        arguments = await asyncio.to_thread(feed.ledger.blobs.put, written_json(body.arguments))
    wish = ApproveRequested(
        request=request_id(feed.name, caller, key, parts, (approval, body)), approval=found.event.approval,
        digest=body.digest, arguments=arguments, whole_run=body.whole_run, by=caller.spoken,
    )  # fmt: skip
    return await _answer(feed, parts, caller, found, wish, key, wait)


async def deny(
    body: Deny, feed: TheProject, parts: TheParts, caller: TheCaller, approval: str,
    key: Key = None, wait: Seconds = 5,
) -> Response:  # fmt: skip
    """Refuse a call; its attempt is told why and goes on without it."""
    found = _find(feed, parts.clock(), approval)
    _require_shown(found, body.digest)
    wish = DenyRequested(
        request=request_id(feed.name, caller, key, parts, (approval, body)), approval=found.event.approval,
        why=body.why, by=caller.spoken,
    )  # fmt: skip
    return await _answer(feed, parts, caller, found, wish, key, wait)


async def _answer(
    feed: Feed, parts: TheParts, caller: Caller, found: Waiting, wish: ApproveRequested | DenyRequested,
    key: str | None, wait: float,
) -> Response:  # fmt: skip
    if wish.request not in feed.history.requests:
        _require_open(found, parts.clock())
        if isinstance(wish, ApproveRequested):
            _require_shown(found, wish.digest)
        await _require_another(feed, parts, caller, found)
    recorded = await append(feed.ledger.store, wish, store_key(feed.name, caller, key))
    return await settled(feed, parts, wish.request, recorded.position, wait)


def row_of(feed: Feed, waiting: Waiting, now: float) -> dict[str, object]:
    """Return a call as a person sees it before the answer: tool, arguments, tree, risk, digest. Blocks."""
    event, blobs = waiting.event, feed.ledger.blobs
    scheduled = feed.asked.attempts.get(event.attempt)
    return {
        "approval": event.approval,
        "run": event.run,
        "attempt": event.attempt,
        "role": scheduled.role if scheduled is not None else "",
        "tool": event.tool,
        "arguments": text_of(blobs, event.arguments, MOST_ARGUMENTS).row(),
        "shown": event.shown,
        "risk": event.risk,
        "digest": event.digest,
        "tree": event.tree,
        "at": waiting.at,
        "expires": event.expires,
        "state": waiting.stand(now),
        "answered": waiting.answered,
        "by": waiting.by,
        "why": waiting.why,
        "allowed": text_of(blobs, waiting.allowed, MOST_ARGUMENTS).row() if waiting.allowed else None,
        "whole_run": waiting.whole_run,
    }


def _find(feed: Feed, now: float, approval: str) -> Waiting:
    found = feed.asked.approvals.get(ApprovalId(approval))
    if found is None:
        known = [w.event.approval for w in feed.asked.approvals.values() if w.stand(now) == "open"]
        there = ", ".join(known[-20:]) or "nothing waits"
        raise Refused(
            404, "unknown_approval", f"no approval is called {approval[:100]}; open: {there}", more={"known": known}
        )
    return found


def _require_open(found: Waiting, now: float) -> None:
    state = found.stand(now)
    if state != "open":
        told = f"this call was answered already ({state}): see GET /approvals?state=all"
        expired = "nobody answered this call in time, so it counts as denied: the attempt may ask again"
        raise Refused(409, "answered", expired if state == "expired" else told)


def _require_shown(found: Waiting, digest: str) -> None:
    if digest != found.event.digest:
        raise Refused(409, "another_call", "this is not the digest of the call that waits: look at it and answer anew")


async def _require_whole(feed: Feed, found: Waiting) -> None:
    """Nobody allows what they could not see: a call too long to be shown, or whose words are gone."""
    content, problem = await asyncio.to_thread(bytes_of, feed.ledger.blobs, found.event.arguments)
    if problem or len(content) > MOST_ARGUMENTS:
        why = problem or f"it has {len(content)} bytes, at most {MOST_ARGUMENTS} are shown"
        raise Refused(409, "not_shown", f"this call cannot be shown whole ({why}): deny it, or say your own arguments")


async def _require_another(feed: Feed, parts: TheParts, caller: Caller, found: Waiting) -> None:
    """A key that asked for the work may not allow what the work then asks for: a person, or another key, must."""
    request = feed.asked.tasks.asker.get(found.event.attempt)
    asker = feed.asked.tasks.tasks[request].by if request is not None else ""
    started = feed.asked.asked_by.get(found.event.run)
    if not asker and started:
        wish = await parts.home.find(started)
        asker = wish.event.by if wish is not None else ""
    if caller.key and asker == caller.spoken:
        raise Refused(403, "own_request", "who asked for the work may not approve its calls: let a person answer")


ENDPOINTS = (
    *in_project("GET", "/approvals", Permission.READ, approvals),
    *in_project("GET", "/approvals/{approval}", Permission.READ, approval),
    *in_project("POST", "/approvals/{approval}/approve", Permission.APPROVE, approve),
    *in_project("POST", "/approvals/{approval}/deny", Permission.APPROVE, deny),
)
