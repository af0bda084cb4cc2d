"""THE LOOP: hear, decide, append, fold, and let the world do what is owed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, get_args

import msgspec

from director.core.commands import Ask, Command, Report, Request
from director.core.decide import decide
from director.core.evolve import fold
from director.core.state import State
from ledger.events import DIRECTOR, REQUESTS
from ledger.events.recorded import Recorded
from ledger.store import KeepingStore
from ledger.subscription import follow

STATE = "director-state"
REVISION = "7"
"""Changes with the meaning of State, so that an older snapshot is not taken for a newer one."""
SNAPSHOT_EVERY = 500


class Executor(Protocol):
    """Does what is owed to the world and reports by putting commands into the director's inbox."""

    def reconcile(self, state: State) -> None:
        """Begin what is owed and not at work, cancel what works and is no longer owed."""
        ...

    def settle(self, command: Command) -> None:
        """Hear that a command is taken: the effect it reports may begin again if it is owed again."""
        ...

    async def close(self) -> None:
        """Cancel everything and wait until it is gone."""
        ...


class Director:
    """One project's director. It outlives runs; a restart folds the ledger and goes on."""

    def __init__(
        self, store: KeepingStore, executor: Executor, inbox: asyncio.Queue[Command], clock: Callable[[], float]
    ) -> None:
        self.store, self.executor, self.inbox, self.clock = store, executor, inbox, clock
        self.state = State()
        self.ready = asyncio.Event()
        """Set once the state is that of the ledger."""
        self._since_snapshot = 0

    async def run(self) -> None:
        """Loop until cancelled; everything at work is cancelled then, and begins anew at the next start."""
        self.state = await asyncio.to_thread(self._restore)
        self.ready.set()
        ear = asyncio.create_task(self._hear())
        try:
            while True:
                self.executor.reconcile(self.state)
                command = await self._next(ear)
                await self._take(command)
                self.executor.settle(command)
        finally:
            ear.cancel()
            await self.executor.close()

    async def _next(self, ear: asyncio.Task[None]) -> Command:
        """Wait for a command; a broken ear ends the director instead of leaving it deaf."""
        command = asyncio.create_task(self.inbox.get())
        await asyncio.wait({command, ear}, return_when=asyncio.FIRST_COMPLETED)
        if command.done():
            return command.result()
        command.cancel()
        ear.result()
        raise RuntimeError("the requests are no longer heard")

    async def _take(self, command: Command) -> None:
        if isinstance(command, Report) and not command.ledger:
            head = self.store.head()
            command = replace(command, ledger=f"{head.position}@{head.link[:16]}")
        events = decide(self.state, command)
        if not events:
            return
        appended = self.store.append(DIRECTOR, events, expected=self.state.version)
        recorded = await asyncio.wrap_future(appended)
        self.state = fold(self.state, (r.event for r in recorded))  # as it will be read: secrets are masked
        self._since_snapshot += len(events)
        if self._since_snapshot >= SNAPSHOT_EVERY:
            self._since_snapshot = 0
            await asyncio.to_thread(self._save, recorded[-1].position)

    async def _hear(self) -> None:
        """Turn requests of the ledger into commands; what was answered before, the core ignores."""
        async for batch in follow(self.store, 0, stream=REQUESTS):
            for recorded in batch:
                command = _as_command(recorded, self.clock())
                if command is not None:
                    await self.inbox.put(command)

    def _restore(self) -> State:
        snapshot = self.store.load_snapshot(STATE, REVISION)
        state, position = State(), 0
        if snapshot is not None:
            state, position = msgspec.json.decode(snapshot.body, type=State), snapshot.position
        while True:
            page = self.store.read(after=position, stream=DIRECTOR)
            if not page:
                return state
            state = fold(state, (r.event for r in page))
            position = page[-1].position

    def _save(self, position: int) -> None:
        self.store.save_snapshot(STATE, REVISION, position, msgspec.json.encode(self.state))


def _as_command(recorded: Recorded, at: float) -> Ask | None:
    event = recorded.event
    return Ask(at, event, recorded.actor) if isinstance(event, get_args(Request)) else None
