"""A made-up world for the core: it answers effects at once, so that whole runs are folded without any I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from director.core.commands import Command, Report, Start, Tick
from director.core.decide import decide
from director.core.effects import (
    Deliver,
    Effect,
    Land,
    Measure,
    MeasureBranch,
    Prepare,
    Rebase,
    Restore,
    Tally,
    WakeAt,
    Work,
    pending,
)
from director.core.evolve import fold
from director.core.state import State
from ledger.events import (
    AnyEvent,
    AttemptGaveUp,
    BaselineMeasured,
    BranchDelivered,
    BranchMeasured,
    Budget,
    CheckpointId,
    FileChange,
    Finding,
    FindingsReported,
    Fingerprint,
    GateSpec,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRebased,
    Reading,
    Reason,
    RolledBack,
    RunCosted,
    TargetPrepared,
)

GATES = (
    GateSpec(name="tests", better="lower", target=0, tolerance=0, ratchet=True),
    GateSpec(name="lint", better="lower", target=0, tolerance=0),
)


def start(**changes: object) -> Start:
    """Return a lawful start."""
    options: dict[str, object] = {
        "at": 1000.0, "commit": "k0", "tree": "bugs=2,lint=1", "gates": GATES, "budget": Budget(), "seed": 7,
    }  # fmt: skip
    return Start(**{**options, **changes})  # type: ignore[arg-type]


def readings(tree: str) -> tuple[Reading, ...]:
    """Return what measuring gives; a tree's name says what is wrong with it."""
    counts = {k: int(v) for k, v in (part.split("=") for part in tree.split("~")[0].split(","))}
    failing = tuple(
        Finding(rule="AssertionError", message="wrong", symbol=f"t::test_{i}", fingerprint=Fingerprint(f"E-{i}"))
        for i in range(counts["bugs"])
    )
    lint = tuple(Finding(rule="F401", message="unused", path=f"{i}.py", fixable=True) for i in range(counts["lint"]))
    return (
        Reading(gate="tests", value=float(counts["bugs"]), findings=failing),
        Reading(gate="lint", value=float(counts["lint"]), findings=lint),
    )


def fewer(tree: str, what: str) -> str:
    """Return the tree with one less of `bugs` or `lint`."""
    counts = {k: int(v) for k, v in (part.split("=") for part in tree.split("~")[0].split(","))}
    counts[what] = max(0, counts[what] - 1)
    return ",".join(f"{k}={v}" for k, v in counts.items())


@dataclass
class World:
    """Carries out effects. `stubborn` tasks are given up, `hard` ones at the quick look; `trees` holds commits."""

    stubborn: frozenset[str] = frozenset()
    hard: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()
    """Tasks whose patch the referee can tell neither good nor bad; they have no other."""
    trees: dict[str, str] = field(default_factory=lambda: {"k0": "bugs=2,lint=1"})
    at: float = 1000.0

    def carry_out(self, effect: Effect, state: State) -> Command:
        """Return the command that reports the effect."""
        self.at += 1.0
        return Report(self.at, self._facts(effect, state)) if not isinstance(effect, WakeAt) else Tick(effect.at)

    def _facts(self, effect: Effect, state: State) -> tuple[AnyEvent, ...]:
        match effect:
            case Prepare():
                return (TargetPrepared(run=effect.run, python="python", source="made"),)
            case MeasureBranch():
                kind = BaselineMeasured if effect.baseline else BranchMeasured
                return (kind(run=effect.run, tree=effect.tree, readings=readings(effect.tree), score=50.0),)
            case Work():
                return self._work(effect, state)
            case Rebase():
                what = "bugs" if state.run and state.run.open[effect.attempt].task.gate == "tests" else "lint"
                tree = fewer(self.trees[effect.onto], what)
                return (PatchRebased(attempt=effect.attempt, base=effect.onto, tree=tree),)
            case Measure():
                return (self._measured(effect, state),)
            case Land():
                (decided,) = effect.decided
                commit = f"k-{decided.attempt}"
                self.trees[commit] = decided.tree
                return (
                    PatchLanded(
                        attempt=decided.attempt, checkpoint=decided.checkpoint, commit=commit, tree=decided.tree
                    ),
                )
            case Restore():
                commit = f"back-{effect.decided.request}"
                self.trees[commit] = effect.decided.tree
                created = CheckpointId(f"c{len(state.checkpoints) + 1}")
                return (
                    RolledBack(
                        request=effect.decided.request,
                        checkpoint=effect.decided.checkpoint,
                        created=created,
                        commit=commit,
                        tree=effect.decided.tree,
                    ),
                )
            case Tally():
                return (RunCosted(run=effect.run, calls=0, tokens=0, cost=0.0),)
            case Deliver():
                return (BranchDelivered(run=effect.run, ref=f"refs/heads/{effect.branch}", commit=effect.commit),)
        raise AssertionError(effect)

    def _measured(self, effect: Measure, state: State) -> PatchMeasured:
        assert state.run
        doubts = state.run.open[effect.attempt].task.id in self.doubted
        reason = Reason(code="undecided", message="a person must decide: who knows")
        return PatchMeasured(
            attempt=effect.attempt,
            base=effect.base,
            tree=effect.tree,
            readings=readings(effect.tree),
            score=60.0,
            objections=(reason,) if doubts else (),
        )

    def _work(self, effect: Work, state: State) -> tuple[AnyEvent, ...]:
        if effect.task.kind == "structure":
            return (FindingsReported(run=state.run.id, attempt=effect.attempt, findings=()),) if state.run else ()
        if effect.task.kind in self.stubborn or effect.task.id in self.stubborn:
            return (AttemptGaveUp(attempt=effect.attempt, why="no", refused=("template_repair",)),)
        if effect.task.id in self.doubted and effect.skip:
            return (AttemptGaveUp(attempt=effect.attempt, why="every technique answered no before"),)
        if effect.task.id in self.hard and "quick" not in effect.skip:
            return (AttemptGaveUp(attempt=effect.attempt, why="no", refused=("quick",), more=True),)
        what = "bugs" if effect.task.gate == "tests" else "lint"
        return (
            PatchProposed(
                attempt=effect.attempt,
                base=effect.base,
                tree=fewer(self.trees[effect.base], what),
                technique="template_repair",
                title="mend it",
                files=(FileChange(path="a.py", added=1, removed=1),),
                diff="d",
                patch=f"p-{effect.attempt}",
            ),
        )


def play(
    world: World, commands: Sequence[Command], log: list[AnyEvent] | None = None, stop_after: int | None = None
) -> list[AnyEvent]:
    """Run commands and everything owed to the end; stop early once the log is `stop_after` long."""
    log = [] if log is None else log
    state = fold(State(), log)
    waiting = list(commands)
    while True:
        owed = [e for e in pending(state) if not isinstance(e, WakeAt)] or list(pending(state))
        if waiting:
            command: Command = waiting.pop(0)
        elif owed:
            command = world.carry_out(owed[0], state)
        else:
            return log
        events = decide(state, command)
        state = fold(state, events)
        log.extend(events)
        if stop_after is not None and len(log) >= stop_after and events:
            return log
