"""Keeps the error graph: catches up from a store, then follows it."""

from __future__ import annotations

import threading

from knowledge_graph.graph import KINDS, ErrorGraph
from ledger.store import Store

PAGE = 1000
"""Events read at once."""


class Projector:
    """One project's error graph and how far it has read."""

    def __init__(self) -> None:
        self.graph = ErrorGraph()
        self.bookmark = 0
        """Position up to which the ledger is folded."""
        self._lineage = ""
        # Guards the graph: attempts that begin at once catch up in threads, while others ask it.
        self.lock = threading.RLock()

    def catch_up(self, store: Store) -> int:
        """Fold what is new and return how many events that were; begin anew when the ledger has another lineage."""
        with self.lock:
            return self._catch_up(store)

    def _catch_up(self, store: Store) -> int:
        head = store.head()
        if head.lineage != self._lineage:
            self.graph, self.bookmark, self._lineage = ErrorGraph(), 0, head.lineage
        folded = 0
        while page := store.read(after=self.bookmark, limit=PAGE, kinds=KINDS):
            for recorded in page:
                self.graph.evolve(recorded)
            self.bookmark = page[-1].position
            folded += len(page)
        # Everything up to the head read first was seen, though its last events may be of other kinds.
        self.bookmark = max(self.bookmark, head.position)
        return folded
