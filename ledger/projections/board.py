"""PURE: the board, one project as people see it: the fold that the page's snapshot and its live tail share.

The page folds the same events in TypeScript; `tests/golden` holds both to the same answers.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from ledger.events import (
    AcceptanceWritten,
    ActionRecorded,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalRequested,
    ApproveRequested,
    AttemptCancelled,
    AttemptCosted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptScheduled,
    BaselineMeasured,
    BranchDelivered,
    BranchMeasured,
    BudgetExhausted,
    CallFailed,
    CallFinished,
    CallStarted,
    CheckpointCreated,
    CheckpointRequested,
    ContextDeleted,
    ContextSet,
    ConversationCondensed,
    CostForecast,
    DeliveryFailed,
    DenyRequested,
    DirectorStarted,
    ErrorSeen,
    FactsGathered,
    FindingsReported,
    FlakyTestQuarantined,
    IterationEnded,
    IterationStarted,
    KeyCreated,
    KeyRevoked,
    KeyUsed,
    LandDecided,
    MessageSent,
    MilestoneReached,
    NoticeRaised,
    NudgeGiven,
    OpinionGiven,
    PatchesDoubted,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRebased,
    PatchRejected,
    PatchStacked,
    PauseRequested,
    PlanMade,
    ProjectOpened,
    RequestHonoured,
    RequestRefused,
    ResumeRequested,
    RoleChanged,
    RoleRequested,
    RollbackDecided,
    RollbackRequested,
    RolledBack,
    RunClosing,
    RunCosted,
    RunEnded,
    RunPaused,
    RunRequested,
    RunResumed,
    RunStarted,
    SessionDeleted,
    StopRequested,
    TargetPrepared,
    TaskAnswered,
    TaskRequested,
    TaskTaken,
    TechniqueTried,
    ToolAnswered,
    ToolAsked,
    ToolFinished,
    ToolRequested,
    ToolsOffered,
    ToolVetoed,
)
from ledger.events.recorded import Recorded
from ledger.projections.board_approval import on_approval
from ledger.projections.board_asked import on_asked, on_director, on_notice, on_opened, on_role
from ledger.projections.board_attempt import on_attempt
from ledger.projections.board_checkpoint import on_checkpoint
from ledger.projections.board_costs import on_money, on_thought
from ledger.projections.board_error import on_error
from ledger.projections.board_goal import on_goal
from ledger.projections.board_parts import Board
from ledger.projections.board_run import on_run

__all__ = ["Board", "evolve", "initial"]


def initial() -> Board:
    """Return the board of a project nothing has happened to."""
    return Board()


Unshown = (
    ActionRecorded
    | MilestoneReached
    | MessageSent
    | PatchesDoubted
    | AttemptCosted
    | TaskTaken
    | ToolsOffered
    | ContextSet
    | ContextDeleted
    | SessionDeleted
    | KeyCreated
    | KeyUsed
    | KeyRevoked
)
"""What the board does not show."""


def evolve(board: Board, recorded: Recorded) -> Board:
    """Return the board after one more event; the past is never refused.

    Where an event has a time of its own (`RunStarted.at`), that one counts, as in the rows the page is sent.
    """
    at: float = getattr(recorded.event, "at", recorded.at)
    moved = replace(board, position=recorded.position, at=at)
    if isinstance(recorded.event, Unshown):
        return moved
    match recorded.event:
        case ProjectOpened() as event:
            return on_opened(moved, event)
        case DirectorStarted() as event:
            return on_director(moved, event)
        case NoticeRaised() as event:
            return on_notice(moved, recorded, event)
        case ErrorSeen() as event:
            return on_error(moved, at, event)
        case (
            RunStarted() | TargetPrepared() | BaselineMeasured() | BranchMeasured() | IterationStarted()
            | IterationEnded() | RunPaused() | RunResumed() | RunClosing() | BranchDelivered() | DeliveryFailed()
            | FlakyTestQuarantined() | RunCosted() | RunEnded()
        ) as event:  # fmt: skip
            return on_run(moved, at, event)
        case (
            AttemptScheduled() | TechniqueTried() | FindingsReported() | PatchProposed() | AttemptGaveUp()
            | AttemptFailed() | AttemptCancelled() | PatchRebased() | PatchStacked() | PatchMeasured()
            | LandDecided() | PatchRejected()
        ) as event:  # fmt: skip
            return on_attempt(moved, at, event)
        case (PatchLanded() | CheckpointCreated() | RollbackDecided() | RolledBack()) as event:
            return on_checkpoint(moved, recorded, event)
        case (
            CallStarted() | CallFinished() | CallFailed() | ToolAsked() | ToolVetoed() | ToolFinished() | NudgeGiven()
            | ConversationCondensed()
        ) as event:  # fmt: skip
            return on_thought(moved, at, event)
        case (BudgetExhausted() | CostForecast()) as event:
            return on_money(moved, at, event)
        case (FactsGathered() | PlanMade() | AcceptanceWritten() | OpinionGiven()) as event:
            return on_goal(moved, at, event)
        case (ApprovalRequested() | ApprovalGranted() | ApprovalDenied()) as event:
            return on_approval(moved, recorded, event)
        case RoleChanged() as event:
            return on_role(moved, event)
        case (
            RunRequested() | StopRequested() | PauseRequested() | ResumeRequested() | CheckpointRequested()
            | RollbackRequested() | ApproveRequested() | DenyRequested() | TaskRequested() | RoleRequested()
            | TaskAnswered() | ToolRequested() | ToolAnswered() | RequestHonoured() | RequestRefused()
        ) as event:  # fmt: skip
            return on_asked(moved, recorded, event)
        case _ as never:
            assert_never(never)
