"""PURE: whether one may go back to a checkpoint, and what that undoes."""

from __future__ import annotations

from director.core.state import State
from ledger.events import AnyEvent, RequestRefused, RollbackDecided, RollbackRequested


def answer_rollback(state: State, request: RollbackRequested, at: float) -> list[AnyEvent]:
    """Return the decision, or a refusal that says why."""
    why = _objection(state, request)
    if why:
        return [RequestRefused(request=request.request, why=why)]
    assert state.branch is not None
    point = state.checkpoints[request.checkpoint]
    undone = tuple(a for a in reversed(state.on_branch) if a not in point.on_branch)
    redone = tuple(a for a in point.on_branch if a not in state.on_branch)
    title = f"Go back to checkpoint {point.id}"
    body = [title, ""]
    body += [f"Undoes {a}." for a in undone] + [f"Brings back {a}." for a in redone]
    body += ["", f"Kaizen-Run: {state.branch.run}", f"Kaizen-Checkpoint: {point.id}"]
    decided = RollbackDecided(
        request=request.request,
        checkpoint=point.id,
        at=at,
        parent=state.branch.head,
        tree=point.tree,
        undone=undone,
        redone=redone,
        message="\n".join(body) + "\n",
    )
    return [decided]


def _objection(state: State, request: RollbackRequested) -> str:
    point = state.checkpoints.get(request.checkpoint)
    branch = state.branch
    if point is None or branch is None:
        known = ", ".join(state.checkpoints) or "none"
        return f"there is no checkpoint {request.checkpoint}; known are {known}"
    if point.run != branch.run:
        return f"checkpoint {point.id} belongs to run {point.run}, whose branch still stands; this one is {branch.name}"
    if state.rollback is not None:
        return "another rollback is in progress; ask again when it is done"
    if state.run is not None and state.run.closing is not None:
        return "the run is just ending; ask again in a moment"
    if state.run is not None and any(a.step == "land" for a in state.run.open.values()):
        return "a patch is landing right now; look at the preview again"
    if request.head != branch.head:
        return "the branch has moved since the preview was made; look at it again"
    if point.tree == branch.tree:
        return f"{branch.name} already has the tree of checkpoint {point.id}"
    return ""
