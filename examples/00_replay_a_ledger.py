"""Replay a ledger: every state it ever was in comes back from its events, and one changed figure is found.

python examples/00_replay_a_ledger.py [LEDGER.db]
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

from ledger.events import (
    BaselineMeasured,
    Budget,
    CheckpointCreated,
    CheckpointId,
    GateSpec,
    ProjectOpened,
    Reading,
    RunId,
    RunPaused,
    RunStarted,
)
from ledger.projections.board import evolve, initial
from ledger.sql import SqliteStore, verify

RUN = RunId("r1")
LINT = GateSpec(name="lint", better="lower", target=0, tolerance=0)


def write(file: Path) -> None:
    """Append a very short run."""
    store = SqliteStore.open(file)
    story = [
        ProjectOpened(project="1a2b", name="demo", repository="/home/you/demo"),
        RunStarted(
            run=RUN, at=0, commit="c0", tree="t0", branch="b", gates=(LINT,), budget=Budget(), seed=1, parallel=2
        ),
        BaselineMeasured(run=RUN, tree="t0", readings=(Reading(gate="lint", value=3),), score=25),
        CheckpointCreated(
            run=RUN, checkpoint=CheckpointId("c1"), commit="c0", tree="t0", gates={}, score=25, title="start"
        ),
        RunPaused(run=RUN),
    ]
    store.append("director", story, expected=0).result()
    store.close()


def replay(file: Path) -> None:
    """Fold the events one by one and say where the project stood after each."""
    store, board = SqliteStore.open(file), initial()
    while page := store.read(after=board.position):
        for recorded in page:
            board = evolve(board, recorded)
            run = f"{board.run.id} {board.run.state}, score {board.run.score}" if board.run else "no run yet"
            print(f"{recorded.position:>4}  {type(recorded.event).__name__:<20} {run}")
    store.close()


with tempfile.TemporaryDirectory() as folder:
    ledger = Path(folder) / "demo_ledger.db"
    if len(sys.argv) > 1:
        shutil.copy(sys.argv[1], ledger)
    else:
        write(ledger)
    replay(ledger)
    print("verify:", verify(ledger))
    with sqlite3.connect(ledger) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE event SET at = at + 1 WHERE position = 3")
    print("verify, after one second was changed:", verify(ledger))
