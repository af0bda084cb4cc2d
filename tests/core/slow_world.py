"""A made-up project with a slow suite: trees name the tests that fail on them and the patches that are in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from director.core.commands import Command, Report
from director.core.effects import Effect, Land, Measure, MeasureBranch, Rebase, Stack, Work
from director.core.policy import ALL_FAILING
from director.core.state import State
from ledger.events import (
    AnyEvent,
    AttemptGaveUp,
    BaselineMeasured,
    BranchMeasured,
    FileChange,
    Finding,
    Fingerprint,
    GateSpec,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRebased,
    PatchStacked,
    Reading,
    Reason,
)
from tests.core.world import World

TESTS = (GateSpec(name="tests", better="lower", target=0, tolerance=0, ratchet=True),)


def tree_of(failing: frozenset[str], patches: tuple[str, ...] = ()) -> str:
    """Return the tree on which these tests fail and that has these patches in it."""
    return ",".join(sorted(failing)) + "~" + ",".join(patches)


def failing_on(tree: str) -> frozenset[str]:
    """Return what fails on a tree."""
    return frozenset(filter(None, tree.partition("~")[0].split(",")))


def patches_in(tree: str) -> tuple[str, ...]:
    """Return the patches of a tree, in the order they were put on it."""
    return tuple(filter(None, tree.partition("~")[2].split(",")))


def readings(tree: str, seconds: float = 60.0) -> tuple[Reading, ...]:
    """Return what measuring gives."""
    findings = tuple(
        Finding(rule="ValueError", message=name, path=f"{name}.py", symbol=f"t::{name}", fingerprint=Fingerprint(name))
        for name in sorted(failing_on(tree))
    )
    return (Reading(gate="tests", value=float(len(findings)), findings=findings, seconds=seconds),)


@dataclass
class SlowWorld(World):
    """Each task has a patch that mends its test. `bad` ones break what only a whole run sees."""

    bad: frozenset[str] = frozenset()
    """Failing tests whose patch is bad."""
    apart: frozenset[str] = frozenset()
    """Failing tests whose patch cannot be confirmed with others."""
    also: frozenset[str] = frozenset()
    """Failing tests that any patch put on others mends as well."""
    kin: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By failing test: all that its patch mends, and says so."""
    seconds: float = 60.0
    runs: list[str] = field(default_factory=list)
    """The trees that were measured in full."""

    def carry_out(self, effect: Effect, state: State) -> Command:
        """Return the command that reports the effect."""
        facts = self._slowly(effect, state)
        if facts is None:
            return World.carry_out(self, effect, state)
        self.at += 1.0
        return Report(self.at, facts)

    def _slowly(self, effect: Effect, state: State) -> tuple[AnyEvent, ...] | None:
        run = state.run
        match effect:
            case MeasureBranch():
                kind = BaselineMeasured if effect.baseline else BranchMeasured
                return (kind(run=effect.run, tree=effect.tree, readings=self._readings(effect.tree), score=50.0),)
            case Work() if effect.task.kind == "failing_test":
                return (self._proposed(effect),)
            case Rebase():
                tree = self._with(self.trees[effect.onto], effect, state)
                return (PatchRebased(attempt=effect.attempt, base=effect.onto, tree=tree),)
            case Stack():
                tree, apart = self._with(effect.on, effect, state), self._mends(effect, state) in self.apart
                stacked = PatchStacked(
                    attempt=effect.attempt, base=effect.head, on=effect.on, tree=tree, readings=self._readings(tree)
                )
                return (replace_alone(stacked, "it changes tests") if apart else stacked,)
            case Measure():
                return (self._whole(effect, state),)
            case Land() if run is not None:
                return tuple(self._landed(effect))
        return None

    def _readings(self, tree: str) -> tuple[Reading, ...]:
        return readings(tree, self.seconds)

    def _mends(self, effect: Stack | Rebase, state: State) -> str:
        assert state.run is not None
        return str(state.run.open[effect.attempt].task.fingerprint)

    def _with(self, tree: str, effect: Stack | Rebase, state: State) -> str:
        mended = self._all(self._mends(effect, state)) | (self.also if isinstance(effect, Stack) else frozenset())
        return tree_of(failing_on(tree) - mended, (*patches_in(tree), effect.attempt))

    def _all(self, mends: str) -> frozenset[str]:
        return self.kin.get(mends, frozenset({mends}))

    def _proposed(self, effect: Work) -> AnyEvent:
        if effect.task.id == ALL_FAILING:
            return AttemptGaveUp(attempt=effect.attempt, why="no", refused=("repair",))
        below, mends = self.trees[effect.base], str(effect.task.fingerprint)
        if "repair" in effect.skip:
            return AttemptGaveUp(attempt=effect.attempt, why="every technique answered no before")
        return PatchProposed(
            attempt=effect.attempt,
            base=effect.base,
            tree=tree_of(failing_on(below) - self._all(mends), (*patches_in(below), effect.attempt)),
            technique="repair",
            title=f"mend {mends}",
            files=(FileChange(path=f"{mends}.py", added=1, removed=1),),
            diff="d",
            patch=f"p-{mends}",
            fixes=tuple(map(Fingerprint, sorted(self._all(mends)))),
        )

    def _whole(self, effect: Measure, state: State) -> PatchMeasured:
        assert state.run is not None
        self.runs.append(effect.tree)
        mended = failing_on(state.run.tree) - failing_on(effect.tree)
        reason = Reason(code="expected", message="a test that nobody thought of fails")
        return PatchMeasured(
            attempt=effect.attempt,
            base=effect.base,
            tree=effect.tree,
            readings=self._readings(effect.tree),
            score=60.0,
            objections=(reason,) if mended & self.bad else (),
            together=effect.together,
        )

    def _landed(self, effect: Land) -> list[PatchLanded]:
        done = []
        parent = effect.decided[0].parent
        for decided in effect.decided:
            assert decided.parent in (parent, ""), "it stands on the landing before it"
            parent = f"k-{decided.attempt}"
            self.trees[parent] = decided.tree
            done.append(
                PatchLanded(attempt=decided.attempt, checkpoint=decided.checkpoint, commit=parent, tree=decided.tree)
            )
        return done


def replace_alone(stacked: PatchStacked, why: str) -> PatchStacked:
    """Return that a patch cannot be confirmed with others."""
    return PatchStacked(attempt=stacked.attempt, base=stacked.base, on=stacked.on, tree=stacked.on, alone=why)
