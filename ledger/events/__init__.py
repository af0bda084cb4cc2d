"""The vocabulary: every fact Kaizen knows, one frozen model each.

PURE: no clock, no chance, no I/O. Times (seconds since the epoch), ids and seeds are handed in.
On the wire an event is a JSON object whose `kind` is its class name.
"""

from ledger.events.attempts import (
    AttemptCancelled,
    AttemptFailed,
    AttemptGaveUp,
    AttemptScheduled,
    CallFinished,
    CallStarted,
    FindingsReported,
    LandDecided,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRebased,
    PatchRejected,
    TechniqueTried,
    ToolFinished,
)
from ledger.events.checkpoints import (
    ActionRecorded,
    CheckpointCreated,
    MilestoneReached,
    RollbackDecided,
    RolledBack,
)
from ledger.events.requests import (
    CheckpointRequested,
    PauseRequested,
    RequestHonoured,
    RequestRefused,
    ResumeRequested,
    RollbackRequested,
    RunRequested,
    StopRequested,
)
from ledger.events.run import (
    BaselineMeasured,
    BranchDelivered,
    BranchMeasured,
    DeliveryFailed,
    DirectorStarted,
    ErrorSeen,
    IterationEnded,
    IterationStarted,
    NoticeRaised,
    ProjectOpened,
    RunClosing,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    TargetPrepared,
)
from ledger.events.values import (
    DIRECTOR,
    REQUESTS,
    AttemptId,
    Better,
    Budget,
    CheckpointId,
    Event,
    FileChange,
    Finding,
    Fingerprint,
    GateResult,
    GateSpec,
    Left,
    Level,
    Reading,
    Reason,
    RequestId,
    RoleCard,
    RunEnd,
    RunId,
    Task,
    TaskId,
    Value,
    attempt_stream,
)

AnyEvent = (
    ProjectOpened
    | DirectorStarted
    | NoticeRaised
    | RunStarted
    | TargetPrepared
    | BaselineMeasured
    | BranchMeasured
    | ErrorSeen
    | IterationStarted
    | IterationEnded
    | RunPaused
    | RunResumed
    | RunClosing
    | BranchDelivered
    | DeliveryFailed
    | RunEnded
    | AttemptScheduled
    | TechniqueTried
    | CallStarted
    | CallFinished
    | ToolFinished
    | FindingsReported
    | PatchProposed
    | AttemptGaveUp
    | AttemptFailed
    | AttemptCancelled
    | PatchRebased
    | PatchMeasured
    | LandDecided
    | PatchLanded
    | PatchRejected
    | CheckpointCreated
    | RollbackDecided
    | RolledBack
    | ActionRecorded
    | MilestoneReached
    | RunRequested
    | StopRequested
    | PauseRequested
    | ResumeRequested
    | CheckpointRequested
    | RollbackRequested
    | RequestHonoured
    | RequestRefused
)
"""Every event there is; a `match` over it ends in `assert_never`."""

__all__ = [
    "ActionRecorded",
    "AnyEvent",
    "AttemptCancelled",
    "AttemptFailed",
    "AttemptGaveUp",
    "AttemptId",
    "AttemptScheduled",
    "BaselineMeasured",
    "Better",
    "BranchDelivered",
    "BranchMeasured",
    "Budget",
    "CallFinished",
    "CallStarted",
    "CheckpointCreated",
    "CheckpointId",
    "CheckpointRequested",
    "DIRECTOR",
    "DeliveryFailed",
    "DirectorStarted",
    "ErrorSeen",
    "Event",
    "FileChange",
    "Finding",
    "FindingsReported",
    "Fingerprint",
    "GateResult",
    "GateSpec",
    "IterationEnded",
    "IterationStarted",
    "LandDecided",
    "Left",
    "Level",
    "MilestoneReached",
    "NoticeRaised",
    "PatchLanded",
    "PatchMeasured",
    "PatchProposed",
    "PatchRebased",
    "PatchRejected",
    "PauseRequested",
    "ProjectOpened",
    "REQUESTS",
    "Reading",
    "Reason",
    "RequestHonoured",
    "RequestId",
    "RequestRefused",
    "ResumeRequested",
    "RoleCard",
    "RollbackDecided",
    "RollbackRequested",
    "RolledBack",
    "RunClosing",
    "RunEnd",
    "RunEnded",
    "RunId",
    "RunPaused",
    "RunRequested",
    "RunResumed",
    "RunStarted",
    "StopRequested",
    "TargetPrepared",
    "Task",
    "TaskId",
    "TechniqueTried",
    "ToolFinished",
    "Value",
    "attempt_stream",
]
