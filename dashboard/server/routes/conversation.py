"""An attempt that thinks with a model, step by step: prompt, answer, tools, cost."""

from __future__ import annotations

import asyncio
from typing import Annotated, NamedTuple

import msgspec
from fastapi import Query
from starlette.responses import Response

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.asked import Asked, Scheduled
from dashboard.server.conversation import Conversation, Note, Step, Tool
from dashboard.server.errors import Refused
from dashboard.server.feed import Feed
from dashboard.server.parts import TheFeed, TheParts
from dashboard.server.routes.approvals import row_of as approval_row
from dashboard.server.texts import MOST_SHOWN, bytes_of, json_of, shown, text_of
from dashboard.server.wire import Json, encoded
from ledger.blobs import Blobs
from ledger.events import (
    AttemptId,
    CallStarted,
    ConversationCondensed,
    MessageSent,
    NudgeGiven,
    TechniqueTried,
    attempt_stream,
)
from ledger.store import Store

MOST_STEPS = 50
MOST_MESSAGES = 200
"""Messages of one prompt that are shown, the last ones."""
MOST_WHOLE = 4 * 1024 * 1024
_MOST_STEP = 2**31


class _Told(NamedTuple):
    """A conversation, and every blob its stream names."""

    conversation: Conversation
    blobs: frozenset[str]


async def conversation(
    feed: TheFeed,
    parts: TheParts,
    attempt: str,
    after: Annotated[int, Query(ge=0, le=_MOST_STEP)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_STEPS)] = 10,
) -> Response:
    """Return the steps above `after`, with the texts they name as far as they are shown.

    `next` is the `after` of the next page, null at the end. The newest steps are those above `steps_total - limit`.
    """
    scheduled = _scheduled(feed, attempt)
    told = await asyncio.to_thread(_told, feed.ledger.store, attempt)
    steps = told.conversation.steps
    page = steps[after : after + limit]
    rows = await asyncio.to_thread(lambda: [_step(feed.ledger.blobs, step) for step in page])
    end = after + len(page)
    body = {
        "attempt": attempt,
        "position": feed.position,
        **_head(scheduled, feed.asked),
        "patch": AttemptId(attempt) in feed.history.patches,
        "totals": msgspec.to_builtins(told.conversation.totals),
        "steps_total": len(steps),
        "next": end if end < len(steps) else None,
        "steps": rows,
        "approvals": await _approvals(feed, attempt, parts.clock()),
    }
    return Json(encoded(body))


async def text(feed: TheFeed, attempt: str, blob: str) -> Response:
    """Return one text of an attempt as plain text; only what its stream names."""
    _scheduled(feed, attempt)
    told = await asyncio.to_thread(_told, feed.ledger.store, attempt)
    if blob not in told.blobs:
        raise Refused(404, "unknown_text", f"attempt {attempt[:100]} names no text {blob[:64]}: see its conversation")
    content, problem = await asyncio.to_thread(bytes_of, feed.ledger.blobs, blob)
    if problem:
        raise Refused(404, "text_gone", problem)
    cut = content[:MOST_WHOLE].decode("utf-8", "replace")
    return Response(cut, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "private, max-age=3600"})


def _scheduled(feed: Feed, attempt: str) -> Scheduled:
    found = feed.asked.attempts.get(AttemptId(attempt))
    if found is None:
        newest = list(feed.asked.attempts)[-10:]
        there = f"the newest are {', '.join(newest)}" if newest else "there are none yet"
        raise Refused(404, "unknown_attempt", f"no attempt is called {attempt[:100]}; {there}")
    return found


def _head(scheduled: Scheduled, asked: Asked) -> dict[str, object]:
    return {
        "run": scheduled.run,
        "role": scheduled.role,
        "task": scheduled.task,
        "brain": scheduled.brain,
        "model": scheduled.model,
        "at": scheduled.at,
        "request": asked.tasks.asker.get(scheduled.attempt),
    }


def _told(store: Store, attempt: str) -> _Told:
    recorded = list(store.stream(attempt_stream(AttemptId(attempt))))
    named: set[str] = set()
    for one in recorded:
        for name in ("answer", "tools", "arguments", "result", "payload"):
            value = getattr(one.event, name, "")
            if isinstance(value, str):
                named.add(value)
        if isinstance(one.event, CallStarted):
            named.update(one.event.messages)
    return _Told(Conversation.of(recorded), frozenset(named - {""}))


async def _approvals(feed: Feed, attempt: str, now: float) -> list[dict[str, object]]:
    found = [waiting for waiting in feed.asked.approvals.values() if waiting.event.attempt == attempt]
    return await asyncio.to_thread(lambda: [approval_row(feed, waiting, now) for waiting in found])


def _step(blobs: Blobs, step: Step) -> dict[str, object]:
    return {
        "nth": step.nth,
        "at": step.at,
        "position": step.position,
        "call": _call(step),
        **_prompt(blobs, step),
        "answer": _message(blobs, step.finished.answer, "assistant") if step.finished is not None else None,
        "tools": [_tool(blobs, tool) for tool in step.tools],
        "notes": [_note(blobs, at, note) for at, note in step.notes],
    }


def _call(step: Step) -> dict[str, object] | None:
    started, finished = step.started, step.finished
    if started is None:
        return None
    tries = [{"at": at, **_fields(failed)} for at, failed in step.tries]
    known = {
        "key": started.key,
        "purpose": started.purpose,
        "model": started.model,
        "state": step.state,
        "request": started.request,
        "follows": started.follows,
        "worst_tokens": started.worst_tokens,
        "worst_cost": started.worst_cost,
        "tries": tries,
    }
    names = ("model", "tokens_in", "tokens_cached", "tokens_out", "cost", "seconds", "tokens_per_second", "finish",
             "source")  # fmt: skip
    came = {("answered_by" if name == "model" else name): getattr(finished, name, None) for name in names}
    return known | came


def _prompt(blobs: Blobs, step: Step) -> dict[str, object]:
    """Return the messages that are new in this call, and the names of the tools the model was offered."""
    if step.started is None:
        return {"messages": [], "messages_total": 0, "offered": []}
    names = step.started.messages
    offered = json_of(bytes_of(blobs, step.started.tools)[0])
    return {
        "messages": [_message(blobs, name) for name in names[-MOST_MESSAGES:]],
        "messages_total": len(names),
        "offered": [name for each in offered if (name := _tool_name(each))] if isinstance(offered, list) else [],
    }


def _message(blobs: Blobs, name: str, role: str = "") -> dict[str, object]:
    """Return a message as it was kept: its words, the tools it asks for; a text that is no message as it is."""
    content, problem = bytes_of(blobs, name)
    kept = json_of(content)
    if not isinstance(kept, dict) or not isinstance(kept.get("text"), str):
        return {"role": role, "tool_calls": [], "answers": "", **shown(name, content, problem).row()}
    calls = kept.get("tool_calls")
    words = kept["text"].encode("utf-8", "replace")
    return {
        "role": str(kept.get("role", role)),
        "tool_calls": [_asked(each) for each in calls] if isinstance(calls, list) else [],
        "answers": str(kept.get("answers", "")),
        **shown(name, words, problem).row(),
    }


def _asked(call: object) -> dict[str, str]:
    found = call if isinstance(call, dict) else {}
    return {name: str(found.get(name, ""))[:MOST_SHOWN] for name in ("id", "name", "arguments")}


def _tool_name(offered: object) -> str:
    found = offered.get("function", offered) if isinstance(offered, dict) else None
    return str(found.get("name", "")) if isinstance(found, dict) else ""


def _tool(blobs: Blobs, tool: Tool) -> dict[str, object]:
    asked, vetoed, finished = tool.asked, tool.vetoed, tool.finished
    return {
        "key": asked.key,
        "tool": asked.tool,
        "at": tool.at,
        "risk": asked.risk,
        "state": tool.state,
        "arguments": text_of(blobs, asked.arguments).row(),
        "stage": vetoed.stage if vetoed is not None else None,
        "why": vetoed.why if vetoed is not None else "",
        "summary": finished.summary if finished is not None else "",
        "result": text_of(blobs, finished.result).row() if finished is not None else None,
        "seconds": finished.seconds if finished is not None else None,
        "counts": finished.counts if finished is not None else {},
        "tree": finished.tree if finished is not None else "",
    }


def _note(blobs: Blobs, at: float, note: Note) -> dict[str, object]:
    match note:
        case NudgeGiven():
            return {"at": at, "what": "nudge", **_fields(note)}
        case ConversationCondensed():
            return {"at": at, "what": "condensed", **_fields(note)}
        case TechniqueTried():
            return {"at": at, "what": "technique", **_fields(note)}
        case MessageSent():
            return {"at": at, "what": "message", **_fields(note), "payload": text_of(blobs, note.payload).row()}


def _fields(event: msgspec.Struct) -> dict[str, object]:
    """Return every field of an event, those at their default, too; kind and attempt are known where it is shown."""
    return {name: getattr(event, name) for name in event.__struct_fields__ if name not in ("attempt", "key")}


ENDPOINTS = (
    Endpoint("GET", "/api/v1/projects/{project}/attempts/{attempt}/conversation", Permission.READ, conversation),
    Endpoint("GET", "/api/v1/projects/{project}/attempts/{attempt}/texts/{blob}", Permission.READ, text),
)
