"""What an attempt may spend: the account of its run, kept in memory and rebuilt from the run's part of the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field

from agents.ports import BudgetSpent, Spend
from director.core.budget import (
    Account,
    Belonging,
    Sum,
    abandoned,
    fold,
    hold,
    joined,
    of_attempt,
    refusal,
    release,
    total,
)
from ledger.events import AttemptCosted, AttemptId, Budget, RunCosted, RunId
from ledger.store import Store

KINDS = ("AttemptScheduled", "CallStarted", "CallFinished", "CallFailed")
PAGE = 1000


@dataclass(slots=True)
class Book:
    """The account of one run. All its attempts share it, on one event loop: a reservation is one step."""

    run: RunId
    budget: Budget
    account: Account = field(default_factory=Account)

    def purse(self, attempt: AttemptId, belonging: Belonging) -> AttemptPurse:
        """Return the purse of an attempt."""
        self.account = joined(self.account, attempt, belonging)
        return AttemptPurse(self, attempt)

    def of_attempt(self, attempt: AttemptId) -> AttemptCosted:
        """Return what an attempt has spent so far, as a fact."""
        spent = of_attempt(self.account, attempt)
        return AttemptCosted(
            attempt=attempt,
            calls=spent.calls,
            tokens=spent.tokens,
            cost=spent.cost,
            unknown=spent.unknown,
            seconds=spent.seconds,
        )

    def of_run(self) -> RunCosted:
        """Return what the run has spent so far, as a fact."""
        spent = total(self.account)
        return RunCosted(run=self.run, calls=spent.calls, tokens=spent.tokens, cost=spent.cost, unknown=spent.unknown)


@dataclass(frozen=True, slots=True)
class AttemptPurse:
    """The adapter of the port Purse for one attempt."""

    book: Book
    attempt: AttemptId

    def reserve(self, key: str, worst: Spend) -> None:
        """Take the worst case of a call out of every budget it counts for; raise BudgetSpent and take nothing."""
        asked = _sum(worst)
        no = refusal(self.book.account, self.book.budget, self.attempt, asked)
        if no is not None:
            raise BudgetSpent(no.scope, no.what, no.limit, no.asked)
        self.book.account = hold(self.book.account, self.attempt, key, asked)

    def settle(self, key: str, spent: Spend) -> None:
        """Put what the call really took in place of its reservation."""
        self.book.account = release(self.book.account, self.attempt, key, _sum(spent))


def rebuilt(store: Store, run: RunId, budget: Budget) -> Book:
    """Return the book of a run from its part of the ledger; calls at work when it was left count at their worst."""
    account, after = Account(), _begin(store, run)
    while page := store.read(after=after, limit=PAGE, kinds=KINDS):
        ours = (r.event for r in page if str(getattr(r.event, "attempt", "")).startswith(f"{run}."))
        account, after = fold(account, ours), page[-1].position
    return Book(run, budget, abandoned(account))


def _begin(store: Store, run: RunId) -> int:
    after = 0
    while page := store.read(after=after, limit=PAGE, kinds=("RunStarted",)):
        for recorded in page:
            if getattr(recorded.event, "run", "") == run:
                return recorded.position
        after = page[-1].position
    return after


def _sum(spend: Spend) -> Sum:
    return Sum(1, spend.tokens, spend.cost or 0.0, int(spend.cost is None))
