"""PURE: what going back to a checkpoint would undo, computed from the ledger alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from dashboard.server.history import History, Standing, Values
from ledger.events import AttemptId, CheckpointId


class PatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """A landed patch that a rollback takes back or brings back."""

    attempt: AttemptId
    title: str
    technique: str
    checkpoint: CheckpointId


class FileLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a rollback does to one file, in lines, summed over its patches."""

    path: str
    added: int
    removed: int


class GateMove(msgspec.Struct, frozen=True, kw_only=True):
    """A gate as it is and as it was at the checkpoint; None: not measured there."""

    gate: str
    now: float | None
    then: float | None


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What the undone patches cost; it stays spent."""

    usd: float
    unpriced: int
    """Model calls whose price is not known; they are not in `usd`."""
    seconds: float


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The plan of a rollback, bound to the head it was made for."""

    checkpoint: CheckpointId
    title: str
    position: int
    """Where the checkpoint stands in the ledger."""
    at: float
    head: str
    """Commit of the branch now; hand it back with the request, another head refuses it."""
    commit: str
    """Commit of the checkpoint."""
    undone: tuple[PatchLine, ...]
    """The last landed first."""
    redone: tuple[PatchLine, ...]
    """Patches an earlier rollback took back and this one brings back."""
    files: tuple[FileLine, ...]
    gates: tuple[GateMove, ...]
    score_now: float | None
    score_then: float | None
    spent: Spent
    working: tuple[AttemptId, ...]
    """Attempts at work now; they end when the rollback is done."""


def preview(history: History, target: Standing) -> Preview:
    """Return what a rollback to the checkpoint does, if it were asked for now."""
    now, then = list(history.standing(history.place)), list(history.standing(target.place))
    undone = [attempt for attempt in now if attempt not in set(then)]
    redone = [attempt for attempt in reversed(then) if attempt not in set(now)]
    return Preview(
        checkpoint=target.id,
        title=target.title,
        position=target.position,
        at=target.at,
        head=history.head_commit,
        commit=target.commit,
        undone=tuple(_line(history, attempt) for attempt in undone),
        redone=tuple(_line(history, attempt) for attempt in redone),
        files=_files(history, undone, redone),
        gates=_moves(history.gates, target.gates),
        score_now=history.score,
        score_then=target.score,
        spent=Spent(
            usd=sum(history.cost.get(attempt, 0.0) for attempt in undone),
            unpriced=sum(history.unpriced.get(attempt, 0) for attempt in undone),
            seconds=sum(history.seconds.get(attempt, 0.0) for attempt in undone),
        ),
        working=tuple(sorted(history.working)),
    )


def _line(history: History, attempt: AttemptId) -> PatchLine:
    patch = history.patches.get(attempt)
    if patch is None:
        return PatchLine(attempt=attempt, title="", technique="", checkpoint=CheckpointId(""))
    proposed = patch.proposed
    return PatchLine(attempt=attempt, title=proposed.title, technique=proposed.technique, checkpoint=patch.checkpoint)


def _files(history: History, undone: Iterable[AttemptId], redone: Iterable[AttemptId]) -> tuple[FileLine, ...]:
    added: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    for attempts, gains, losses in ((undone, removed, added), (redone, added, removed)):
        for attempt in attempts:
            patch = history.patches.get(attempt)
            for change in patch.proposed.files if patch is not None else ():
                gains[change.path] += change.added
                losses[change.path] += change.removed
    paths = sorted(added.keys() | removed.keys())
    return tuple(FileLine(path=path, added=added[path], removed=removed[path]) for path in paths)


def _moves(now: Values, then: Values) -> tuple[GateMove, ...]:
    names = [*now, *(name for name in then if name not in now)]
    return tuple(GateMove(gate=name, now=now.get(name), then=then.get(name)) for name in names)
