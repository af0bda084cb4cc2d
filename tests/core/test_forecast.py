"""What a run will still cost: told with an interval that holds as often as it says."""

from __future__ import annotations

from benchmarks.forecast.run import measure
from director.core.forecast import Tries, interval
from ledger.events import Budget, CostForecast
from tests.core.thinking_world import CHEAP, ThinkingWorld, thinking
from tests.core.world import World, play, start


def test_nothing_is_forecast_while_nothing_is_known_or_nobody_thinks() -> None:
    log = play(World(), [start()])

    assert not [e for e in log if isinstance(e, CostForecast)]


def test_a_forecast_is_told_with_the_iterations_and_never_above_what_the_budget_leaves() -> None:
    tree = "bugs=6,lint=0"
    world = ThinkingWorld(trees={"k0": tree}, says={CHEAP: ["no", "no", "patch"]}, price=0.1)

    log = play(world, [thinking(tree=tree, budget=Budget(cost=1.0), parallel=1)])

    told = [e for e in log if isinstance(e, CostForecast)]
    assert told
    assert all(0.0 <= e.low <= e.likely <= e.high <= 1.0 - e.spent + 1e-9 for e in told)


def test_more_that_is_known_makes_the_interval_narrower() -> None:
    few = interval(10.0, 4.0, Tries(mean=0.1, spread=0.8, success=0.5, seen=1))
    many = interval(10.0, 4.0, Tries(mean=0.1, spread=0.8, success=0.5, seen=50))

    assert few[0] < many[0] < many[1] < many[2] < few[2]


def test_of_simulated_runs_about_as_many_end_in_the_interval_as_it_says() -> None:
    found = measure(runs=12, seed=7)

    assert found["forecasts"] >= 30
    assert 60 <= found["held_percent"] <= 97
