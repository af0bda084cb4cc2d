"""PURE: what models may cost. The worst case of a call is held before it, what it really took is kept after it.

Sums are folded from `CallStarted`, `CallFinished` and `CallFailed`: a call that was begun and never ended counts at
its worst, whatever was restarted in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from math import fsum
from typing import NamedTuple

from ledger.events import (
    Allowance,
    AnyEvent,
    AttemptId,
    AttemptScheduled,
    Budget,
    CallFailed,
    CallFinished,
    CallStarted,
)

ROUNDING = 1e-9
"""USD that sums of floating numbers may be off by."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What was spent, or is held."""

    calls: int = 0
    tokens: int = 0
    cost: float = 0.0
    """USD, as far as prices are known."""
    unknown: int = 0
    """Calls whose price is unknown."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Belonging:
    """Which budgets an attempt counts for, beside the run's."""

    iteration: int
    role: str
    task: str


class Limit(NamedTuple):
    """One budget, and which attempts count for it."""

    scope: str
    subject: str
    allowance: Allowance
    counts: Callable[[Belonging], bool]


class Refusal(NamedTuple):
    """The budget a call does not fit into."""

    scope: str
    subject: str
    what: str
    limit: float
    asked: float


@dataclass(frozen=True, slots=True)
class Account:
    """One run's money: what was spent and what is held, by attempt."""

    belongs: dict[AttemptId, Belonging] = field(default_factory=dict)
    spent: dict[AttemptId, Sum] = field(default_factory=dict)
    held: dict[tuple[AttemptId, str], Sum] = field(default_factory=dict)
    """The worst case of each call at work."""


def joined(account: Account, attempt: AttemptId, belonging: Belonging) -> Account:
    """Return the account with an attempt that may spend from now on."""
    return replace(account, belongs={**account.belongs, attempt: belonging})


def refusal(account: Account, budget: Budget, attempt: AttemptId, worst: Sum) -> Refusal | None:
    """Return the first budget the worst case does not fit into; None when it fits into all of them."""
    for limit in _limits(budget, account.belongs[attempt]):
        taken = total(account, limit.counts)
        for what, most, already, more in _compared(limit.allowance, taken, worst):
            if already + more > most + ROUNDING:
                return Refusal(limit.scope, limit.subject, what, most, more)
        minutes = limit.allowance.minutes
        if minutes is not None and taken.seconds >= 60 * minutes:
            return Refusal(limit.scope, limit.subject, "minutes", minutes, 0.0)
    return None


def hold(account: Account, attempt: AttemptId, key: str, worst: Sum) -> Account:
    """Return the account with a call's worst case held; a call of this key that never ended was spent at its worst."""
    account = _abandon(account, attempt, key)
    return replace(account, held={**account.held, (attempt, key): worst})


def release(account: Account, attempt: AttemptId, key: str, took: Sum) -> Account:
    """Return the account with what a call really took in place of what was held for it."""
    held = {place: worst for place, worst in account.held.items() if place != (attempt, key)}
    return _spend(replace(account, held=held), attempt, took)


def abandoned(account: Account) -> Account:
    """Return the account of a run that begins anew: every call at work is lost and counts at its worst."""
    return reduce(lambda kept, place: _abandon(kept, *place), account.held, account)


def of_attempt(account: Account, attempt: AttemptId) -> Sum:
    """Return what an attempt has spent; what is still held for it counts at its worst."""
    held = (worst for (whose, _), worst in account.held.items() if whose == attempt)
    return total_of([account.spent.get(attempt, Sum()), *held])


def total(account: Account, counts: Callable[[Belonging], bool] = lambda _: True) -> Sum:
    """Return what the attempts that count have spent and hold."""
    mine = {attempt for attempt, belonging in account.belongs.items() if counts(belonging)}
    spent = (each for attempt, each in account.spent.items() if attempt in mine)
    held = (worst for (attempt, _), worst in account.held.items() if attempt in mine)
    return total_of([*spent, *held])


def evolve(account: Account, event: AnyEvent) -> Account:
    """Return the account after one event of the run or of its attempts."""
    match event:
        case AttemptScheduled():
            return joined(account, event.attempt, Belonging(event.iteration, event.role, event.task))
        case CallStarted():
            unknown = int(event.worst_cost is None)
            worst = Sum(1, event.worst_tokens, event.worst_cost or 0.0, unknown)
            return hold(account, event.attempt, event.key, worst)
        case CallFinished():
            asked = int(event.source != "cache")
            unknown = int(event.cost is None and asked)
            tokens = event.tokens_in + event.tokens_out
            took = Sum(asked, tokens, event.cost or 0.0, unknown, event.seconds)
            return release(account, event.attempt, event.key, took)
        case CallFailed():  # each try is a call: the next one begins with a `CallStarted` of its own
            took = Sum(1, event.tokens, event.cost or 0.0, int(event.cost is None))
            return release(account, event.attempt, event.key, took)
    return account


def fold(account: Account, events: Iterable[AnyEvent]) -> Account:
    """Return the account after the events."""
    return reduce(evolve, events, account)


def _limits(budget: Budget, mine: Belonging) -> Iterator[Limit]:
    whole = Allowance(cost=budget.cost, tokens=budget.tokens, calls=budget.calls)
    yield Limit("run", "", whole, lambda _: True)
    if budget.per_iteration is not None:
        yield Limit(
            "iteration", str(mine.iteration), budget.per_iteration, lambda other: other.iteration == mine.iteration
        )
    if budget.per_role is not None:
        yield Limit("role", mine.role, budget.per_role, lambda other: other.role == mine.role)
    if budget.per_task is not None:
        yield Limit("task", mine.task, budget.per_task, lambda other: other.task == mine.task)


def _compared(allowance: Allowance, taken: Sum, worst: Sum) -> Iterator[tuple[str, float, float, float]]:
    """Yield what, the limit, what is taken of it already, and what is asked for, where there is a limit."""
    if allowance.cost is not None:
        yield "cost", allowance.cost, taken.cost, worst.cost
    if allowance.tokens is not None:
        yield "tokens", allowance.tokens, taken.tokens, worst.tokens
    if allowance.calls is not None:
        yield "calls", allowance.calls, taken.calls, worst.calls


def _abandon(account: Account, attempt: AttemptId, key: str) -> Account:
    worst = account.held.get((attempt, key))
    return account if worst is None else release(account, attempt, key, worst)


def _spend(account: Account, attempt: AttemptId, took: Sum) -> Account:
    before = account.spent.get(attempt, Sum())
    return replace(account, spent={**account.spent, attempt: total_of([before, took])})


def total_of(parts: Iterable[Sum]) -> Sum:
    """Return parts together."""
    each = list(parts)
    return Sum(
        calls=sum(part.calls for part in each),
        tokens=sum(part.tokens for part in each),
        cost=fsum(part.cost for part in each),
        unknown=sum(part.unknown for part in each),
        seconds=fsum(part.seconds for part in each),
    )
