"""One attempt's patch: what it changes, what the gates said, what became of it."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.errors import Refused
from dashboard.server.history import Patch
from dashboard.server.parts import TheFeed
from dashboard.server.wire import Json, encoded
from ledger.blobs import Blobs
from ledger.errors import Damaged, Missing
from ledger.events import AttemptId, BaselineMeasured, BranchMeasured, PatchMeasured, Reading
from ledger.store import Store

MOST_DIFF = 2 * 1024 * 1024
"""Bytes of a diff that are shown."""


async def patch(feed: TheFeed, attempt: str) -> Response:
    """Return the patch of an attempt with its unified diff."""
    found = feed.history.patches.get(AttemptId(attempt))
    if found is None:
        raise Refused(404, "unknown_patch", f"attempt {attempt[:100]} brought no patch: see the attempts of the board")
    diff, problem = await asyncio.to_thread(_diff, feed.ledger.blobs, found.proposed.diff)
    verdict = await asyncio.to_thread(_verdict, feed.ledger.store, found)
    standing = found.proposed.attempt in set(feed.history.standing(feed.history.place))
    shown = diff[:MOST_DIFF].decode("utf-8", "replace")
    rest = {"diff": shown, "truncated": len(diff) > MOST_DIFF, "diff_problem": problem}
    return Json(encoded({**_meta(found), "standing": standing, "verdict": verdict, **rest}))


def _meta(patch: Patch) -> dict[str, object]:
    proposed = patch.proposed
    gates = [
        {"gate": gate, "before": patch.before.get(gate), "after": patch.after.get(gate)}
        for gate in [*patch.before, *(gate for gate in patch.after if gate not in patch.before)]
    ]
    return {
        "attempt": proposed.attempt,
        "position": patch.position,
        "at": patch.at,
        "state": patch.state,
        "title": proposed.title,
        "technique": proposed.technique,
        "notes": proposed.notes,
        "fixes": proposed.fixes,
        "patch": proposed.patch,
        "base": proposed.base,
        "files": proposed.files,
        "reasons": patch.reasons,
        "gates": gates,
        "score": patch.score,
        "checkpoint": patch.checkpoint,
    }


def _verdict(store: Store, patch: Patch) -> dict[str, object]:
    """Return what the referee made of a patch, as `kaizen referee` says it; `pending` while it is judged."""
    said = {"landed": "accepted", "rejected": "rejected"}.get(patch.state, "pending")
    if any(reason.code == "undecided" for reason in patch.reasons):
        said = "undecided"
    readings = {"base": _readings(store, patch.base_measured), "candidate": _readings(store, patch.measured)}
    return {"verdict": said, "reasons": patch.reasons, "readings": readings}


def _readings(store: Store, position: int) -> tuple[Reading, ...]:
    if not position:
        return ()
    (recorded,) = store.read(after=position - 1, limit=1)
    assert isinstance(recorded.event, BaselineMeasured | BranchMeasured | PatchMeasured)
    return recorded.event.readings


def _diff(blobs: Blobs, name: str) -> tuple[bytes, str]:
    """Return the diff, or nothing and why; the rest of the patch can be shown without it."""
    try:
        return blobs.get(name), ""
    except (Missing, Damaged) as error:
        return b"", str(error)


ENDPOINTS = (Endpoint("GET", "/api/v1/projects/{project}/patches/{attempt}", Permission.READ, patch),)
