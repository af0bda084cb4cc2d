"""The lines to the models a user connected, shared by all attempts of a project. The only place that names them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agents.models.answers import Answers
from agents.models.calls import PaidCalls
from agents.models.connect import Connected, Connection, connect, why_not
from agents.models.record import RecordError
from agents.ports import AgentError, Calls, Purse
from director.settings import Settings
from ledger.blobs import Blobs
from ledger.events import AnyEvent, AttemptId
from ledger.masking import Masker
from ledger.store import Store


def warm(settings: Settings) -> None:
    """Load what a run that thinks will need, when it is to think with models of providers; it blocks for seconds."""
    if settings.user.model and not settings.user.replay:
        from agents.models.litellm import warm as load

        load()


@dataclass(slots=True)
class Lines:
    """The models a project's user connected: nothing is loaded and nobody is asked before they are used."""

    settings: Settings
    masker: Masker
    store: Store
    blobs: Blobs
    _connected: dict[tuple[str, ...], Connected | None] = field(default_factory=dict)
    _answers: Answers | None = None

    def names(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Return the models a run may ask, the cheapest first; raise AgentError when a record cannot be read."""
        connected = self._connect(tuple(wanted))
        return connected.names if connected else ()

    def why_not(self, wanted: Sequence[str], unknown_price: bool) -> str:
        """Return in one line why these models cannot be asked; empty when they can. It blocks: a library is loaded."""
        connected = self._connect(tuple(wanted))
        return why_not(connected, allow_unknown_price=unknown_price) if connected else ""

    def calls(
        self, names: Sequence[str], *, attempt: AttemptId, purse: Purse, past: Sequence[AnyEvent],
        append: Callable[[Sequence[AnyEvent]], Awaitable[None]], said: Callable[[str], None], unknown_price: bool,
    ) -> Calls:  # fmt: skip
        """Return what asks these models for one attempt."""
        connected = self._connect(tuple(names))
        if connected is None:
            raise AgentError("no model is connected any more: connect one with KAIZEN_MODEL=NAME")
        return PaidCalls(
            connected.model, connected.names, attempt=attempt, purse=purse, past=past, append=append, said=said,
            blobs=self.blobs, clock=time.time, sleep=asyncio.sleep, answers=self._kept(), mask=self.masker,
            allow_unknown_price=unknown_price,
        )  # fmt: skip

    def _connect(self, names: tuple[str, ...]) -> Connected | None:
        if names not in self._connected:
            user = self.settings.user
            wanted = Connection(
                names=names,
                api_base=user.api_base,
                environment=self.settings.variables,
                prices={name: (each.input, each.output) for name, each in self.settings.tables.prices.items()},
                record=Path(user.record) if user.record else None,
                replay=Path(user.replay) if user.replay else None,
            )
            try:
                self._connected[names] = connect(wanted, self.masker)
            except RecordError as error:
                raise AgentError(str(error)) from error
        return self._connected[names]

    def _kept(self) -> Answers:
        """Return the answers this ledger holds already."""
        if self._answers is None:
            self._answers, after = Answers(), 0
            while page := self.store.read(after=after, kinds=("CallFinished",)):
                for recorded in page:
                    self._answers.hear(recorded.event)
                after = page[-1].position
        return self._answers
