"""What the page says of patches beyond the board: where each of them stands."""

from __future__ import annotations

from dashboard.server.history import History
from ledger.events import AttemptCancelled, AttemptId, PatchProposed
from ledger.memory import MemoryStore

ATTEMPT = AttemptId("r1.i1.a1")


def test_a_patch_that_is_not_needed_any_more_is_cancelled_and_not_waited_for() -> None:
    store, history = MemoryStore(lambda: 0.0), History()
    proposed = PatchProposed(
        attempt=ATTEMPT, base="b", tree="t", patch="p", diff="d", title="mend f", technique="repair", files=()
    )
    store.append("director", [proposed, AttemptCancelled(attempt=ATTEMPT, why="its whole change has landed already")])

    for recorded in store.read():
        history.evolve(recorded)

    assert history.patches[ATTEMPT].state == "cancelled" and not history.working
