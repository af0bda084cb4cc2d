"""PURE: what the board is too small to keep: every patch, checkpoint and request, and which patches stand where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ledger.events import (
    ApproveRequested,
    AttemptCancelled,
    AttemptFailed,
    AttemptGaveUp,
    AttemptId,
    AttemptScheduled,
    BaselineMeasured,
    BranchMeasured,
    CallFinished,
    CheckpointCreated,
    CheckpointId,
    CheckpointRequested,
    DenyRequested,
    FindingsReported,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRejected,
    PauseRequested,
    Reading,
    Reason,
    RequestHonoured,
    RequestId,
    RequestRefused,
    ResumeRequested,
    RoleRequested,
    RollbackRequested,
    RolledBack,
    RunRequested,
    RunStarted,
    StopRequested,
    TechniqueTried,
)
from ledger.events.recorded import Recorded

Values = dict[str, float | None]
AskedEvent = (
    RunRequested
    | StopRequested
    | PauseRequested
    | ResumeRequested
    | CheckpointRequested
    | RollbackRequested
    | ApproveRequested
    | DenyRequested
    | RoleRequested
)
WHAT: dict[type[AskedEvent], str] = {
    RunRequested: "run",
    StopRequested: "stop",
    PauseRequested: "pause",
    ResumeRequested: "resume",
    CheckpointRequested: "checkpoint",
    RollbackRequested: "rollback",
    ApproveRequested: "approve",
    DenyRequested: "deny",
    RoleRequested: "role",
}


@dataclass(slots=True)
class Patch:
    """One attempt's patch, as far as it came."""

    proposed: PatchProposed
    position: int
    at: float
    state: Literal["proposed", "measured", "landed", "rejected", "cancelled"] = "proposed"
    reasons: tuple[Reason, ...] = ()
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    score: float | None = None
    checkpoint: CheckpointId = CheckpointId("")
    base_measured: int = 0
    """Position of the event with the readings of the tree it was compared with; 0 while there is none."""
    measured: int = 0
    """Position of the event with its own readings."""


@dataclass(slots=True)
class Standing:
    """A checkpoint, and where it stands among the patches."""

    id: CheckpointId
    position: int
    at: float
    run: str
    commit: str
    tree: str
    title: str
    gates: Values
    score: float | None
    attempt: AttemptId
    back_to: CheckpointId
    place: int
    """Index into `History.places`."""


@dataclass(slots=True)
class Wish:
    """A request and its answer."""

    event: AskedEvent
    position: int
    at: float
    state: Literal["pending", "honoured", "refused"] = "pending"
    answer: str = ""
    answered: int = 0
    """Position of the answer, 0 while there is none."""


@dataclass(frozen=True, slots=True)
class Place:
    """A state of the branch as the patches that led to it: the last one, and the place before it."""

    before: int
    attempt: AttemptId


@dataclass(slots=True)
class History:
    """A fold kept in place: it grows with what landed and was asked, not with every event."""

    patches: dict[AttemptId, Patch] = field(default_factory=dict)
    checkpoints: dict[CheckpointId, Standing] = field(default_factory=dict)
    requests: dict[RequestId, Wish] = field(default_factory=dict)
    places: list[Place] = field(default_factory=lambda: [Place(-1, AttemptId(""))])
    head_commit: str = ""
    place: int = 0
    run: str = ""
    gates: Values = field(default_factory=dict)
    measured: int = 0
    """Position of the event with the readings of the branch; 0 when it was not measured as it stands."""
    score: float | None = None
    working: set[AttemptId] = field(default_factory=set)
    cost: dict[AttemptId, float] = field(default_factory=dict)
    """USD of the model calls whose price is known."""
    unpriced: dict[AttemptId, int] = field(default_factory=dict)
    """Model calls whose price is not known."""
    seconds: dict[AttemptId, float] = field(default_factory=dict)

    def evolve(self, recorded: Recorded) -> None:
        """Take in one more event; what says nothing of patches, checkpoints or requests is passed over."""
        match recorded.event:
            case RunStarted() as event:
                self._started(event)
            case BaselineMeasured() | BranchMeasured() as event:
                self.gates, self.score = _values(event.readings), event.score
                self.measured = recorded.position
            case AttemptScheduled() as event:
                self.working.add(event.attempt)
            case AttemptGaveUp() | AttemptFailed() | AttemptCancelled() | FindingsReported() as event:
                self.working.discard(event.attempt)
                if isinstance(event, AttemptCancelled) and event.attempt in self.patches:
                    self.patches[event.attempt].state = "cancelled"
            case CallFinished() as event:
                if event.cost is None:
                    self.unpriced[event.attempt] = self.unpriced.get(event.attempt, 0) + 1
                else:
                    self.cost[event.attempt] = self.cost.get(event.attempt, 0.0) + event.cost
            case TechniqueTried() as event:
                self.seconds[event.attempt] = self.seconds.get(event.attempt, 0.0) + event.seconds
            case PatchProposed() | PatchMeasured() | PatchRejected() | PatchLanded() as event:
                self._patch(recorded, event)
            case CheckpointCreated() as event:
                self._created(recorded, event)
            case RolledBack() as event:
                self._rolled_back(recorded, event)
            case RequestHonoured() as event:
                self._answered(recorded.position, event.request, "honoured", event.note)
            case RequestRefused() as event:
                self._answered(recorded.position, event.request, "refused", event.why)
            case event if isinstance(event, AskedEvent):
                self.requests.setdefault(event.request, Wish(event, recorded.position, recorded.at))
            case _:
                return

    def standing(self, place: int) -> Iterator[AttemptId]:
        """Return the patches in force at a place, the last first."""
        while place > 0:
            here = self.places[place]
            if here.attempt:
                yield here.attempt
            place = here.before

    def _started(self, event: RunStarted) -> None:
        latest_first = reversed(self.checkpoints.values())
        self.place = next((known.place for known in latest_first if known.tree == event.tree), 0)
        self.head_commit, self.run = event.commit, event.run
        self.gates, self.score, self.measured = {}, None, 0
        self.working.clear()

    def _patch(self, recorded: Recorded, event: PatchProposed | PatchMeasured | PatchRejected | PatchLanded) -> None:
        if isinstance(event, PatchProposed):
            self.patches[event.attempt] = Patch(event, recorded.position, recorded.at)
            return
        patch = self.patches.get(event.attempt)
        match event:
            case PatchMeasured() if patch is not None:
                patch.state, patch.score = "measured", event.score
                patch.before, patch.after = self._below(event), _values(event.readings)
                patch.base_measured, patch.measured = self.measured, recorded.position
            case PatchRejected():
                self.working.discard(event.attempt)
                if patch is not None:
                    patch.state, patch.reasons = "rejected", event.reasons
            case PatchLanded():
                self._landed(recorded, event, patch)
            case _:
                return

    def _below(self, event: PatchMeasured) -> Values:
        """Return what it is compared with: the branch, or the patch before it when several are confirmed together."""
        place = event.together.index(event.attempt) if event.attempt in event.together else 0
        below = self.patches.get(event.together[place - 1]) if place else None
        return dict(self.gates) if below is None else dict(below.after)

    def _landed(self, recorded: Recorded, event: PatchLanded, patch: Patch | None) -> None:
        self.working.discard(event.attempt)
        self.places.append(Place(self.place, event.attempt))
        self.place = len(self.places) - 1
        title = ""
        if patch is not None:
            patch.state, patch.checkpoint, title = "landed", event.checkpoint, patch.proposed.title
            self.gates, self.score = self.gates | patch.after, patch.score
            self.measured = patch.measured
        self._stand(recorded, event.checkpoint, event.commit, event.tree, title=title, attempt=event.attempt)

    def _created(self, recorded: Recorded, event: CheckpointCreated) -> None:
        self.gates, self.score = dict(event.gates), event.score
        known = self.checkpoints.get(event.checkpoint)
        if known is None:
            self._stand(recorded, event.checkpoint, event.commit, event.tree, title=event.title)
        else:
            known.gates, known.score, known.title = dict(event.gates), event.score, event.title or known.title
            self.head_commit = event.commit

    def _rolled_back(self, recorded: Recorded, event: RolledBack) -> None:
        target = self.checkpoints.get(event.checkpoint)
        if target is not None:
            self.place, self.gates, self.score = target.place, dict(target.gates), target.score
        self.measured = 0
        title = f"Back to {event.checkpoint}"
        self._stand(recorded, event.created, event.commit, event.tree, title=title, back_to=event.checkpoint)

    def _stand(
        self,
        recorded: Recorded,
        checkpoint: CheckpointId,
        commit: str,
        tree: str,
        *,
        title: str,
        attempt: AttemptId = AttemptId(""),  # noqa: B008 — a NewType is its own value
        back_to: CheckpointId = CheckpointId(""),  # noqa: B008
    ) -> None:
        self.head_commit = commit
        self.checkpoints[checkpoint] = Standing(
            id=checkpoint,
            position=recorded.position,
            at=recorded.at,
            run=self.run,
            commit=commit,
            tree=tree,
            title=title,
            gates=dict(self.gates),
            score=self.score,
            attempt=attempt,
            back_to=back_to,
            place=self.place,
        )

    def _answered(self, position: int, request: RequestId, state: Literal["honoured", "refused"], answer: str) -> None:
        wish = self.requests.get(request)
        if wish is not None and wish.state == "pending":
            wish.state, wish.answer, wish.answered = state, answer, position


def _values(readings: tuple[Reading, ...]) -> Values:
    return {reading.gate: reading.value for reading in readings}
