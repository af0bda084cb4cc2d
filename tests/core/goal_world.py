"""A made-up world for goals in words: a tree's name says, after `~`, which steps are built in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from director.core.effects import Effect, Measure, MeasureBranch, Rebase, Tally, Work
from director.core.goals import GATE, Goal, count_of, step_of
from director.core.state import State
from ledger.events import (
    AcceptanceWritten,
    AnyEvent,
    AttemptGaveUp,
    FactsGathered,
    FileChange,
    FindingsReported,
    GateSpec,
    LaidFile,
    OpinionGiven,
    PatchProposed,
    PatchRebased,
    PlanMade,
    PlanStep,
    Reading,
    RunCosted,
)
from tests.core.world import GATES, World, readings, start

GOOD = "bugs=0,lint=0"
ASKED = (*GATES, GateSpec(name=GATE, better="higher", target=1, tolerance=0, ratchet=True))


def step(name: str, *needs: str, **more: Any) -> PlanStep:
    """Return one step of a plan."""
    return PlanStep(id=name, title=f"build {name}", acceptance=f"{name} works", needs=needs, **more)


def wish(**changes: object) -> Any:
    """Return the start of a run with a goal."""
    return start(**{"tree": GOOD, "gates": ASKED, "goal": "a shop", "models": ("m",), **changes})


def built(tree: str) -> set[str]:
    """Return the steps that are built in a tree."""
    return set(filter(None, tree.partition("~")[2].split(",")))


@dataclass
class GoalWorld(World):
    """Brings the plans in `plans`, one after the other; the work of `stubborn` steps never passes its tests."""

    plans: tuple[tuple[PlanStep, ...], ...] = ((step("a"), step("b", "a")),)
    opinions: tuple[bool, ...] = (True,)
    refused: dict[str, int] = field(default_factory=dict)
    """How often the tests of a step are refused."""
    trees: dict[str, str] = field(default_factory=lambda: {"k0": GOOD})
    asked: list[Work] = field(default_factory=list)

    def _facts(self, effect: Effect, state: State) -> tuple[AnyEvent, ...]:
        run = state.run
        if isinstance(effect, Tally):
            return (RunCosted(run=effect.run, calls=0, tokens=0, cost=0.0),)
        if isinstance(effect, MeasureBranch | Measure):
            assert run is not None and run.goal is not None
            fact = super()._facts(effect, state)[0]
            assert not isinstance(fact, FindingsReported)
            both = (*readings(effect.tree), self.reading(run.goal, effect.tree))
            return (msgspec.structs.replace(fact, readings=both),)  # type: ignore[type-var]
        if isinstance(effect, Rebase) and run is not None and step_of(run.open[effect.attempt].task):
            both_built = built(self.trees[effect.onto]) | built(effect.tree)
            tree = f"{GOOD}~{','.join(sorted(both_built))}"
            return (PatchRebased(attempt=effect.attempt, base=effect.onto, tree=tree),)
        return super()._facts(effect, state)

    def reading(self, goal: Goal, tree: str) -> Reading:
        """Return what the gate says of a tree."""
        shares = {count_of(s.id): float(s.id in goal.accepted and s.id in built(tree)) for s in goal.steps}
        done = sum(shares.values()) + sum(given.satisfied for given in goal.opinions.values())
        return Reading(gate=GATE, value=done / len(goal.steps) if goal.steps else 0.0, counts=shares)

    def _work(self, effect: Work, state: State) -> tuple[AnyEvent, ...]:
        self.asked.append(effect)
        assert state.run is not None
        run, attempt, name = state.run.id, effect.attempt, step_of(effect.task)
        if effect.task.id in self.stubborn:
            return (AttemptGaveUp(attempt=attempt, why="it is too hard"),)
        match effect.task.kind:
            case "research":
                return (FactsGathered(run=run, attempt=attempt, summary="two files", facts="f"),)
            case "plan":
                made = min(sum(w.task.kind == "plan" for w in self.asked), len(self.plans)) - 1
                return (PlanMade(run=run, attempt=attempt, steps=self.plans[made]),)
            case "acceptance":
                if self.refused.get(name, 0) > 0:
                    self.refused[name] -= 1
                    return (AttemptGaveUp(attempt=attempt, why="the acceptance tests are refused: one passes"),)
                files = (LaidFile(path=f"tests/test_{name}.py", blob=f"blob-{name}"),)
                tests = (f"tests/test_{name}.py::test_{name}",)
                return (AcceptanceWritten(run=run, attempt=attempt, step=name, files=files, tests=tests),)
            case "opinion":
                given = sum(w.task.kind == "opinion" for w in self.asked) - 1
                said = {"opinion": "as I see it", "model": "m"}
                satisfied = self.opinions[min(given, len(self.opinions) - 1)]
                return (OpinionGiven(run=run, attempt=attempt, step=name, satisfied=satisfied, **said),)
            case "implement":
                return (self._patch(effect, name),)
            case "structure" | "findings":
                return (FindingsReported(run=run, attempt=attempt, findings=()),)
        return super()._work(effect, state)

    def _patch(self, effect: Work, name: str) -> PatchProposed:
        there = built(self.trees[effect.base]) | {
            f"half-{effect.attempt}" if f"never:{name}" in self.stubborn else name
        }
        return PatchProposed(
            attempt=effect.attempt,
            base=effect.base,
            tree=f"{GOOD}~{','.join(sorted(there))}",
            technique="conversation",
            title=f"build {name}",
            files=(FileChange(path="a.py", added=1, removed=0),),
            diff="d",
            patch=f"p-{effect.attempt}",
        )
