"""The lines of a run, for people and for programs: each fact that matters is one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TextIO

from msgspec import to_builtins

from director.cli.output import as_json_text, on_one_line
from director.cli.thinking import Thinking, price
from director.core.judge import met
from ledger.codec import as_json
from ledger.events import (
    AttemptCancelled,
    AttemptFailed,
    AttemptGaveUp,
    AttemptScheduled,
    BaselineMeasured,
    BranchDelivered,
    BranchMeasured,
    DirectorStarted,
    FindingsReported,
    FlakyTestQuarantined,
    GateSpec,
    IterationStarted,
    NoticeRaised,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRejected,
    Reading,
    RolledBack,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    TargetPrepared,
    Task,
)
from ledger.events.recorded import Recorded

Write = Callable[[str], None]
SHOWN = 15
"""Things left undone that are shown to people."""


class Shows(Protocol):
    """Shows a run as it goes."""

    def show(self, recorded: Recorded) -> None:
        """Show one event."""
        ...

    def doing(self, signal: Mapping[str, object]) -> None:
        """Show what somebody does at this moment; no fact, and nothing is lost when it is not shown."""
        ...

    def preview(self, notices: Sequence[NoticeRaised], readings: Sequence[Reading], tasks: Sequence[Task]) -> None:
        """Show what was measured and what would be tried."""
        ...


class JsonLines:
    """Every event as one JSON object on one line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, recorded: Recorded) -> None:
        """Write one event and flush, so that a reader sees it at once."""
        self._out.write(as_json_text(as_json(recorded)) + "\n")
        self._out.flush()

    def doing(self, signal: Mapping[str, object]) -> None:
        """Write nothing: a program reads facts."""

    def preview(self, notices: Sequence[NoticeRaised], readings: Sequence[Reading], tasks: Sequence[Task]) -> None:
        """Write what was measured and what would be tried as one object."""
        found = {"notices": notices, "readings": readings, "tasks": tasks}
        shown = {"kind": "DryRun"} | {name: to_builtins(rows) for name, rows in found.items()}
        self._out.write(as_json_text(shown) + "\n")


class Lines:
    """One line for each thing that matters, in words."""

    def __init__(self, write: Write, *, verbose: bool = False) -> None:
        """`verbose`: also every call to a model and every tool."""
        self._say = write
        self._thinking = Thinking(verbose=verbose)
        self._specs: tuple[GateSpec, ...] = ()
        self._tasks: dict[str, Task] = {}
        self._attempts: dict[str, AttemptScheduled] = {}
        self._titles: dict[str, str] = {}
        self._readings: tuple[Reading, ...] = ()
        self._measured: dict[str, tuple[Reading, ...]] = {}

    def show(self, recorded: Recorded) -> None:
        """Write the line of one event, if it has one."""
        event = recorded.event
        match event:
            case DirectorStarted() if not event.sandboxed:
                self._line("sandbox", f"none: {event.sandbox}")
            case DirectorStarted() if ", reduced (" in event.sandbox:
                self._line("sandbox", event.sandbox)
            case RunStarted():
                self._specs = event.gates
                self._line("run", f"{event.run} on commit {event.commit[:10]}, branch {event.branch}")
            case TargetPrepared():
                self._prepared(event)
            case BaselineMeasured():
                self._readings = event.readings
                self._line("baseline", f"{self._gates(event.readings)}  score {event.score:.0f}")
            case BranchMeasured():
                self._readings = event.readings
                self._line("measured", self._gates(event.readings))
            case NoticeRaised():
                self._notice(event)
            case FlakyTestQuarantined():
                self._line("quarantined", f"{event.test} passes and fails on the same tree; {event.said}")
            case IterationStarted():
                self._tasks |= {t.id: t for t in event.tasks}
                self._line(f"iteration {event.iteration}", event.why)
            case RunPaused():
                self._line("paused", "no new work begins; `kaizen resume` continues")
            case RunResumed():
                self._line("resumed", "work goes on")
            case RolledBack():
                self._line("rolled back", f"to checkpoint {event.checkpoint}; `kaizen rollback` can undo it")
            case BranchDelivered():
                self._line("delivered", f"branch {event.ref.removeprefix('refs/heads/')}")
            case RunEnded():
                self._ended(event)
            case _:
                self._attempt(recorded)
        for line in self._thinking.lines(event, recorded.at):
            if line.attempt:
                self._said(line.attempt, line.text)
            else:
                self._line(line.word, line.text)

    def doing(self, signal: Mapping[str, object]) -> None:
        """Write nothing: where there is no terminal, only facts are lines."""

    def preview(self, notices: Sequence[NoticeRaised], readings: Sequence[Reading], tasks: Sequence[Task]) -> None:
        """Write what was measured and what would be tried, most promising first."""
        for notice in notices:
            self._notice(notice)
        for reading in readings:
            self._line(reading.gate, reading.detail or _number(reading.value))
        for task in tasks:
            self._line("would try", f"{task.role}: {task.title}")
        if not tasks:
            self._line("would try", "nothing: all gates pass")

    def _notice(self, event: NoticeRaised) -> None:
        first, *rest = event.message.splitlines()
        self._line("note" if event.level == "info" else event.level, first)
        for line in rest:
            self._write(f"{'':<15}{line}".rstrip())

    def _attempt(self, recorded: Recorded) -> None:
        event = recorded.event
        match event:
            case AttemptScheduled():
                self._attempts[event.attempt] = event
                if event.tries > 1:
                    self._said(event.attempt, f"try {event.tries}")
            case PatchProposed():
                self._titles[event.attempt] = event.title
            case PatchMeasured():
                self._measured[event.attempt] = event.readings
            case PatchLanded():
                after = self._measured.get(event.attempt, self._readings)
                self._over(event.attempt, f"landed as {event.checkpoint}  {self._changed(after)}")
                self._readings = after
            case PatchRejected():
                self._over(event.attempt, "rejected: " + "; ".join(r.message for r in event.reasons))
            case AttemptGaveUp():
                # The last technique's answer; those before it stand in the ledger.
                self._over(event.attempt, f"no answer: {event.why.rpartition('; ')[2]}")
            case AttemptFailed():
                again = "tried again" if event.retry_at is not None else "given up"
                self._over(event.attempt, f"failed ({again}): {event.why}")
            case AttemptCancelled():
                self._over(event.attempt, f"cancelled: {event.why}")
            case FindingsReported():
                number = len(event.findings)
                self._over(event.attempt, f"{number} finding{'s' * (number != 1)}")

    def _over(self, attempt: str, what: str) -> None:
        """Write what an attempt came to, with what it spent on models."""
        spent = self._thinking.spent(attempt)
        self._said(attempt, f"{what}  ({spent})" if spent else what)

    def _said(self, attempt: str, what: str) -> None:
        scheduled = self._attempts.get(attempt)
        task = self._tasks.get(scheduled.task) if scheduled else None
        title = self._titles.get(attempt) or (task.title if task else "")
        role = scheduled.role if scheduled else ""
        self._write(f"  {attempt:<12} {role:<10} {cut(title, 60):<60}  {what}")

    def _prepared(self, event: TargetPrepared) -> None:
        source = {"existing": "the project's own", "made": "made for it", "base": "bare"}[event.source]
        self._line("target", f"{event.python}, {source}, {event.seconds:.1f} s")

    def _gates(self, readings: tuple[Reading, ...]) -> str:
        by_gate = {r.gate: r for r in readings}
        return "  ".join(_gate(spec, by_gate.get(spec.name)) for spec in self._specs)

    def _changed(self, after: tuple[Reading, ...]) -> str:
        before = {r.gate: r for r in self._readings}
        now = {r.gate: r for r in after}
        changed = [s for s in self._specs if _value(before.get(s.name)) != _value(now.get(s.name))]
        return "  ".join(_gate(spec, now.get(spec.name)) for spec in changed)

    def _ended(self, event: RunEnded) -> None:
        self._write("")
        for gate in event.gates:
            mark = "met" if gate.met else "NOT met"
            self._write(f"  {gate.name:<12} {_number(gate.before):>8} -> {_number(gate.after):<8} {mark}")
        for left in event.left[:SHOWN]:
            self._write(f"  left: {left.what}")
            self._write(f"        {left.why}; {left.remedy}")
        if len(event.left) > SHOWN:
            self._write(f"  left: {len(event.left) - SHOWN} more, all in `kaizen log --json`")
        cost = price(event.cost, self._thinking.unknown())
        spent = f"{event.landed} landed, {event.rejected} rejected, {event.seconds:.0f} s, {cost}"
        self._line(event.state, f"{event.why} ({spent})")
        if event.branch:
            self._line("branch", f"{event.branch} is ready: git merge {event.branch}")
        elif event.undelivered:
            self._line("error", f"the branch was not delivered: {event.undelivered}")

    def _write(self, line: str) -> None:
        self._say(on_one_line(line))

    def _line(self, word: str, text: str) -> None:
        self._write(f"{word:<12} {text}")


def _gate(spec: GateSpec, reading: Reading | None) -> str:
    mark = "✓" if met(spec, reading) else "✗"
    value = _value(reading)
    if value is None:
        return f"{spec.name} ? ✗"
    if spec.name == "tests" and reading and reading.detail:
        return f"{spec.name} {reading.detail} {mark}"
    is_plural = len(spec.unit) > len(" unit")  # " s" and " ms" are none
    unit = spec.unit.removesuffix("s") if value == 1 and is_plural else spec.unit
    return f"{spec.name} {value:.4g}{unit} {mark}"


def _value(reading: Reading | None) -> float | None:
    return reading.value if reading else None


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.4g}"


def cut(text: str, width: int) -> str:
    """Return the text, at most so long."""
    return text if len(text) <= width else text[: width - 1] + "…"
