"""The board: what people see is a fold, equal in Python and on the page, and bounded."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from ledger.events import AnyEvent, AttemptId, ErrorSeen, Fingerprint
from ledger.projections.board import Board, evolve, initial
from ledger.projections.board_parts import ERRORS, ITERATIONS, QUARANTINED
from ledger.projections.board_thinking_parts import ANSWERED, BUDGETS_SPENT, COST_ROWS, PLAN_STEPS, ROLES_KEPT, TEXT
from tests import story, story_parts

GOLDEN = Path(__file__).parents[1] / "golden"


def _write() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_write", GOLDEN / "write.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fold(*chapters: list[story_parts.Told]) -> Board:
    """Return the board of the chapters, in order."""
    board = initial()
    for row in _write().recorded([told for chapter in chapters for told in chapter]):
        board = evolve(board, row)
    return board


def same(text: str) -> str:
    """Keep nothing: a blob's name is its text."""
    return text


@pytest.mark.parametrize("name", sorted(_write().files()))
def test_the_golden_files_are_what_the_fold_says_today(name: str) -> None:
    """The page's fold is held to these files: run `python -P tests/golden/write.py` after a change of the board."""
    assert (GOLDEN / name).read_text(encoding="utf-8") == _write().files()[name]


def test_the_story_tells_every_kind_of_event_but_those_named_here() -> None:
    """A new kind of event must be told, so that both folds meet it."""
    told = {type(one.event) for one in story.whole(same)}

    untold = {kind.__name__ for kind in AnyEvent.__args__ if kind not in told}

    assert untold == {"CheckpointRequested", "RunRequested", "DeliveryFailed"}


def test_the_board_does_not_grow_with_the_ledger() -> None:
    """Every list is cut at its limit."""
    board = fold(_write().long())

    assert len(board.errors) == ERRORS
    assert len(board.iterations) == ITERATIONS
    assert board.run is not None
    rows = (board.run.by_role, board.run.by_model, board.run.by_task)
    assert [len(kind) for kind in rows] == [COST_ROWS] * 3
    assert (len(board.run.plan), len(board.run.spent)) == (PLAN_STEPS, BUDGETS_SPENT)
    assert (len(board.roles), len(board.approvals)) == (ROLES_KEPT, ANSWERED + 5)
    assert len(board.run.quarantined) == QUARANTINED and max(len(one.said) for one in board.run.quarantined) == TEXT
    assert max(len(step.title) for step in board.run.plan) == TEXT
    assert len(msgspec.json.encode(board)) < 400_000


def test_a_landing_moves_the_gates_and_the_head() -> None:
    """What was measured on the patch is what the branch now has."""
    board = fold(story.opening(), story.first_iteration(same))

    assert board.run is not None
    assert [(gate.name, gate.before, gate.value, gate.met) for gate in board.run.gates] == [
        ("tests", 3.0, 2.0, False),
        ("coverage", 61.0, 61.5, False),
        ("lint", 23.0, 2.0, False),
    ]
    assert board.run.gates[2].trend == (23.0, 23.0, 2.0)
    assert (board.head_checkpoint, board.run.landed, board.run.rejected) == ("c2", 2, 1)
    assert [point.id for point in board.checkpoints if point.current] == ["c2"]


def test_a_rejected_patch_keeps_its_reasons_and_what_it_measured() -> None:
    """One can see why, and against what."""
    board = fold(story.opening(), story.first_iteration(same))

    rejected = next(attempt for attempt in board.attempts if attempt.state == "rejected")
    assert [reason.gate for reason in rejected.reasons] == ["tests", "lint"]
    assert rejected.base == {"tests": 2.0, "coverage": 61.5, "lint": 2.0}
    assert {value.gate: value.value for value in rejected.measured}["tests"] == 3.0


def test_a_rollback_marks_what_it_undid_and_a_rollback_of_it_brings_all_back() -> None:
    """Attempts, checkpoints and errors follow the branch."""
    landed = (story.opening(), story.first_iteration(same))
    back = story.rollback("q1", 0, 3, ("r1.i1.a1", "r1.i1.a2"))
    again = story.rollback("q2", 2, 4, (), ("r1.i1.a1", "r1.i1.a2"))

    undone, redone = fold(*landed, back), fold(*landed, back, again)

    assert [attempt.id for attempt in undone.attempts if attempt.undone] == ["r1.i1.a1", "r1.i1.a2"]
    assert {error.fingerprint: error.state for error in undone.errors}["E-parse"] == "undone"
    assert undone.run is not None
    assert [gate.value for gate in undone.run.gates] == [3.0, 61.0, 23.0]
    assert not any(attempt.undone for attempt in redone.attempts)
    assert {error.fingerprint: error.state for error in redone.errors}["E-parse"] == "solved"


def test_an_error_seen_again_after_it_was_solved_is_open_again() -> None:
    """A solved error that comes back is not hidden."""
    again = ErrorSeen(
        run=story_parts.RUN, fingerprint=Fingerprint("E-parse"), exception="IndexError", message="", test="t"
    )

    board = fold(story.opening(), story.first_iteration(same), story_parts.director(again))

    error = next(error for error in board.errors if error.fingerprint == "E-parse")
    assert (error.state, error.seen) == ("open", 2)
    assert [tried.attempt for tried in error.attempts] == [AttemptId("r1.i1.a1")]
