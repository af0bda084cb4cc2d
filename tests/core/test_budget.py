"""Budgets are contracts: whatever the calls are and however many attempts make them, no limit is passed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from director.core.budget import (
    ROUNDING,
    Account,
    Belonging,
    Sum,
    abandoned,
    evolve,
    fold,
    hold,
    joined,
    of_attempt,
    refusal,
    release,
    total,
)
from ledger.events import (
    Allowance,
    AnyEvent,
    AttemptId,
    AttemptScheduled,
    Budget,
    CallFailed,
    CallFinished,
    CallStarted,
    RunId,
    TaskId,
)

ONE = AttemptId("r1.i1.a1")


def attempt(number: int) -> AttemptId:
    return AttemptId(f"r1.i1.a{number}")


def opened(attempts: int = 1) -> Account:
    account = Account()
    for number in range(1, attempts + 1):
        belonging = Belonging(1 + number % 2, ("coder", "debugger")[number % 2], f"task-{number % 3}")
        account = joined(account, attempt(number), belonging)
    return account


def started(key: str, tokens: int = 100, cost: float | None = 0.5) -> CallStarted:
    return CallStarted(attempt=ONE, key=key, model="m", worst_tokens=tokens, worst_cost=cost)


def scheduled() -> AttemptScheduled:
    return AttemptScheduled(
        run=RunId("r1"), iteration=1, attempt=ONE, task=TaskId("t"), role="coder", base="k0", seed=1
    )


AMOUNTS = st.tuples(st.integers(0, 400), st.floats(0, 0.4, allow_nan=False))
STEPS = st.lists(
    st.tuples(st.integers(1, 16), st.sampled_from(["ask", "answer", "crash"]), AMOUNTS, st.floats(0, 1)), max_size=80
)
LIMITS = st.builds(
    Budget,
    cost=st.none() | st.floats(0, 2),
    tokens=st.none() | st.integers(1, 3000),
    calls=st.none() | st.integers(1, 20),
    per_iteration=st.none() | st.builds(Allowance, cost=st.floats(0, 1)),
    per_role=st.none() | st.builds(Allowance, tokens=st.integers(1, 1500)),
    per_task=st.none() | st.builds(Allowance, calls=st.integers(1, 8)),
)


@settings(max_examples=150, deadline=None)
@given(STEPS, LIMITS)
def test_sixteen_attempts_at_once_never_pass_a_limit_whatever_their_calls_take(
    steps: list[tuple[int, str, tuple[int, float], float]], budget: Budget
) -> None:
    account = opened(16)
    for number, (who, what, (tokens, cost), share) in enumerate(steps):
        at_work = [place for place in account.held if place[0] == attempt(who)]
        if what == "ask" and refusal(account, budget, attempt(who), Sum(1, tokens, cost)) is None:
            account = hold(account, attempt(who), f"c{number}", Sum(1, tokens, cost))
        elif what == "answer" and at_work:
            worst = account.held[at_work[0]]
            took = Sum(1, int(worst.tokens * share), worst.cost * share)
            account = release(account, *at_work[0], took)
        elif what == "crash":
            account = abandoned(account)
        _within(account, budget)


def _within(account: Account, budget: Budget) -> None:
    whole = total(account)
    assert budget.cost is None or whole.cost <= budget.cost + ROUNDING
    assert budget.tokens is None or whole.tokens <= budget.tokens
    assert budget.calls is None or whole.calls <= budget.calls
    for iteration in (1, 2):
        part = total(account, lambda b, i=iteration: b.iteration == i)  # type: ignore[misc]
        assert budget.per_iteration is None or part.cost <= (budget.per_iteration.cost or 0.0) + ROUNDING
    for role in ("coder", "debugger"):
        part = total(account, lambda b, r=role: b.role == r)  # type: ignore[misc]
        assert budget.per_role is None or part.tokens <= (budget.per_role.tokens or 0)
    for task in ("task-0", "task-1", "task-2"):
        part = total(account, lambda b, t=task: b.task == t)  # type: ignore[misc]
        assert budget.per_task is None or part.calls <= (budget.per_task.calls or 0)


def test_what_a_call_did_not_take_can_be_spent_by_the_next() -> None:
    budget = Budget(cost=1.0)
    account = hold(opened(), ONE, "a", Sum(1, 10, 0.9))

    assert refusal(account, budget, ONE, Sum(1, 10, 0.9)) is not None

    account = release(account, ONE, "a", Sum(1, 10, 0.1))
    assert refusal(account, budget, ONE, Sum(1, 10, 0.9)) is None


def test_a_refusal_names_the_budget_that_is_too_small() -> None:
    budget = Budget(cost=9.0, per_task=Allowance(calls=1))
    account = release(hold(opened(), ONE, "a", Sum(1)), ONE, "a", Sum(1))

    no = refusal(account, budget, ONE, Sum(1, 10, 0.1))

    assert no is not None and (no.scope, no.what, no.limit, no.subject) == ("task", "calls", 1, "task-1")


def test_a_budget_of_zero_still_lets_a_free_model_be_asked() -> None:
    account = opened()

    assert refusal(account, Budget(cost=0.0), ONE, Sum(1, 1000, 0.0)) is None
    assert refusal(account, Budget(cost=0.0), ONE, Sum(1, 1000, 1e-5)) is not None


def test_a_call_begun_and_never_ended_counts_at_its_worst_also_when_it_is_asked_again() -> None:
    events: list[AnyEvent] = [scheduled(), started("a")]

    account = fold(Account(), events)
    again = fold(account, [started("a"), CallFinished(attempt=ONE, key="a", tokens_in=10, tokens_out=10, cost=0.1)])

    assert of_attempt(account, ONE) == Sum(1, 100, 0.5)
    assert of_attempt(again, ONE) == Sum(2, 120, 0.6)


def test_each_try_is_counted_for_what_it_took_and_no_reservation_is_left() -> None:
    fault = CallFailed(
        attempt=ONE, key="a", model="m", nth=1, fault="cut", why="cut", tokens=100, cost=0.5, retry_at=9.0
    )
    refused = CallFailed(attempt=ONE, key="a", model="m", nth=2, fault="rate_limited", why="slow", retry_at=9.0)
    done = CallFinished(attempt=ONE, key="a", tokens_in=30, tokens_out=10, cost=0.2)

    account = fold(Account(), [scheduled(), started("a"), fault, started("a"), refused, started("a"), done])

    assert account.held == {}
    assert of_attempt(account, ONE) == Sum(3, 140, 0.7)


def test_an_unknown_price_is_told_and_never_taken_for_a_price_of_nothing() -> None:
    done = CallFinished(attempt=ONE, key="a", tokens_in=30, tokens_out=10, cost=None)

    account = fold(Account(), [scheduled(), started("a", cost=None), done])

    assert of_attempt(account, ONE).unknown == 1


def test_an_answer_from_the_cache_is_no_call() -> None:
    kept = CallFinished(attempt=ONE, key="a", cost=0.0, source="cache")

    account = fold(Account(), [scheduled(), started("a", tokens=0, cost=0.0), kept])

    assert of_attempt(account, ONE) == Sum()


def test_an_event_of_something_else_changes_nothing() -> None:
    account = fold(Account(), [scheduled(), started("a")])

    assert evolve(account, AttemptScheduled(**{**_fields(scheduled()), "tries": 2})) == account


def _fields(event: AttemptScheduled) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}
