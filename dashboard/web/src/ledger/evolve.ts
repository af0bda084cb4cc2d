/**
 * PURE: the fold behind the page, `board = tail.reduce(evolve, snapshot)`.
 * It equals the fold in Python: both are held to the files in tests/golden.
 */
import type { Board } from "./events.gen";
import type { Row } from "./row";
import { onAsked } from "./fold/asked";
import { onAttempt } from "./fold/attempt";
import { onCheckpoint } from "./fold/checkpoint";
import { onError } from "./fold/error";
import type { Of } from "./fold/of";
import { onDirector, onNotice, onOpened } from "./fold/project";
import { onRun } from "./fold/run";

/** The board of a project nothing has happened to. */
export const initial: Board = {
  position: 0,
  at: 0,
  project: null,
  version: "",
  sandbox: null,
  roles: [],
  run: null,
  attempts: [],
  iterations: [],
  checkpoints: [],
  head_checkpoint: "",
  head_commit: "",
  errors: [],
  notices: [],
  requests: [],
  rollback: null,
};

/** The board after one more event; a kind this page does not know yet only moves the position. */
export function evolve(board: Board, row: Row): Board {
  return told({ ...board, position: row.position, at: row.at }, row);
}

/** What the board does not show: it is read from the attempt's own stream. */
type Unshown = Of<
  | "BudgetExhausted"
  | "FactsGathered"
  | "PlanMade"
  | "AcceptanceWritten"
  | "OpinionGiven"
  | "CallFailed"
  | "ToolAsked"
  | "ToolVetoed"
  | "NudgeGiven"
  | "ConversationCondensed"
  | "MessageSent"
  | "ApprovalRequested"
  | "ApprovalGranted"
  | "ApprovalDenied"
  | "ApproveRequested"
  | "DenyRequested"
  | "TaskRequested"
  | "TaskTaken"
  | "TaskAnswered"
  | "ToolsOffered"
  | "ToolRequested"
  | "ToolAnswered"
  | "RoleRequested"
  | "RoleChanged"
  | "ContextSet"
  | "ContextDeleted"
  | "SessionDeleted"
  | "KeyCreated"
  | "KeyUsed"
  | "KeyRevoked"
  | "CallStarted"
  | "AttemptCosted"
  | "RunCosted"
  | "ToolFinished"
  | "ActionRecorded"
  | "MilestoneReached"
>;

function told(moved: Board, row: Row): Board {
  switch (row.kind) {
    case "ProjectOpened":
      return onOpened(moved, row);
    case "DirectorStarted":
      return onDirector(moved, row);
    case "NoticeRaised":
      return onNotice(moved, row);
    case "ErrorSeen":
      return onError(moved, row);
    case "RunStarted":
    case "TargetPrepared":
    case "BaselineMeasured":
    case "BranchMeasured":
    case "IterationStarted":
    case "IterationEnded":
    case "RunPaused":
    case "RunResumed":
    case "RunClosing":
    case "BranchDelivered":
    case "DeliveryFailed":
    case "RunEnded":
    case "CallFinished":
      return onRun(moved, row);
    case "AttemptScheduled":
    case "TechniqueTried":
    case "FindingsReported":
    case "PatchProposed":
    case "AttemptGaveUp":
    case "AttemptFailed":
    case "AttemptCancelled":
    case "PatchRebased":
    case "PatchMeasured":
    case "LandDecided":
    case "PatchRejected":
      return onAttempt(moved, row);
    case "PatchLanded":
    case "CheckpointCreated":
    case "RollbackDecided":
    case "RolledBack":
      return onCheckpoint(moved, row);
    case "RunRequested":
    case "StopRequested":
    case "PauseRequested":
    case "ResumeRequested":
    case "CheckpointRequested":
    case "RollbackRequested":
    case "RequestHonoured":
    case "RequestRefused":
      return onAsked(moved, row);
    default:
      row satisfies Unshown;
  }
  return moved;
}
