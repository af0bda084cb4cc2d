"""The loop knows what its ledger says and nothing else: what was masked on the way there it does not remember."""

from __future__ import annotations

import asyncio
from pathlib import Path

from director.core.commands import Command
from director.core.evolve import fold
from director.core.state import State
from director.loop import Director
from ledger.events import DIRECTOR
from ledger.masking import Masker
from ledger.sql import SqliteStore
from tests.core.world import start


class Idle:
    """An executor that does nothing, so that only decisions are made."""

    def __init__(self) -> None:
        self.settled = asyncio.Event()

    def reconcile(self, state: State) -> None:
        """Begin nothing."""

    def settle(self, command: Command) -> None:
        """Note that the command was taken."""
        self.settled.set()

    async def close(self) -> None:
        """There is nothing to end."""


async def test_what_a_director_knows_is_what_a_restart_folds(tmp_path: Path) -> None:
    store = SqliteStore.open(
        tmp_path / "shop_ledger.db", clock=lambda: 1.0, mask=Masker({"key": "hunter2hunter2"}).event
    )
    idle, inbox = Idle(), asyncio.Queue[Command]()
    director = Director(store, idle, inbox, clock=lambda: 1.0)
    running = asyncio.create_task(director.run())

    inbox.put_nowait(start(goal="call it hunter2hunter2", settings=(("folder", "caf\udce9"),)))
    await idle.settled.wait()
    running.cancel()

    assert director.state.run is not None and "hunter2" not in director.state.run.started.goal
    assert director.state == fold(State(), [recorded.event for recorded in store.stream(DIRECTOR)])
    store.close()
