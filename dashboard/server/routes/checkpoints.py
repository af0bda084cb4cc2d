"""The checkpoints of a project, and what going back to one would do."""

from __future__ import annotations

from starlette.responses import Response

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.errors import Refused
from dashboard.server.history import History, Standing
from dashboard.server.parts import TheFeed
from dashboard.server.preview import preview
from dashboard.server.wire import Json, encoded
from ledger.events import CheckpointId


async def checkpoints(feed: TheFeed) -> Response:
    """Return every checkpoint, oldest first."""
    history = feed.history
    rows = [_row(standing, history) for standing in history.checkpoints.values()]
    return Json(encoded({"head": history.head_commit, "position": feed.position, "checkpoints": rows}))


async def rollback(feed: TheFeed, checkpoint: str) -> Response:
    """Return what a rollback to the checkpoint would undo; nothing is changed."""
    return Json(encoded(preview(feed.history, find(feed.history, checkpoint))))


def find(history: History, checkpoint: str) -> Standing:
    """Return a checkpoint; raise Refused with the ones there are."""
    found = history.checkpoints.get(CheckpointId(checkpoint))
    if found is None:
        known = list(history.checkpoints)
        there = ", ".join(known[-20:]) or "there are none yet"
        more = f" and {len(known) - 20} older ones" if len(known) > 20 else ""
        message = f"no checkpoint is called {checkpoint[:100]}; known: {there}{more}"
        raise Refused(404, "unknown_checkpoint", message, more={"known": known})
    return found


def _row(standing: Standing, history: History) -> dict[str, object]:
    return {
        "id": standing.id,
        "position": standing.position,
        "at": standing.at,
        "run": standing.run,
        "commit": standing.commit,
        "tree": standing.tree,
        "title": standing.title,
        "gates": standing.gates,
        "score": standing.score,
        "attempt": standing.attempt,
        "back_to": standing.back_to,
        "current": standing.commit == history.head_commit,
    }


ENDPOINTS = (
    Endpoint("GET", "/api/v1/projects/{project}/checkpoints", Permission.READ, checkpoints),
    Endpoint("GET", "/api/v1/projects/{project}/checkpoints/{checkpoint}/rollback", Permission.READ, rollback),
)
