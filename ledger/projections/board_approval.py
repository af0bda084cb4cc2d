"""PURE: the board's approvals: calls that wait for a person, and the answers."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from ledger.events import ApprovalDenied, ApprovalGranted, ApprovalId, ApprovalRequested, AttemptId
from ledger.events.recorded import Recorded
from ledger.projections.board_attempt import find, put
from ledger.projections.board_parts import Board
from ledger.projections.board_thinking_parts import ANSWERED, APPROVALS, ApprovalCard, ApprovalState, clip

ApprovalEvent = ApprovalRequested | ApprovalGranted | ApprovalDenied
NOBODY = ApprovalId("")


def on_approval(board: Board, recorded: Recorded, event: ApprovalEvent) -> Board:
    """Keep a call that waits, or what a person made of it."""
    match event:
        case ApprovalRequested():
            return _stand(_kept(board, (*board.approvals, _asked(board, recorded, event))), event)
        case ApprovalGranted():
            board = _answered(board, recorded.at, event, "granted", event.by, "")
        case ApprovalDenied():
            board = _answered(board, recorded.at, event, "denied" if event.by else "expired", event.by, event.why)
        case _ as never:
            assert_never(never)
    return _goes_on(board, recorded.at, event.attempt, event.approval)


def _asked(board: Board, recorded: Recorded, event: ApprovalRequested) -> ApprovalCard:
    attempt = find(board, event.attempt)
    return ApprovalCard(
        id=event.approval,
        position=recorded.position,
        at=recorded.at,
        run=event.run,
        attempt=event.attempt,
        role=attempt.role if attempt else "",
        task=attempt.task if attempt else "",
        tool=event.tool,
        arguments=event.arguments,
        shown=clip(event.shown),
        risk=event.risk,
        digest=event.digest,
        tree=event.tree,
        expires=event.expires,
    )


def _stand(board: Board, event: ApprovalRequested) -> Board:
    attempt = find(board, event.attempt)
    if attempt is None or attempt.ended_at is not None:
        return board
    return put(board, replace(attempt, state="asked", approval=event.approval, changed_at=board.at))


def _answered(
    board: Board, at: float, event: ApprovalGranted | ApprovalDenied, state: ApprovalState, by: str, why: str
) -> Board:
    def told(card: ApprovalCard) -> ApprovalCard:
        if card.id != event.approval or card.state != "open":
            return card
        card = replace(card, state=state, by=by, why=clip(why), answered_at=at)
        if isinstance(event, ApprovalGranted):
            edited = event.arguments != card.arguments
            return replace(card, whole_run=event.whole_run, edited=edited)
        return card

    return _kept(board, tuple(told(card) for card in board.approvals))


def _kept(board: Board, approvals: tuple[ApprovalCard, ...]) -> Board:
    over = sum(card.state != "open" for card in approvals) - ANSWERED
    if over > 0:
        oldest = [card.id for card in approvals if card.state != "open"][:over]
        approvals = tuple(card for card in approvals if card.id not in oldest)
    return replace(board, approvals=approvals[-APPROVALS:])


def _goes_on(board: Board, at: float, attempt: AttemptId, approval: ApprovalId) -> Board:
    known = find(board, attempt)
    if known is None or known.approval != approval:
        return board
    state = "working" if known.state == "asked" else known.state
    return put(board, replace(known, state=state, approval=NOBODY, changed_at=at))
