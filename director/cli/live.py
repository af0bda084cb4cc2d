"""The lines of a run on a terminal, and below them what everybody does at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.live import Live as Screen
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from director.cli.output import visible
from director.cli.report import Lines
from director.cli.thinking import Thinking
from ledger.events import (
    AnyEvent,
    AttemptCancelled,
    AttemptFailed,
    AttemptGaveUp,
    AttemptScheduled,
    BaselineMeasured,
    FindingsReported,
    NoticeRaised,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRejected,
    Reading,
    RunEnded,
    RunStarted,
    TargetPrepared,
    Task,
)
from ledger.events.recorded import Recorded

_SAID = 60
_STYLES = {
    "error": "red",
    "warning": "yellow",
    "completed": "bold green",
    "stalled": "bold yellow",
    "waits": "bold yellow",
    "approved": "green",
    "denied": "yellow",
    "budget": "yellow",
}
_REFEREE = "referee"
_DIRECTOR = "director"
_OVER = (PatchLanded, PatchRejected, AttemptGaveUp, AttemptFailed, AttemptCancelled, FindingsReported)


class Live:
    """Use it in a `with` block."""

    def __init__(self, out: TextIO) -> None:
        self._console = Console(file=out, highlight=False)
        self._screen = Screen(console=self._console, refresh_per_second=4, transient=True)
        self._lines = Lines(self.say)
        self.busy: dict[str, str] = {}
        """What everybody does now, by attempt."""
        self._spinner = Spinner("dots")
        self._thinking = Thinking()
        self._saying: dict[str, str] = {}
        """The end of what models are just saying, by attempt."""

    def __enter__(self) -> Live:
        self._screen.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.busy.clear()
        self._screen.stop()

    def say(self, line: str) -> None:
        """Write a line above what moves; it is never cut, so that it can be copied."""
        self._console.print(Text(visible(line), style=_style(line)), soft_wrap=True)

    def show(self, recorded: Recorded) -> None:
        """Write the line of one event and note who is at work."""
        event = recorded.event
        match event:
            case RunStarted():
                self.busy[_DIRECTOR] = "making the target runnable"
            case TargetPrepared():
                self.busy[_DIRECTOR] = "measuring all gates"
            case BaselineMeasured() | RunEnded():
                self.busy.clear()
            case AttemptScheduled():
                self.busy[event.attempt] = f"{event.role}  begins"
            case PatchProposed():
                self.busy[event.attempt] = f"waits to be measured: {event.title}"
            case PatchMeasured():
                self.busy.pop(_REFEREE, None)
        self._think(event)
        if isinstance(event, _OVER):
            self.busy.pop(event.attempt, None)
            self._saying.pop(event.attempt, None)
        self._lines.show(recorded)
        self._draw()

    def _think(self, event: AnyEvent) -> None:
        attempt, doing = getattr(event, "attempt", ""), self._thinking.doing(event)
        if doing and attempt in self.busy:
            self._saying.pop(attempt, None)
            self.busy[attempt] = f"{self.busy[attempt].split('  ')[0]}  {doing}"

    def doing(self, signal: Mapping[str, object]) -> None:
        """Show it until something newer comes."""
        doing = str(signal.get("doing", ""))
        attempt = str(signal.get("attempt", ""))
        said = str(signal.get("said", ""))
        if said and attempt in self.busy:
            self._saying[attempt] = (self._saying.get(attempt, "") + said)[-_SAID:]
            self.busy[attempt] = f"{self.busy[attempt].split('  ')[0]}  …{self._saying[attempt]}"
        if not doing:
            self._draw()
            return
        if not attempt:
            self.busy[_REFEREE] = doing
        elif attempt in self.busy:
            self.busy[attempt] = f"{signal.get('role', '')}  {doing}"
        self._draw()

    def preview(self, notices: Sequence[NoticeRaised], readings: Sequence[Reading], tasks: Sequence[Task]) -> None:
        """Write what was measured and what would be tried."""
        self._lines.preview(notices, readings, tasks)

    def _draw(self) -> None:
        rows = Table.grid(padding=(0, 1))
        rows.add_column(width=1)
        rows.add_column(no_wrap=True, min_width=12)
        rows.add_column(no_wrap=True, overflow="ellipsis")
        for who, what in self.busy.items():
            rows.add_row(self._spinner, who, visible(" ".join(what.split())))
        self._screen.update(rows)


def _style(line: str) -> str:
    word = line.split(" ", 1)[0]
    if "  rejected: " in line or "  failed (" in line:
        return "yellow"
    if "  landed as " in line:
        return "green"
    return _STYLES.get(word, "")
