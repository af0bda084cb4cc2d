"""What the page knows of one project at one position: folds that go on together, kept so that no start begins anew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec

import dashboard.server
import knowledge_graph
import ledger
from dashboard.server.asked import Asked
from dashboard.server.history import History
from knowledge_graph.graph import ErrorGraph, Rows
from ledger.events.recorded import Recorded
from ledger.projections.board import Board, evolve, initial

PROJECTION = "page"
KEPT_EVERY = 5000
"""Events between two snapshots: what a start reads and folds at most."""


@dataclass(slots=True)
class Folds:
    """All folds of one project; those beside the board are kept in place."""

    board: Board = field(default_factory=initial)
    history: History = field(default_factory=History)
    asked: Asked = field(default_factory=Asked)
    errors: ErrorGraph = field(default_factory=ErrorGraph)
    kinds: dict[str, int] = field(default_factory=dict)
    """Events by kind."""

    def evolve(self, recorded: Recorded) -> None:
        """Take in one more event."""
        self.history.evolve(recorded)
        self.asked.evolve(recorded)
        self.errors.evolve(recorded)
        kind = type(recorded.event).__name__
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.board = evolve(self.board, recorded)

    def written(self) -> bytes:
        """Return everything as JSON, for `of` to go on from."""
        return msgspec.json.encode(_Written(self.board, self.history, self.asked, self.errors.rows, self.kinds))

    @classmethod
    def of(cls, written: bytes) -> Folds:
        """Return the folds that were written."""
        found = msgspec.json.decode(written, type=_Written)
        return cls(found.board, found.history, found.asked, ErrorGraph(found.errors), found.kinds)


class _Written(msgspec.Struct):
    board: Board
    history: History
    asked: Asked
    errors: Rows
    kinds: dict[str, int]


@cache
def revision() -> str:
    """Return a digest of the code that folds: what other code made of the events is not gone on from."""
    folders = sorted({folder for room in (ledger, knowledge_graph, dashboard.server) for folder in room.__path__})
    return _digest([file for folder in folders for file in sorted(Path(folder).rglob("*.py"))])


def _digest(files: Sequence[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()
