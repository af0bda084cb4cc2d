"""PURE: the board's errors: where each stands, and what was tried against it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ledger.events import AttemptId, ErrorSeen
from ledger.projections.board_parts import ERRORS, TRIED, Attempt, Board, ErrorAttempt, ErrorCard, ErrorState


def on_error(board: Board, at: float, event: ErrorSeen) -> Board:
    """Count a sighting; an error seen again after it was solved is open again."""
    known = next((error for error in board.errors if error.fingerprint == event.fingerprint), None)
    seen = ErrorCard(
        fingerprint=event.fingerprint,
        exception=event.exception,
        message=event.message,
        test=event.test,
        path=event.path,
        line=event.line,
        function=event.function,
        seen=known.seen + 1 if known else 1,
        first_at=known.first_at if known else at,
        last_at=at,
        state="open" if known is None or known.state == "solved" else known.state,
        attempts=known.attempts if known else (),
    )
    others = tuple(error for error in board.errors if error.fingerprint != event.fingerprint)
    return replace(board, errors=(*others, seen)[-ERRORS:])


def attempted(board: Board, attempt: Attempt) -> Board:
    """Note where the attempt stands on each error it fixes, and on those it was once meant for."""
    tried = ErrorAttempt(
        attempt=attempt.id, technique=attempt.technique, title=attempt.title or attempt.task, state=attempt.state
    )
    return replace(board, errors=tuple(_noted(error, tried, attempt) for error in board.errors))


def taken_back(board: Board, undone: Iterable[AttemptId], redone: Iterable[AttemptId]) -> Board:
    """Mark the errors whose fix a rollback took back, or brought again."""
    gone, again = frozenset(undone), frozenset(redone)
    return replace(board, errors=tuple(_moved(error, gone, again) for error in board.errors))


def _moved(error: ErrorCard, gone: frozenset[AttemptId], again: frozenset[AttemptId]) -> ErrorCard:
    landed = [tried.attempt for tried in error.attempts if tried.state == "landed"]
    if any(attempt in again for attempt in landed):
        return replace(error, state="solved")
    if any(attempt in gone for attempt in landed):
        return replace(error, state="undone")
    return error


def _noted(error: ErrorCard, tried: ErrorAttempt, attempt: Attempt) -> ErrorCard:
    if error.fingerprint in attempt.fixes:
        state = _state_after(error.state, attempt.state)
        return replace(error, attempts=_with(error.attempts, tried), state=state)
    if any(other.attempt == attempt.id for other in error.attempts):
        return replace(error, attempts=_with(error.attempts, tried))
    return error


def _with(attempts: tuple[ErrorAttempt, ...], tried: ErrorAttempt) -> tuple[ErrorAttempt, ...]:
    if any(other.attempt == tried.attempt for other in attempts):
        return tuple(tried if other.attempt == tried.attempt else other for other in attempts)
    return (*attempts, tried)[-TRIED:]


def _state_after(state: ErrorState, attempt: str) -> ErrorState:
    if attempt == "landed":
        return "solved"
    if attempt == "rejected" and state == "open":
        return "rejected"
    return state
