"""One project's ledger for callers from outside: write actions down, ask for checkpoints, read where it stands."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from functools import reduce
from pathlib import Path

from ledger.codec import as_json
from ledger.errors import LedgerError, Missing
from ledger.events import (
    REQUESTS,
    ActionRecorded,
    AnyEvent,
    CheckpointCreated,
    CheckpointId,
    CheckpointRequested,
    RequestHonoured,
    RequestId,
    RequestRefused,
    RollbackRequested,
)
from ledger.events.recorded import Recorded
from ledger.projections.overview import Overview, evolve
from ledger.projections.score import quality_score
from ledger.store import Store

_PAGE = 1000


class Refused(LedgerError):
    """The director answered a request with no."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} was refused: {why}")
        self.what, self.why = what, why


USER = "user"
"""Who asks through this face."""


class Unanswered(LedgerError):
    """No director answered in time; the request stays in the ledger and is still answered later."""

    def __init__(self, what: str, request: str, seconds: float) -> None:
        super().__init__(
            f"{what} (request {request}) was not answered in {seconds:g} s: start `kaizen up` and look again"
        )
        self.what, self.request, self.seconds = what, request, seconds


class ProjectLedger:
    """Thin face over a store. What it shows is folded from the events; it never changes anything but by asking."""

    def __init__(
        self,
        project_name: str,
        open_store: Callable[[Path], Store],
        *,
        folder: Path = Path(),
        patience: float = 60.0,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        """Open `<folder>/<project_name>_ledger.db`; `patience` is how many seconds an answer is waited for.

        Whoever gives `open_store` also closes what it opened.
        """
        self.project_name = project_name
        self.db_path = Path(folder) / f"{project_name}_ledger.db"
        self._patience, self._new_id = patience, new_id
        self._store = open_store(self.db_path)
        self._fold = threading.Lock()  # guards _overview and _bookmark
        self._overview = Overview()
        self._bookmark = 0

    def record_action(self, agent: str, action: str, details: Mapping[str, object]) -> int:
        """Write down what an agent or a tool did and return its position; durable on return."""
        written = {
            name: value if isinstance(value, str) else json.dumps(value, default=str) for name, value in details.items()
        }
        event = ActionRecorded(agent=agent, action=action, details=written)
        return self._store.append(REQUESTS, [event], actor=agent).result()[0].position

    def create_checkpoint(self, title: str = "") -> str:
        """Ask for a checkpoint of the branch as it stands and return its id. Raise Refused or Unanswered."""
        request = RequestId(self._new_id())
        return self._ask("the checkpoint", request, CheckpointRequested(request=request, title=title, by=USER))

    def rollback_to_checkpoint(self, checkpoint_id: str) -> str:
        """Ask to go back to a checkpoint; return the id of the one this makes. Raise Missing, Refused or Unanswered."""
        overview = self._caught_up()
        checkpoint = CheckpointId(checkpoint_id)
        if checkpoint not in overview.checkpoints:
            raise Missing("checkpoint", checkpoint_id)
        request = RequestId(self._new_id())
        wish = RollbackRequested(request=request, checkpoint=checkpoint, head=overview.commit, by=USER)
        return self._ask(f"the rollback to {checkpoint_id}", request, wish)

    def get_project_history(self) -> list[dict[str, object]]:
        """Return every event from the first, each as `{position, at, kind, run, stream, actor, ...fields}`."""
        history: list[dict[str, object]] = []
        while page := self._store.read(after=len(history), limit=_PAGE):
            history += map(as_json, page)
        return history

    def calculate_quality_score(self) -> float:
        """Return the score of the branch as it stands, 0 to 100; see `ledger.projections.score`."""
        overview = self._caught_up()
        return quality_score(overview.readings, overview.gates)

    @property
    def current_iteration(self) -> int:
        """The iteration of the latest run, 0 before its first."""
        return self._caught_up().iteration

    @property
    def milestones(self) -> list[str]:
        """What was reached, in order: a gate's name, or the name of what all of them together are."""
        return [milestone.name for milestone in self._caught_up().milestones]

    @property
    def checkpoints(self) -> dict[str, CheckpointCreated]:
        """The checkpoints by id, in the order they were made."""
        return {str(name): made for name, made in self._caught_up().checkpoints.items()}

    def _ask(self, what: str, request: RequestId, wish: AnyEvent) -> str:
        asked = self._store.append(REQUESTS, [wish], actor=USER, key=f"request:{request}").result()[0]
        answer = self._answer_to(what, request, asked)
        if isinstance(answer, RequestRefused):
            raise Refused(what, answer.why)
        made = (one.checkpoint for one in self._caught_up().checkpoints.values() if one.request == request)
        return next(made, CheckpointId(answer.note))

    def _answer_to(self, what: str, request: RequestId, asked: Recorded) -> RequestHonoured | RequestRefused:
        deadline, after = time.monotonic() + self._patience, asked.position
        while True:
            for one in self._store.read(after=after, limit=_PAGE):
                after = one.position
                if isinstance(one.event, RequestHonoured | RequestRefused) and one.event.request == request:
                    return one.event
            remaining = deadline - time.monotonic()
            if not self._store.wait(after, max(remaining, 0.0)):
                raise Unanswered(what, request, self._patience)

    def _caught_up(self) -> Overview:
        with self._fold:
            while page := self._store.read(after=self._bookmark, limit=_PAGE):
                self._overview = reduce(evolve, (one.event for one in page), self._overview)
                self._bookmark = page[-1].position
            return self._overview
