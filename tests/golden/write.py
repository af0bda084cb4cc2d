"""Writes the golden ledgers and the boards they fold to: `python -P tests/golden/write.py` after a change of the board.

Both folds, in Python and in TypeScript, are held to these files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import msgspec

from ledger.codec import as_json
from ledger.events import (
    AttemptCancelled,
    AttemptId,
    CheckpointCreated,
    CheckpointId,
    ErrorSeen,
    Fingerprint,
    IterationEnded,
    IterationStarted,
    NoticeRaised,
    PatchMeasured,
    PauseRequested,
    RequestId,
    Task,
    TechniqueTried,
)
from ledger.events.recorded import Recorded
from ledger.projections.board import evolve, initial
from tests import story, story_parts

HERE = Path(__file__).parent


def recorded(told: Iterable[story_parts.Told]) -> list[Recorded]:
    """Return the story as a store would hold it, a second between two events."""
    versions: dict[str, int] = {}
    rows = []
    for position, one in enumerate(told, start=1):
        versions[one.stream] = versions.get(one.stream, 0) + 1
        rows.append(
            Recorded(
                position=position,
                stream=one.stream,
                version=versions[one.stream],
                at=story_parts.START + position,
                actor=one.actor,
                cause=0,
                event=one.event,
                link="",
            )
        )
    return rows


def lint_task(number: int) -> Task:
    """Return one of many tasks."""
    return story_parts.task(number, "lint", "lint", "coder", "lint")


def long() -> list[story_parts.Told]:
    """Return a ledger that goes beyond every limit of the board."""
    told = story.opening()
    numbers = count(1)
    for turn in range(1, 106):
        told += story_parts.director(
            IterationStarted(run=story_parts.RUN, iteration=turn, tasks=(lint_task(turn),), why="")
        )
        attempt = AttemptId(f"r1.i{turn}.a1")
        told += story_parts.director(story_parts.scheduled(attempt, turn, turn, "coder", 0))
        told += story_parts.agent(attempt, TechniqueTried(attempt=attempt, technique="ruff", answer="no"))
        told += story_parts.director(AttemptCancelled(attempt=attempt, why="enough"))
        told += story_parts.director(
            IterationEnded(run=story_parts.RUN, iteration=turn, landed=0, rejected=0, score=48.0)
        )
    for number in range(205):
        point = CheckpointId(f"c{number + 1}")
        told += story_parts.director(
            CheckpointCreated(
                run=story_parts.RUN,
                checkpoint=point,
                commit=str(next(numbers)),
                tree="",
                gates={"lint": 1.0},
                score=1.0,
                title="",
            )
        )
    for number in range(55):
        told += story_parts.director(
            ErrorSeen(run=story_parts.RUN, fingerprint=Fingerprint(f"E{number}"), exception="E", message="", test="t"),
            NoticeRaised(code="n", message=str(number)),
        )
    told += story_parts.asked(*(PauseRequested(request=RequestId(f"q{number}")) for number in range(25)))
    return told + odd_ends()


def odd_ends() -> list[story_parts.Told]:
    """Return events that speak of what the board does not know: a fold never refuses."""
    nobody = AttemptId("nobody")
    return story_parts.director(
        PatchMeasured(attempt=nobody, base="", tree="", readings=(), score=0.0),
        AttemptCancelled(attempt=nobody, why=""),
        *(told.event for told in story_parts.landing("nobody", 300, "", {}, 0.0)),
        *(told.event for told in story.rollback("unknown", 900, 901, ("nobody",))[1:]),
    )


def boards(rows: list[Recorded], every: int) -> dict[str, Any]:
    """Return the board at every so many positions and at the end."""
    board, kept = initial(), {}
    for row in rows:
        board = evolve(board, row)
        if row.position % every == 0 or row.position == len(rows):
            kept[str(row.position)] = msgspec.to_builtins(board)
    return kept


def files() -> dict[str, str]:
    """Return every golden file by name."""
    made = {}
    for name, told, every in (("story", story.whole(lambda text: f"blob-{len(text)}"), 10), ("long", long(), 10_000)):
        rows = recorded(told)
        made[f"{name}.jsonl"] = "".join(msgspec.json.encode(as_json(row)).decode() + "\n" for row in rows)
        made[f"{name}.boards.json"] = msgspec.json.encode(boards(rows, every)).decode() + "\n"
    return made


if __name__ == "__main__":
    for name, text in files().items():
        (HERE / name).write_text(text, encoding="utf-8")
