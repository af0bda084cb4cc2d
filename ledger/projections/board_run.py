"""PURE: the board's run, its gates and its iterations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from ledger.events import (
    BaselineMeasured,
    BranchDelivered,
    BranchMeasured,
    DeliveryFailed,
    FlakyTestQuarantined,
    GateSpec,
    IterationEnded,
    IterationStarted,
    Reading,
    RunClosing,
    RunCosted,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    TargetPrepared,
    Task,
)
from ledger.projections.board_parts import (
    ITERATIONS,
    QUARANTINED,
    Board,
    Checkpoint,
    FlakyTest,
    GateCard,
    Iteration,
    Measured,
    Run,
    TargetCard,
    TaskCard,
    Values,
)
from ledger.projections.board_plan import reached
from ledger.projections.board_shares import GOAL, shares
from ledger.projections.board_thinking_parts import clip

RunEvent = (
    RunStarted
    | TargetPrepared
    | BaselineMeasured
    | BranchMeasured
    | IterationStarted
    | IterationEnded
    | RunPaused
    | RunResumed
    | RunClosing
    | BranchDelivered
    | DeliveryFailed
    | RunCosted
    | FlakyTestQuarantined
    | RunEnded
)


def on_run(board: Board, at: float, event: RunEvent) -> Board:
    """Move the run on; what speaks of a run the board no longer shows changes nothing."""
    if isinstance(event, RunStarted):
        return replace(board, run=_started(board, at, event), rollback=None)
    run = board.run
    if run is None or event.run != run.id:
        return board
    match event:
        case TargetPrepared():
            target = TargetCard(
                python=event.python, source=event.source, packages=event.packages, missing=event.missing
            )
            return replace(board, run=replace(run, target=target))
        case BaselineMeasured():
            gates = tuple(_baseline(gate) for gate in read(run.gates, event.readings))
            return replace(board, run=replace(run, gates=gates, score=event.score, baseline_score=event.score))
        case BranchMeasured():
            run = replace(run, gates=read(run.gates, event.readings), score=event.score)
            return reached(replace(board, run=run), shares(event.readings))
        case IterationStarted():
            return _iterating(board, run, at, event)
        case IterationEnded():
            return _iterated(board, run, at, event)
        case RunPaused():
            return replace(board, run=replace(run, state="paused"))
        case RunResumed():
            return replace(board, run=replace(run, state="running"))
        case RunClosing():
            return replace(board, run=replace(run, state="closing", why=event.why, left=event.left))
        case BranchDelivered():
            return replace(board, run=replace(run, delivered=event.ref))
        case DeliveryFailed():
            return replace(board, run=replace(run, delivery_failed=event.why))
        case FlakyTestQuarantined():
            flaky = FlakyTest(test=event.test, said=clip(event.said), at=at)
            return replace(board, run=replace(run, quarantined=(*run.quarantined, flaky)[-QUARANTINED:]))
        case RunCosted():
            return replace(board, run=replace(run, cost=event.cost))
        case RunEnded():
            return replace(board, run=_ended(run, at, event))
        case _ as never:
            assert_never(never)


def read(gates: Sequence[GateCard], readings: Sequence[Reading]) -> tuple[GateCard, ...]:
    """Return the gates with what the readings say of them."""
    by_gate = {reading.gate: reading for reading in readings}
    return tuple(_read(gate, by_gate[gate.name]) if gate.name in by_gate else gate for gate in gates)


def measured(gates: Sequence[GateCard], values: Sequence[Measured]) -> tuple[GateCard, ...]:
    """Return the gates with what was measured on a patched tree that is now the branch."""
    by_gate = {value.gate: value for value in values}
    return tuple(_measured(gate, by_gate[gate.name]) if gate.name in by_gate else gate for gate in gates)


def at_values(gates: Sequence[GateCard], values: Values) -> tuple[GateCard, ...]:
    """Return the gates with bare values, as a checkpoint remembers them."""
    return tuple(
        replace(_valued(gate, values[gate.name]), detail="") if gate.name in values else gate for gate in gates
    )


def trends(gates: Sequence[GateCard], checkpoints: Sequence[Checkpoint]) -> tuple[GateCard, ...]:
    """Return the gates with one value per checkpoint that knows them."""
    return tuple(
        replace(gate, trend=tuple(point.gates[gate.name] for point in checkpoints if gate.name in point.gates))
        for gate in gates
    )


def values_of(gates: Sequence[GateCard]) -> Values:
    """Return the bare values by gate."""
    return {gate.name: gate.value for gate in gates if gate.measured}


def _started(board: Board, at: float, event: RunStarted) -> Run:
    gates = trends([_gate(spec) for spec in event.gates], board.checkpoints)
    return Run(
        id=event.run,
        state="running",
        started_at=at,
        commit=event.commit,
        branch=event.branch,
        budget=event.budget,
        parallel=event.parallel,
        deliver=event.deliver,
        gates=gates,
        goal=event.goal,
        models=event.models,
    )


def _gate(spec: GateSpec) -> GateCard:
    return GateCard(
        name=spec.name,
        better=spec.better,
        target=spec.target,
        tolerance=spec.tolerance,
        unit=spec.unit,
        ratchet=spec.ratchet,
    )


def _valued(gate: GateCard, value: float | None) -> GateCard:
    met = value is not None and (value >= gate.target if gate.better == "higher" else value <= gate.target)
    return replace(gate, value=value, met=met, measured=True)


def _read(gate: GateCard, reading: Reading) -> GateCard:
    findings = len(reading.findings) + reading.more
    return replace(_valued(gate, reading.value), detail=reading.detail, tool=reading.tool, findings=findings)


def _measured(gate: GateCard, value: Measured) -> GateCard:
    return replace(_valued(gate, value.value), detail=value.detail, findings=value.findings)


def _baseline(gate: GateCard) -> GateCard:
    return replace(gate, before=gate.value)


def _iterating(board: Board, run: Run, at: float, event: IterationStarted) -> Board:
    iteration = Iteration(
        run=event.run,
        number=event.iteration,
        tasks=tuple(_task(task) for task in event.tasks),
        why=event.why,
        started_at=at,
        before=values_of(run.gates),
    )
    iterations = (*board.iterations, iteration)[-ITERATIONS:]
    return replace(board, iterations=iterations, run=replace(run, iteration=event.iteration))


def _task(task: Task) -> TaskCard:
    return TaskCard(
        id=task.id,
        title=task.title,
        kind=task.kind,
        gate=task.gate,
        role=task.role,
        fingerprint=task.fingerprint,
        step=task.id.partition(":")[2] if task.gate == GOAL else "",
    )


def _iterated(board: Board, run: Run, at: float, event: IterationEnded) -> Board:
    iterations = tuple(
        _closed(iteration, run, at, event)
        if (iteration.run, iteration.number) == (event.run, event.iteration)
        else iteration
        for iteration in board.iterations
    )
    return replace(board, iterations=iterations, run=replace(run, score=event.score))


def _closed(iteration: Iteration, run: Run, at: float, event: IterationEnded) -> Iteration:
    return replace(
        iteration,
        state="ended",
        ended_at=at,
        after=values_of(run.gates),
        landed=event.landed,
        rejected=event.rejected,
        score=event.score,
    )


def _ended(run: Run, at: float, event: RunEnded) -> Run:
    return replace(
        run,
        state=event.state,
        why=event.why,
        ended_at=at,
        landed=event.landed,
        rejected=event.rejected,
        left=event.left,
        cost=event.cost,
        seconds=event.seconds,
        delivered=event.branch or run.delivered,
    )
