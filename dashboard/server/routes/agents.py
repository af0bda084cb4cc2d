"""The agents of a project: who there is, what each does now, and whether it may."""

from __future__ import annotations

from typing import Literal

from starlette.responses import Response

from dashboard.server.access.permissions import Permission, in_project
from dashboard.server.feed import Feed
from dashboard.server.parts import TheCaller, TheParts, TheProject
from dashboard.server.routes.requests import Key, Seconds, append, request_id, settled, store_key
from dashboard.server.routes.tasks import brief, find_role
from dashboard.server.wire import Json, encoded
from ledger.events import RoleCard, RoleRequested

MOST_TASKS = 10
"""Newest pieces of work an agent's status names."""


async def agents(feed: TheProject) -> Response:
    """Return every role with its abilities; one that cannot work says why."""
    rows = [_row(feed, role) for role in feed.board.roles]
    return Json(encoded({"project": feed.name, "position": feed.position, "agents": rows}))


async def status(feed: TheProject, name: str) -> Response:
    """Return what an agent does now, what it was asked for, and how its attempts ended."""
    role = find_role(feed, name)
    tasks = [task for task in feed.asked.tasks.tasks.values() if task.role == role.name]
    body = {
        **_row(feed, role),
        "attempts": dict(sorted(feed.asked.ends.get(role.name, {}).items())),
        "tasks": [brief(feed, task) for task in tasks[::-1][:MOST_TASKS]],
        "queued": sum(task.state == "queued" for task in tasks),
    }
    return Json(encoded(body))


async def change(
    feed: TheProject, parts: TheParts, caller: TheCaller, name: str, what: Literal["start", "pause", "stop"],
    key: Key = None, wait: Seconds = 5,
) -> Response:  # fmt: skip
    """Let an agent work, let it begin nothing new, or end what it does; 200 when the director did it, else 202."""
    role = find_role(feed, name)
    request = request_id(feed.name, caller, key, parts, (role.name, what))
    wish = RoleRequested(request=request, role=role.name, what=what, by=caller.spoken)
    recorded = await append(feed.ledger.store, wish, store_key(feed.name, caller, key))
    return await settled(feed, parts, request, recorded.position, wait)


def _row(feed: Feed, role: RoleCard) -> dict[str, object]:
    doing = [
        {"attempt": attempt.id, "task": attempt.task, "state": attempt.state, "since": attempt.at}
        for attempt in feed.board.attempts
        if attempt.role == role.name and attempt.ended_at is None
    ]
    said = feed.asked.roles.get(role.name, "working")
    return {
        "name": role.name,
        "aliases": role.aliases,
        "charge": role.charge,
        "brain": role.brain,
        "available": role.available,
        "why_not": role.why_not,
        "needs": role.needs,
        "inputs": role.inputs,
        "outputs": role.outputs,
        "tools": role.tools,
        "state": said if role.available else "unavailable",
        "doing": doing,
    }


ENDPOINTS = (
    *in_project("GET", "/agents", Permission.READ, agents),
    *in_project("GET", "/agents/{name}/status", Permission.READ, status),
    *in_project("POST", "/agents/{name}/{what}", Permission.ASK, change),
)
"""After those of `tasks`, whose `/agents/{name}/execute` is more exact."""
