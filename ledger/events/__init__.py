"""The vocabulary: every fact Kaizen knows, one frozen model each.

PURE: no clock, no chance, no I/O. Times (seconds since the epoch), ids and seeds are handed in.
On the wire an event is a JSON object whose `kind` is its class name.
"""

from ledger.events.approvals import (
    ApprovalDenied,
    ApprovalGranted,
    ApprovalRequested,
)
from ledger.events.attempts import (
    AttemptCancelled,
    AttemptCosted,
    AttemptFailed,
    AttemptGaveUp,
    AttemptScheduled,
    FindingsReported,
    LandDecided,
    PatchesDoubted,
    PatchLanded,
    PatchMeasured,
    PatchProposed,
    PatchRebased,
    PatchRejected,
    PatchStacked,
    TechniqueTried,
)
from ledger.events.checkpoints import (
    ActionRecorded,
    CheckpointCreated,
    MilestoneReached,
    RollbackDecided,
    RolledBack,
)
from ledger.events.conversation import (
    CallFailed,
    CallFinished,
    CallStarted,
    ConversationCondensed,
    MessageSent,
    NudgeGiven,
    ToolAsked,
    ToolFinished,
    ToolVetoed,
)
from ledger.events.goals import (
    AcceptanceWritten,
    FactsGathered,
    OpinionGiven,
    PlanMade,
)
from ledger.events.requests import (
    ApproveRequested,
    CheckpointRequested,
    ContextDeleted,
    ContextSet,
    DenyRequested,
    KeyCreated,
    KeyRevoked,
    KeyUsed,
    PauseRequested,
    RequestHonoured,
    RequestRefused,
    ResumeRequested,
    RoleChanged,
    RoleRequested,
    RollbackRequested,
    RunRequested,
    SessionDeleted,
    StopRequested,
    TaskAnswered,
    TaskRequested,
    TaskTaken,
    ToolAnswered,
    ToolRequested,
    ToolsOffered,
)
from ledger.events.run import (
    BaselineMeasured,
    BranchDelivered,
    BranchMeasured,
    BudgetExhausted,
    CostForecast,
    DeliveryFailed,
    DirectorStarted,
    ErrorSeen,
    FlakyTestQuarantined,
    IterationEnded,
    IterationStarted,
    NoticeRaised,
    ProjectOpened,
    RunClosing,
    RunCosted,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    TargetPrepared,
)
from ledger.events.values import (
    DIRECTOR,
    REQUESTS,
    Allowance,
    ApprovalId,
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
    LaidFile,
    Left,
    Level,
    PlanStep,
    Reading,
    Reason,
    RequestId,
    Risk,
    RoleCard,
    RunEnd,
    RunId,
    Task,
    TaskId,
    ToolCard,
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
    | FlakyTestQuarantined
    | IterationStarted
    | IterationEnded
    | BudgetExhausted
    | RunPaused
    | RunResumed
    | RunClosing
    | BranchDelivered
    | DeliveryFailed
    | CostForecast
    | RunCosted
    | RunEnded
    | FactsGathered
    | PlanMade
    | AcceptanceWritten
    | OpinionGiven
    | AttemptScheduled
    | TechniqueTried
    | FindingsReported
    | PatchProposed
    | AttemptGaveUp
    | AttemptFailed
    | AttemptCancelled
    | AttemptCosted
    | PatchRebased
    | PatchStacked
    | PatchMeasured
    | PatchesDoubted
    | LandDecided
    | PatchLanded
    | PatchRejected
    | CallStarted
    | CallFinished
    | CallFailed
    | ToolAsked
    | ToolVetoed
    | ToolFinished
    | NudgeGiven
    | ConversationCondensed
    | MessageSent
    | ApprovalRequested
    | ApprovalGranted
    | ApprovalDenied
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
    | ApproveRequested
    | DenyRequested
    | TaskRequested
    | TaskTaken
    | TaskAnswered
    | ToolsOffered
    | ToolRequested
    | ToolAnswered
    | RoleRequested
    | RoleChanged
    | ContextSet
    | ContextDeleted
    | SessionDeleted
    | KeyCreated
    | KeyUsed
    | KeyRevoked
    | RequestHonoured
    | RequestRefused
)
"""Every event there is; a `match` over it ends in `assert_never`."""

__all__ = [
    "AcceptanceWritten",
    "ActionRecorded",
    "Allowance",
    "AnyEvent",
    "ApprovalDenied",
    "ApprovalGranted",
    "ApprovalId",
    "ApprovalRequested",
    "ApproveRequested",
    "AttemptCancelled",
    "AttemptCosted",
    "AttemptFailed",
    "AttemptGaveUp",
    "AttemptId",
    "AttemptScheduled",
    "BaselineMeasured",
    "Better",
    "BranchDelivered",
    "BranchMeasured",
    "Budget",
    "BudgetExhausted",
    "CallFailed",
    "CallFinished",
    "CallStarted",
    "CheckpointCreated",
    "CheckpointId",
    "CheckpointRequested",
    "ContextDeleted",
    "ContextSet",
    "ConversationCondensed",
    "CostForecast",
    "DIRECTOR",
    "DeliveryFailed",
    "DenyRequested",
    "DirectorStarted",
    "ErrorSeen",
    "Event",
    "FactsGathered",
    "FileChange",
    "Finding",
    "FindingsReported",
    "Fingerprint",
    "FlakyTestQuarantined",
    "GateResult",
    "GateSpec",
    "IterationEnded",
    "IterationStarted",
    "KeyCreated",
    "KeyRevoked",
    "KeyUsed",
    "LaidFile",
    "LandDecided",
    "Left",
    "Level",
    "MessageSent",
    "MilestoneReached",
    "NoticeRaised",
    "NudgeGiven",
    "OpinionGiven",
    "PatchLanded",
    "PatchesDoubted",
    "PatchMeasured",
    "PatchProposed",
    "PatchRebased",
    "PatchRejected",
    "PatchStacked",
    "PauseRequested",
    "PlanMade",
    "PlanStep",
    "ProjectOpened",
    "REQUESTS",
    "Reading",
    "Reason",
    "RequestHonoured",
    "RequestId",
    "RequestRefused",
    "ResumeRequested",
    "Risk",
    "RoleCard",
    "RoleChanged",
    "RoleRequested",
    "RollbackDecided",
    "RollbackRequested",
    "RolledBack",
    "RunClosing",
    "RunCosted",
    "RunEnd",
    "RunEnded",
    "RunId",
    "RunPaused",
    "RunRequested",
    "RunResumed",
    "RunStarted",
    "SessionDeleted",
    "StopRequested",
    "TargetPrepared",
    "Task",
    "TaskAnswered",
    "TaskId",
    "TaskRequested",
    "TaskTaken",
    "TechniqueTried",
    "ToolAnswered",
    "ToolAsked",
    "ToolCard",
    "ToolFinished",
    "ToolRequested",
    "ToolVetoed",
    "ToolsOffered",
    "Value",
    "attempt_stream",
]
