"""A decided patch becomes a commit and a checkpoint; a decided rollback becomes a commit too; a branch is delivered.

Each is safe to repeat: the commit is a pure function of the decision, and the references move all or nothing.
"""

from __future__ import annotations

from agents.workspace.git import GitError
from agents.workspace.mirror import Mirror
from director.core.effects import Deliver, Land, Restore
from ledger.blobs import Blobs
from ledger.events import (
    AnyEvent,
    BranchDelivered,
    DeliveryFailed,
    NoticeRaised,
    PatchLanded,
    RolledBack,
)


def land(mirror: Mirror, blobs: Blobs, effect: Land) -> tuple[PatchLanded, ...]:
    """Write the commits and move the branch over all of them at once; doing it again gives the same.

    The branch moves last: whatever fails before it leaves everything as it was.
    """
    done: list[PatchLanded] = []
    first = parent = effect.decided[0].parent
    for decided in effect.decided:
        commit = mirror.commit(decided.tree, [parent], decided.message, decided.at)
        pack = blobs.put(mirror.pack(commit, parent))
        done.append(
            PatchLanded(
                attempt=decided.attempt, checkpoint=decided.checkpoint, commit=commit, tree=decided.tree, pack=pack
            )
        )
        parent = commit
    marks = {f"refs/kaizen/landed/{one.attempt}": one.commit for one in done}
    mirror.advance(effect.branch, marks, first)
    return tuple(done)


def restore(mirror: Mirror, effect: Restore) -> tuple[AnyEvent, ...]:
    """Put the checkpoint's tree on top of the branch as a new commit, here and where it was delivered.

    A delivered branch that the user moved on since is left alone, and that is said.
    """
    decided = effect.decided
    commit = mirror.commit(decided.tree, [decided.parent], decided.message, decided.at)
    mirror.advance(effect.branch, {f"refs/kaizen/restored/{decided.request}": commit}, decided.parent)
    done = RolledBack(
        request=decided.request, checkpoint=decided.checkpoint, created=effect.created, commit=commit, tree=decided.tree
    )
    if not effect.delivered:
        return (done,)
    try:
        mirror.deliver(effect.branch, commit, known=decided.parent)
    except GitError as error:
        why = (
            f"{effect.branch} in your repository has commits of yours and stays as it is ({error}); "
            f"Kaizen's own branch went back, fetch it from {mirror.path}"
        )
        return (NoticeRaised(code="delivered-branch-moved", message=why), done)
    return (done,)


def deliver(mirror: Mirror, effect: Deliver) -> BranchDelivered | DeliveryFailed:
    """Add the branch to the user's repository, and nothing else."""
    try:
        ref = mirror.deliver(effect.branch, effect.commit, known="")
    except GitError as error:
        why = f"{error}; `git fetch {mirror.path} {effect.branch}:{effect.branch}` gets it when that is mended"
        return DeliveryFailed(run=effect.run, why=why)
    return BranchDelivered(run=effect.run, ref=ref, commit=effect.commit)
