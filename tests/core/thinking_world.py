"""A made-up world in which models are asked: each attempt that thinks costs something and ends as it is told here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from director.core.budget import Sum, total_of
from director.core.commands import Command, Report, Start
from director.core.effects import Effect, Tally, Work
from director.core.routing import lost
from director.core.state import State
from ledger.events import (
    AnyEvent,
    ApprovalId,
    ApprovalRequested,
    AttemptCosted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptId,
    AttemptScheduled,
    CallFailed,
    FindingsReported,
    PatchProposed,
    RunCosted,
)
from tests.core.world import World, start

CHEAP, STRONG = "cheap/one", "strong/two"
BOTH = (CHEAP, STRONG)
BUGS = frozenset({"failing_test"})


def thinking(**changes: object) -> Start:
    """Return a start with two models."""
    return start(**{"models": BOTH, "tree": "bugs=1,lint=0", **changes})


@dataclass
class ThinkingWorld(World):
    """`says` holds what attempts of a model do, one after the other, the last again and again: `patch`, `no`, `ask`
    (a person), `lost` (no waiting mends it), `spent run:cost`, `answer`, or `words` where no change is to be made."""

    stubborn: frozenset[str] = BUGS
    trees: dict[str, str] = field(default_factory=lambda: {"k0": "bugs=1,lint=0"})
    says: dict[str, Sequence[str]] = field(default_factory=dict)
    price: float = 0.25
    thought: list[Work] = field(default_factory=list)
    costs: dict[AttemptId, Sum] = field(default_factory=dict)
    """What was really spent; the core is told."""

    def carry_out(self, effect: Effect, state: State) -> Command:
        """Return the command that reports the effect."""
        command = super().carry_out(effect, state)
        if isinstance(command, Report) and isinstance(effect, Work) and effect.brain == "conversational":
            spent = self.costs[effect.attempt]
            told = AttemptCosted(attempt=effect.attempt, calls=spent.calls, tokens=spent.tokens, cost=spent.cost)
            return Report(command.at, (told, *command.facts))
        return command

    def _facts(self, effect: Effect, state: State) -> tuple[AnyEvent, ...]:
        if isinstance(effect, Tally):
            spent = total_of(self.costs.values())
            return (RunCosted(run=effect.run, calls=spent.calls, tokens=spent.tokens, cost=spent.cost),)
        return super()._facts(effect, state)

    def _work(self, effect: Work, state: State) -> tuple[AnyEvent, ...]:
        if effect.brain != "conversational":
            return super()._work(effect, state)
        nth = sum(w.model == effect.model for w in self.thought)
        self.thought.append(effect)
        self.costs[effect.attempt] = total_of([self.costs.get(effect.attempt, Sum()), Sum(1, 100, self.price)])
        script = self.says.get(effect.model, ("patch",))
        word = script[min(nth, len(script) - 1)]
        if word == "lost":
            assert state.run is not None
            failed = CallFailed(attempt=effect.attempt, key="act-0", model=effect.model, nth=1, fault="quota", why="no")
            return (*lost(state.run.id, [failed]), AttemptFailed(attempt=effect.attempt, why="no credit left"))
        return (self._said(word, effect, state),)

    def _said(self, what: str, effect: Work, state: State) -> AnyEvent:
        assert state.run is not None
        word, _, rest = what.partition(" ")
        match word:
            case "no":
                return AttemptGaveUp(attempt=effect.attempt, why=f"{effect.model} has no idea")
            case "spent":
                return AttemptGaveUp(attempt=effect.attempt, why="nothing is left", spent=rest)
            case "words":
                return AttemptGaveUp(attempt=effect.attempt, why="It adds two numbers.", answer="blob")
            case "answer":
                return FindingsReported(run=state.run.id, attempt=effect.attempt, findings=(), answer="blob")
            case "ask":
                return ApprovalRequested(
                    run=state.run.id, attempt=effect.attempt, approval=ApprovalId(f"{effect.attempt}-{effect.turn}"),
                    tool="run_command", arguments="args", shown="pip download x", risk="network",
                    digest=f"digest-{effect.attempt}-{effect.turn}", tree="t", expires=self.at + 1000.0,
                )  # fmt: skip
        (proposed,) = World(trees=self.trees)._work(effect, state)
        assert isinstance(proposed, PatchProposed)
        return proposed


def models_of(log: Sequence[AnyEvent]) -> list[str]:
    """Return the models that were asked, in order."""
    return [e.model for e in log if isinstance(e, AttemptScheduled) and e.brain == "conversational"]
