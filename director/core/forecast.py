"""PURE: what a run will still spend on models, with an interval, from what attempts cost and achieved so far.

Tasks left × the share of them that comes to be thought about × tries per task × cost of a try. The cost of a try is
taken to be lognormal, learned from this run and from earlier ones; tries per task end with a success or with the
last model. Mean and spread of the sum are exact for these parts, the interval is that of a lognormal sum.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import NamedTuple

from director.core import policy, routing
from director.core.state import Run
from ledger.events import CostForecast

Z = 1.5
"""How many standard deviations held 80 of 100 simulated runs; 1.28 would do if the parts were known exactly."""
SPREAD = 1.0
"""Standard deviation of the logarithm of a try's cost while few are known: tries differ by a factor of six or so."""
TRUST = 2.0
"""How many tries that belief weighs as much as."""


class Tries(NamedTuple):
    """What is known of tries by models."""

    mean: float
    """USD of one try."""
    spread: float
    """Standard deviation of its logarithm."""
    success: float
    seen: int
    """How many are known."""


def forecast(run: Run) -> CostForecast | None:
    """Return what is still to be spent; None when no model is connected or nothing is known of what one costs."""
    tries = tries_of(run)
    if tries is None:
        return None
    thought, open_tasks = _thinkable(run)
    count, variance = _tries_left(run, thought, open_tasks, tries.success)
    count += 0.5 * sum(a.brain == "conversational" and a.step == "work" for a in run.open.values())
    low, likely, high = interval(count, variance, tries)
    spent = sum(each.cost for each in run.costs.values())
    limit = run.started.budget.cost
    left = max(0.0, limit - spent) if limit is not None else float("inf")
    return CostForecast(run=run.id, spent=spent, low=min(low, left), likely=min(likely, left), high=min(high, left))


def interval(count: float, variance: float, tries: Tries) -> tuple[float, float, float]:
    """Return the low end, the middle and the high end of what so many tries cost together."""
    mean = count * tries.mean
    if mean <= 0.0:
        return 0.0, 0.0, 0.0
    each = tries.mean**2 * (exp(tries.spread**2) - 1.0)
    # The mean of a try is itself only estimated, and that error does not average out over many tries.
    unsure = (mean**2) * (exp(tries.spread**2) - 1.0) / (TRUST + tries.seen)
    total = count * each + variance * tries.mean**2 + unsure
    sigma = sqrt(log(1.0 + total / mean**2))
    middle = mean / exp(sigma**2 / 2)
    return middle / exp(Z * sigma), middle, middle * exp(Z * sigma)


def tries_of(run: Run) -> Tries | None:
    """Return what is known of a try by a model; None when nothing is."""
    if not run.started.models:
        return None
    here = [each.cost for each in run.costs.values() if each.cost > 0.0]
    before = [lesson for lesson in run.lessons.values() if lesson.tried]
    tried = sum(lesson.tried for lesson in before)
    paid = sum(lesson.cost for lesson in before)
    if not here and not paid:
        return None
    success = (sum(lesson.landed for lesson in before) + 1) / (tried + 2)
    reached = [(1.0 - success) ** rank for rank in range(len(run.started.models))]
    prices = [routing.usual_cost(run, model) for model in run.started.models]
    mean = sum(chance * price for chance, price in zip(reached, prices, strict=True)) / sum(reached)
    if len(here) < 2:
        return Tries(mean, SPREAD, success, tried)
    logs = [log(cost) for cost in here]
    middle = sum(logs) / len(logs)
    seen = sum((each - middle) ** 2 for each in logs) / (len(logs) - 1)
    spread = sqrt((SPREAD**2 * TRUST + seen * (len(logs) - 1)) / (TRUST + len(logs) - 1))
    return Tries(mean, spread, success, tried)


def _thinkable(run: Run) -> tuple[int, int]:
    """Return how many tasks a model is owed to now, and how many a technique looks at first."""
    choices = [routing.choose(run, task) for task in policy.eligible(run)]
    thought = sum(choice is not None and choice.brain == "conversational" for choice in choices)
    return thought, sum(choice == routing.CLASSICAL for choice in choices)


def _tries_left(run: Run, thought: int, open_tasks: int, success: float) -> tuple[float, float]:
    """Return the mean and the variance of the number of tries that are still to come."""
    limit = run.started.budget.iterations
    if limit is not None:
        most = max(0, limit - run.iteration) * policy.TASKS_PER_ITERATION
        thought, open_tasks = min(thought, most), min(open_tasks, max(0, most - thought))
    ended = [spent for spent in run.spent.values() if spent.techniques]
    by_technique = run.landed - sum(lesson.landed for lesson in run.lessons.values())
    share = (len(ended) + 1.0) / (len(ended) + max(0, by_technique) + 1.5)
    longest = len(run.started.models) + 0.5
    each = (1.0 - (1.0 - success) ** longest) / success
    spread = each * max(0.0, each - 1.0) + 0.25
    mean_tasks = thought + share * open_tasks
    variance_tasks = share * (1.0 - share) * open_tasks
    return mean_tasks * each, mean_tasks * spread + variance_tasks * each**2
