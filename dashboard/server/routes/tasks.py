"""Work by request: ask an agent for one thing, wait a little for its answer, or come back for it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from fastapi import Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard.server.access.permissions import Caller, Permission, in_project
from dashboard.server.errors import Refused
from dashboard.server.feed import Feed
from dashboard.server.parts import Parts, TheCaller, TheParts, TheProject
from dashboard.server.routes.requests import SEEN, Key, Line, append, request_id, store_key
from dashboard.server.texts import text_of
from dashboard.server.wire import Json, encoded
from ledger.events import RequestId, RoleCard, TaskRequested
from ledger.masking import is_masked
from ledger.projections.asked_tasks import AskedTask

PATIENCE = 30.0
MOST_ANSWER = 256 * 1024
"""Bytes of an answer that are shown."""
MOST_ROWS = 200
USUAL = "coder"
"""Who is asked when nobody is named."""
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Session = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Wait = Annotated[float, Query(ge=0, le=PATIENCE)]
_ENDED = ("done", "failed")
NOBODY = "no {what} is known yet: ask again in 1 s while the director starts; if none is at work, `kaizen up` starts it"


class Work(BaseModel, extra="forbid"):
    """One piece of work."""

    task: Annotated[str, Field(min_length=1, max_length=60_000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
    """What is wanted, in words."""
    task_id: Name | None = None
    """A name of your own for it: the same one again is the same work, not a second time."""
    metadata: Annotated[dict[Line, Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]],
                        Field(max_length=32)] = {}  # fmt: skip
    apply: Literal["none", "propose", "land"] = "propose"
    """What becomes of a patch: nothing, it is shown, or it lands when the referee accepts it."""
    session: Session | None = None
    """The conversation it belongs to; without one it begins one."""


class WorkFor(Work):
    """One piece of work, and for whom."""

    agent: Name = USUAL


async def execute(
    body: WorkFor, feed: TheProject, parts: TheParts, caller: TheCaller, key: Key = None, wait: Wait = PATIENCE
) -> Response:
    """Ask an agent; 200 with the answer when it comes within `wait` seconds, else 202: see `GET /tasks/{id}`."""
    return await _execute(body.agent, body, feed, parts, caller, key, wait)


async def execute_by(
    body: Work, name: str, feed: TheProject, parts: TheParts, caller: TheCaller, key: Key = None, wait: Wait = PATIENCE
) -> Response:
    """Ask the agent of this name; 200 with the answer when it comes within `wait` seconds, else 202."""
    return await _execute(name, body, feed, parts, caller, key, wait)


async def task(feed: TheProject, parts: TheParts, task: str, wait: Wait = 0) -> Response:
    """Return how a piece of work stands: queued, running, done or failed, with its answer."""
    found = feed.asked.tasks.tasks.get(RequestId(task))
    if found is None:
        newest = list(feed.asked.tasks.tasks)[-10:]
        there = f"the newest are {', '.join(newest)}" if newest else "nothing was asked yet: POST /execute"
        raise Refused(404, "unknown_task", f"no task is called {task[:100]}; {there}")
    await parts.patience.wait(feed, lambda: found.state in _ENDED, wait)
    return await _shown(feed, found, 200)


async def tasks(
    feed: TheProject, limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50, agent: str | None = None
) -> Response:
    """Return the work that was asked for, the newest first, without its texts."""
    found = [each for each in feed.asked.tasks.tasks.values() if agent in (None, each.role)]
    rows = [brief(feed, each) for each in found[::-1][:limit]]
    return Json(encoded({"project": feed.name, "position": feed.position, "total": len(found), "tasks": rows}))


async def _execute(
    name: str, body: Work, feed: Feed, parts: Parts, caller: Caller, key: str | None, wait: float
) -> Response:
    role = find_role(feed, name)
    request = RequestId(body.task_id or request_id(feed.name, caller, key, parts, (name, body)))
    known = feed.asked.tasks.tasks.get(request)
    if known is None:
        _require_able(role)
        known = await _append(_wish(body, role.name, request, caller), feed, body, caller, key)
    elif body.task_id:
        _require_same(await asyncio.to_thread(asked_for, feed, known), _wish(body, role.name, request, caller))
    await parts.patience.wait(feed, lambda: known.state in _ENDED, wait)
    return await _shown(feed, known, 200 if known.state in _ENDED else 202)


def _wish(body: Work, role: str, request: RequestId, caller: Caller) -> TaskRequested:
    session = body.session or f"s-{request}"
    return TaskRequested(
        request=request, role=role, text=body.task, apply=body.apply, metadata=dict(body.metadata), session=session,
        by=caller.spoken,
    )  # fmt: skip


async def _append(wish: TaskRequested, feed: Feed, body: Work, caller: Caller, key: str | None) -> AskedTask:
    if body.task_id and wish.request in feed.history.requests:
        raise Refused(409, "task_id_taken", f"{wish.request} names another request already: take another task_id")
    once = f"http:task:{wish.request}" if body.task_id else store_key(feed.name, caller, key)
    recorded = await append(feed.ledger.store, wish, once)
    assert isinstance(recorded.event, TaskRequested), "its request is the wish's"
    if body.task_id:
        _require_same(recorded.event, wish)
    if not await feed.reach(recorded.position, SEEN):
        raise Refused(
            503, "behind", f"{wish.request} is asked for, but not yet seen: GET /tasks/{wish.request}", retry=1
        )
    return feed.asked.tasks.tasks[wish.request]


def _require_same(first: TaskRequested, wish: TaskRequested) -> None:
    """A name that was given twice must mean the same; of what was kept the secrets were taken out."""
    same = msgspec.structs.replace(first, text=wish.text, metadata=wish.metadata) == wish
    told, meant = [first.text, *first.metadata.values()], [wish.text, *wish.metadata.values()]
    same = same and list(first.metadata) == list(wish.metadata) and all(map(is_masked, told, meant))
    if not same:
        raise Refused(409, "task_id_taken", f"{wish.request} names other work already: take another task_id")


def find_role(feed: Feed, name: str) -> RoleCard:
    """Return a role by its name or another name of it; raise Refused with the ones there are.

    A director says who its agents are when it starts: until then nobody can say that one is not among them.
    """
    roles = feed.board.roles
    if not roles:
        raise Refused(503, "starting", NOBODY.format(what="agent"), retry=1)
    wanted = name.lower()
    found = next((role for role in roles if wanted in (role.name, *role.aliases)), None)
    if found is None:
        known = [role.name for role in roles]
        message = f"no agent is called {name[:100]}; known: {', '.join(known)}"
        raise Refused(404, "unknown_agent", message, more={"known": known})
    return found


def _require_able(role: RoleCard) -> None:
    if not role.available:
        why = role.why_not or "something it needs is missing: GET /agents says what"
        raise Refused(409, "unavailable", f"{role.name} cannot work: {why}")


def asked_for(feed: Feed, task: AskedTask) -> TaskRequested:
    """Return the event in which a piece of work was asked for. Blocks."""
    (recorded,) = feed.ledger.store.read(after=task.position - 1, limit=1)
    assert isinstance(recorded.event, TaskRequested)
    return recorded.event


def brief(feed: Feed, task: AskedTask) -> dict[str, object]:
    """Return a piece of work without its texts."""
    waiting = feed.asked.approvals.values()
    return {
        "task_id": task.request,
        "state": task.state,
        "agent": task.role,
        "session": task.session,
        "apply": task.apply,
        "by": task.by,
        "asked_at": task.at,
        "started_at": task.started,
        "ended_at": task.ended,
        "run": task.run,
        "attempts": task.attempts,
        "patches": [_patch(feed, attempt) for attempt in task.attempts if attempt in feed.history.patches],
        "approvals": [w.event.approval for w in waiting if w.state == "open" and w.event.attempt in task.attempts],
        "error": task.why if task.state == "failed" else "",
    }


def whole(feed: Feed, task: AskedTask) -> dict[str, object]:
    """Return a piece of work with what was asked and answered. Blocks."""
    asked = asked_for(feed, task)
    answer = text_of(feed.ledger.blobs, task.text, MOST_ANSWER)
    return {
        **brief(feed, task),
        "task": asked.text,
        "metadata": asked.metadata,
        "result": answer.text if task.text else (task.why if task.state == "done" else ""),
        "truncated": answer.truncated,
        "problem": answer.problem,
    }


def _patch(feed: Feed, attempt: str) -> dict[str, object]:
    patch = feed.history.patches[attempt]  # type: ignore[index]
    return {"attempt": attempt, "state": patch.state, "title": patch.proposed.title, "checkpoint": patch.checkpoint}


async def _shown(feed: Feed, task: AskedTask, status: int) -> Response:
    headers = {"Location": f"/api/v1/projects/{feed.name}/tasks/{task.request}"} if status == 202 else None
    body = encoded(await asyncio.to_thread(whole, feed, task))
    return Json(body, status_code=status, headers=headers)


ENDPOINTS = (
    *in_project("POST", "/execute", Permission.ASK, execute),
    *in_project("POST", "/agents/{name}/execute", Permission.ASK, execute_by),
    *in_project("GET", "/tasks", Permission.READ, tasks),
    *in_project("GET", "/tasks/{task}", Permission.READ, task),
)
