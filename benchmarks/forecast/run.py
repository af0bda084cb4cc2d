"""How well the forecast of costs is calibrated: simulated runs of the true core, each with models of its own.

    python -P -m benchmarks.forecast.run [runs] [seed]

A simulated run has 2 to 20 bugs, models that succeed with a chance and cost a lognormal amount that nobody told the
core. Each forecast is compared with what the run really spent from then on: of an interval that says 80 of 100, 80 of
100 should hold it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from random import Random

from director.core.budget import Sum, total_of
from director.core.decide import decide
from director.core.effects import Effect, WakeAt, Work, pending
from director.core.evolve import fold
from director.core.state import State
from ledger.events import AnyEvent, AttemptGaveUp, CostForecast, RunCosted
from tests.core.thinking_world import BOTH, ThinkingWorld, thinking


@dataclass
class Simulated(ThinkingWorld):
    """Draws what attempts cost and whether they succeed."""

    random: Random = field(default_factory=Random)
    success: float = 0.5
    dearer: float = 4.0
    typical: float = 0.05
    spread: float = 0.8

    def _work(self, effect: Work, state: State) -> tuple[AnyEvent, ...]:
        if effect.brain != "conversational":
            return super()._work(effect, state)
        rank = BOTH.index(effect.model)
        self.price = self.typical * self.dearer**rank * self.random.lognormvariate(0.0, self.spread)
        facts = super()._work(effect, state)
        if self.random.random() < self.success:
            return facts
        return (AttemptGaveUp(attempt=effect.attempt, why="no idea"),)


def simulate(seed: int) -> list[tuple[CostForecast, float]]:
    """Return each forecast of a run with what was really spent after it."""
    random = Random(seed)
    bugs = random.randint(2, 20)
    tree = f"bugs={bugs},lint={random.randint(0, 5)}"
    world = Simulated(
        trees={"k0": tree}, random=random, success=random.uniform(0.15, 0.9), dearer=random.uniform(1.5, 8.0),
        typical=random.lognormvariate(-3.0, 1.0), spread=random.uniform(0.3, 1.2),
    )  # fmt: skip
    state, told = State(), list[tuple[CostForecast, float]]()
    command: object = thinking(tree=tree, parallel=random.choice((1, 2, 4)))
    while True:
        events = decide(state, command)  # type: ignore[arg-type]
        state = fold(state, events)
        told += [(event, _spent(world)) for event in events if isinstance(event, CostForecast)]
        ended = [event for event in events if isinstance(event, RunCosted)]
        if ended:
            return [(event, ended[0].cost - before) for event, before in told]
        command = world.carry_out(_next(pending(state)), state)


def _next(owed: tuple[Effect, ...]) -> Effect:
    return next((effect for effect in owed if not isinstance(effect, WakeAt)), owed[0])


def _spent(world: Simulated) -> float:
    spent: Sum = total_of(world.costs.values())
    return spent.cost


def measure(runs: int, seed: int) -> dict[str, float]:
    """Return how many forecasts held, and how wide they were beside what came."""
    pairs = [pair for number in range(runs) for pair in simulate(seed + number)]
    held = [told.low - 1e-9 <= came <= told.high + 1e-9 for told, came in pairs]
    above = [came > told.high for told, came in pairs]
    wide = sorted((told.high / told.low) for told, _ in pairs if told.low > 0)
    return {
        "runs": runs,
        "seed": seed,
        "forecasts": len(pairs),
        "held_percent": round(100 * sum(held) / len(held), 1),
        "above_percent": round(100 * sum(above) / len(above), 1),
        "median_high_over_low": round(wide[len(wide) // 2], 2) if wide else 0.0,
    }


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    print(json.dumps(measure(*(numbers + [200, 1][len(numbers) :])), indent=2))
