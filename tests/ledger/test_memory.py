"""The store in memory keeps every promise of a store."""

from __future__ import annotations

from ledger.memory import MemoryStore
from tests.contracts.store import StoreContract, action


class TestMemoryStore(StoreContract):
    """The contract, on the fixture `store` of every test."""

    def test_equal_appends_give_equal_chains(self, store: MemoryStore, clock: object) -> None:
        other = MemoryStore(clock)  # type: ignore[arg-type]
        for one in (store, other):
            one.append("director", [action()]).result()

        assert store.head() == other.head()
