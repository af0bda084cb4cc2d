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
    AcceptanceWritten,
    ApprovalDenied,
    ApprovalId,
    AttemptCancelled,
    AttemptId,
    BudgetExhausted,
    CallFailed,
    CallFinished,
    CheckpointCreated,
    CheckpointId,
    DirectorStarted,
    ErrorSeen,
    FactsGathered,
    Fingerprint,
    FlakyTestQuarantined,
    IterationEnded,
    IterationStarted,
    NoticeRaised,
    OpinionGiven,
    PatchMeasured,
    PauseRequested,
    PlanMade,
    PlanStep,
    RequestId,
    RoleCard,
    RoleChanged,
    RunId,
    Task,
    TechniqueTried,
)
from ledger.events.recorded import Recorded
from ledger.projections.board import evolve, initial
from tests import story, story_parts, story_thinking_parts

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
    return told + thought() + odd_ends()


def thought() -> list[story_parts.Told]:
    """Return more thinking than the board keeps: texts, steps, models, budgets, roles and open questions."""
    text = "far too long 🙂 " * 40
    run, last, tasks = story_parts.RUN, AttemptId("r1.i105.a1"), range(60)
    steps = tuple(PlanStep(id=f"s{n}", title=text, acceptance=text, opinion=n % 2 == 0) for n in tasks)
    told = story_parts.director(
        DirectorStarted(
            version="2",
            sandbox="none",
            sandboxed=False,
            roles=tuple(RoleCard(name=f"role-{n}", charge=text, why_not=text) for n in tasks),
        ),
        FactsGathered(run=run, attempt=last, summary=text, facts=""),
        PlanMade(run=run, attempt=last, steps=steps),
        *(AcceptanceWritten(run=run, attempt=last, step=step.id, files=(), tests=(), why=text) for step in steps),
        *(OpinionGiven(run=run, attempt=last, step=step.id, satisfied=True, opinion=text, model="m") for step in steps),
        *(BudgetExhausted(run=run, scope="task", what="cost", limit=float(n)) for n in tasks),
        *(FlakyTestQuarantined(run=run, test=f"test_{n}", said=text, tree="t") for n in tasks),
    )
    for number in tasks:
        attempt = AttemptId(f"r1.i106.a{number}")
        told += story_parts.director(story_parts.scheduled(attempt, 106, 1000 + number, f"role-{number}", 0))
        told += story_parts.agent(
            attempt, CallFinished(attempt=attempt, key="k", model=f"model-{number}", tokens_in=number, cost=0.1)
        )
        told += story_parts.director(
            story_thinking_parts.wish(
                attempt, f"ap{number}", "run_command", {}, text, "network", lambda _: "b", run=run
            )
        )
        if number < 55:
            told += story_parts.director(AttemptCancelled(attempt=attempt, why=text * 5))
    return told


def odd_ends() -> list[story_parts.Told]:
    """Return events that speak of what the board does not know: a fold never refuses."""
    nobody = AttemptId("nobody")
    return story_parts.director(
        PatchMeasured(attempt=nobody, base="", tree="", readings=(), score=0.0),
        AttemptCancelled(attempt=nobody, why=""),
        CallFinished(attempt=nobody, key="k", cost=0.3),
        CallFailed(attempt=nobody, key="k", model="m", nth=1, fault="cut", why="", cost=None),
        ApprovalDenied(attempt=nobody, approval=ApprovalId("nothing"), digest=""),
        RoleChanged(role="nobody", state="stopped"),
        OpinionGiven(run=RunId("r9"), attempt=nobody, step="s", satisfied=True, opinion="", model=""),
        BudgetExhausted(run=RunId("r9"), scope="run", what="cost", limit=1.0),
        FlakyTestQuarantined(run=RunId("r9"), test="test_of_another_run"),
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
    for name, told, every in (
        ("story", story.whole(lambda text: f"blob-{len(text)}"), 10),
        ("long", long(), 10_000),
    ):
        rows = recorded(told)
        made[f"{name}.jsonl"] = "".join(msgspec.json.encode(as_json(row)).decode() + "\n" for row in rows)
        made[f"{name}.boards.json"] = msgspec.json.encode(boards(rows, every)).decode() + "\n"
    return made


if __name__ == "__main__":
    for name, text in files().items():
        (HERE / name).write_text(text, encoding="utf-8")
