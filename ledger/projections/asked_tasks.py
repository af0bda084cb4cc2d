"""PURE: work that was asked for, how far it came, and the conversations it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ledger.events import (
    AttemptId,
    AttemptScheduled,
    IterationStarted,
    RequestId,
    RequestRefused,
    RunEnded,
    RunId,
    RunStarted,
    SessionDeleted,
    TaskAnswered,
    TaskId,
    TaskRequested,
)
from ledger.events.recorded import Recorded

ASKED = "asked:"
"""Begins the id of a task that is one by request; the request's own id follows."""
Stand = Literal["queued", "running", "done", "failed"]


@dataclass(slots=True)
class AskedTask:
    """One piece of work; its text and its answer stay in the ledger and beside it."""

    request: RequestId
    role: str
    session: str
    apply: str
    by: str
    position: int
    """Of the TaskRequested that holds the text."""
    at: float
    state: Stand = "queued"
    started: float | None = None
    ended: float | None = None
    run: RunId = RunId("")
    attempts: list[AttemptId] = field(default_factory=list)
    text: str = ""
    """Blob of the answer."""
    why: str = ""


@dataclass(slots=True)
class AskedTasks:
    """A fold kept in place: it grows with what was asked."""

    tasks: dict[RequestId, AskedTask] = field(default_factory=dict)
    sessions: dict[str, list[RequestId]] = field(default_factory=dict)
    """Conversations by name: what was asked in them, in order."""
    asker: dict[AttemptId, RequestId] = field(default_factory=dict)
    """Which request an attempt works for."""
    of_run: dict[RunId, RequestId] = field(default_factory=dict)
    """Which request a run was started for."""
    of_task: dict[TaskId, RequestId] = field(default_factory=dict)
    """Which request a task of a run stands for."""

    def evolve(self, recorded: Recorded) -> None:
        """Take in one more event; what says nothing of work that was asked for is passed over."""
        match recorded.event:
            case TaskRequested() as event:
                self._asked(recorded, event)
            case RunStarted() as event if (request := event.asked or event.request) in self.tasks:
                self.of_run[event.run] = request
                self._begin(request, recorded.at, event.run)
            case IterationStarted() as event:
                for task in event.tasks:
                    if (named := self._named(task.id, task.targets)) is not None:
                        self.of_task[task.id] = named
                        self._begin(named, recorded.at, event.run)
            case AttemptScheduled() as event:
                self._scheduled(recorded, event)
            case TaskAnswered() as event:
                self._answered(recorded, event)
            case RequestRefused() as event if event.request in self.tasks:
                self._end(event.request, "failed", recorded.at, event.why)
            case RunEnded() as event if event.run in self.of_run:
                why = f"run {event.run} ended ({event.state}: {event.why}) without an answer: ask again"
                self._end(self.of_run[event.run], "failed", recorded.at, why)
            case SessionDeleted() as event:
                self.sessions.pop(event.session, None)
            case _:
                return

    def _asked(self, recorded: Recorded, event: TaskRequested) -> None:
        if event.request in self.tasks:
            return
        self.tasks[event.request] = AskedTask(
            event.request, event.role, event.session, event.apply, event.by, recorded.position, recorded.at
        )
        if event.session:
            self.sessions.setdefault(event.session, []).append(event.request)

    def _named(self, task: TaskId, targets: tuple[str, ...]) -> RequestId | None:
        names = (RequestId(name.removeprefix(ASKED)) for name in (task, *targets))
        return next((name for name in names if name in self.tasks), None)

    def _scheduled(self, recorded: Recorded, event: AttemptScheduled) -> None:
        request = self.of_task.get(event.task) or self._named(event.task, ()) or self.of_run.get(event.run)
        if request is None:
            return
        self.asker[event.attempt] = request
        self._begin(request, recorded.at, event.run)
        self.tasks[request].attempts.append(event.attempt)

    def _begin(self, request: RequestId, at: float, run: RunId) -> None:
        task = self.tasks[request]
        if task.state == "queued":
            task.state, task.started, task.run = "running", at, run

    def _answered(self, recorded: Recorded, event: TaskAnswered) -> None:
        task = self.tasks.get(event.request)
        if task is None or task.state in ("done", "failed"):
            return
        task.run, task.text = event.run, event.text
        if event.attempt and event.attempt not in task.attempts:
            task.attempts.append(event.attempt)
            self.asker[event.attempt] = event.request
        self._end(event.request, event.state, recorded.at, event.why)

    def _end(self, request: RequestId, state: Stand, at: float, why: str) -> None:
        task = self.tasks[request]
        if task.state not in ("done", "failed"):
            task.state, task.ended, task.why = state, at, why
