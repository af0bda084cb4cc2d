"""A run through the daemon that holds the home: the same lines, read from its API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from director.cli.door import PATIENCE, Daemon, Door
from director.cli.errors import INTERRUPTED, Refused, status_of
from director.cli.here import listen
from director.cli.reading import follow_events, newest
from director.cli.report import Shows
from ledger.events import NoticeRaised, Reading, RunEnded, Task
from ledger.events.recorded import Recorded


@dataclass(slots=True)
class Last:
    """Shows each event once, whoever tells it again."""

    shows: Shows
    position: int = 0
    """The last one that was shown."""

    def show(self, recorded: Recorded) -> None:
        """Show an event that is newer than all before."""
        if recorded.position > self.position:
            self.position = recorded.position
            self.shows.show(recorded)

    def doing(self, signal: Mapping[str, object]) -> None:
        """Show what somebody does at this moment."""
        self.shows.doing(signal)

    def preview(self, notices: Sequence[NoticeRaised], readings: Sequence[Reading], tasks: Sequence[Task]) -> None:
        """Show what was measured and what would be tried."""
        self.shows.preview(notices, readings, tasks)


@dataclass(slots=True)
class RunThrough:
    """One `kaizen run` that asks the daemon."""

    daemon: Daemon
    path: Path
    options: Mapping[str, str]
    shows: Shows
    say: Callable[[str], None]
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)

    async def whole(self) -> int:
        """Ask, show the run to its end and return the exit status; after Ctrl-C, stop it if it was begun here."""
        listen(self.interrupted)
        async with self.daemon.client() as client:
            door = Door(client)
            self.say(f"{'daemon':<12} process {self.daemon.pid} does the work; `kaizen open` shows its page")
            request, label = await self._ask(door)
            began = await self._began(door, label, request)
            ours = began["request"] == request
            if not ours:
                self.say(f"{'joined':<12} run {began['run']} is already in progress")
            showing = asyncio.create_task(self._show(door, label, began))
            interrupt = asyncio.create_task(self.interrupted.wait())
            await asyncio.wait({showing, interrupt}, return_when=asyncio.FIRST_COMPLETED)
            interrupt.cancel()
            if showing.done():
                return showing.result()
            if ours:
                await door.wish(label, what="stop")
                await showing
            else:
                showing.cancel()
                self.say(f"{'left':<12} run {began['run']} goes on; `kaizen stop` ends it")
        return INTERRUPTED

    async def _ask(self, door: Door) -> tuple[str, str]:
        asked = await door.post("/api/v1/runs", {"path": str(self.path), "options": dict(self.options)})
        request = str(asked["request"])
        while (answer := await door.get(f"/api/v1/runs/{request}", wait=PATIENCE))["state"] == "pending":
            if self.interrupted.is_set():
                raise Refused("left; the daemon starts the run anyway: `kaizen stop` ends it")
            self.say(
                f"{'daemon':<12} prepares the run: repositories are prepared one at a time, and large ones take a while"
            )
        if answer["state"] == "refused":
            raise Refused(str(answer["answer"]))
        return request, str(answer["answer"])

    async def _began(self, door: Door, label: str, request: str) -> dict[str, Any]:
        """Return the RunStarted that is ours, else the one of the run at work."""
        rows = list(await newest(door, f"/api/v1/projects/{label}", 0, 100, {"kind": "RunStarted"}))
        return next((row for row in rows if row.get("request") == request), rows[-1])

    async def _show(self, door: Door, label: str, began: dict[str, Any]) -> int:
        def is_end(recorded: Recorded) -> bool:
            return isinstance(recorded.event, RunEnded) and recorded.event.run == began["run"]

        place = f"/api/v1/projects/{label}"
        last = await follow_events(door, place, began["position"] - 1, self.shows.show, is_end)
        assert last is not None and isinstance(last.event, RunEnded), "a daemon is running, and the run ended there"
        return status_of(last.event)
