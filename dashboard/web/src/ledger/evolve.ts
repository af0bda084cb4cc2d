/**
 * PURE: the fold behind the page, `board = tail.reduce(evolve, snapshot)`.
 * It equals the fold in Python: both are held to the files in tests/golden.
 */
import type { Board } from "./events.gen";
import type { Row } from "./row";
import { onApproval } from "./fold/approval";
import { onAsked } from "./fold/asked";
import { onAttempt } from "./fold/attempt";
import { onCheckpoint } from "./fold/checkpoint";
import { onMoney, onThought } from "./fold/costs";
import { onError } from "./fold/error";
import { onGoal } from "./fold/goal";
import type { Of } from "./fold/of";
import { onDirector, onNotice, onOpened, onRole } from "./fold/project";
import { onRun } from "./fold/run";

/** The board of a project nothing has happened to. */
export const initial: Board = {
  position: 0,
  at: 0,
  project: null,
  version: "",
  sandbox: null,
  roles: [],
  role_states: {},
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
  approvals: [],
};

/** The board after one more event; a kind this page does not know yet only moves the position. */
export function evolve(board: Board, row: Row): Board {
  return told({ ...board, position: row.position, at: row.at }, row);
}

/** What the board does not show. */
type Unshown = Of<
  | "ActionRecorded"
  | "MilestoneReached"
  | "MessageSent"
  | "AttemptCosted"
  | "TaskTaken"
  | "ToolsOffered"
  | "ContextSet"
  | "ContextDeleted"
  | "PatchesDoubted"
  | "SessionDeleted"
  | "KeyCreated"
  | "KeyUsed"
  | "KeyRevoked"
>;

/** What is told of agents that think. */
type Thought =
  | Unshown
  | Of<
      | "CallStarted"
      | "CallFinished"
      | "CallFailed"
      | "ToolAsked"
      | "ToolVetoed"
      | "ToolFinished"
      | "NudgeGiven"
      | "ConversationCondensed"
      | "BudgetExhausted"
      | "CostForecast"
      | "FactsGathered"
      | "PlanMade"
      | "AcceptanceWritten"
      | "OpinionGiven"
      | "ApprovalRequested"
      | "ApprovalGranted"
      | "ApprovalDenied"
      | "RoleChanged"
      | "TaskAnswered"
      | "ToolRequested"
      | "ToolAnswered"
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
    case "FlakyTestQuarantined":
    case "RunCosted":
    case "RunEnded":
      return onRun(moved, row);
    case "AttemptScheduled":
    case "TechniqueTried":
    case "FindingsReported":
    case "PatchProposed":
    case "AttemptGaveUp":
    case "AttemptFailed":
    case "AttemptCancelled":
    case "PatchRebased":
    case "PatchStacked":
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
    case "ApproveRequested":
    case "DenyRequested":
    case "TaskRequested":
    case "RoleRequested":
    case "RequestHonoured":
    case "RequestRefused":
      return onAsked(moved, row);
    default:
      return thought(moved, row);
  }
}

function thought(moved: Board, row: Thought): Board {
  switch (row.kind) {
    case "CallStarted":
    case "CallFinished":
    case "CallFailed":
    case "ToolAsked":
    case "ToolVetoed":
    case "ToolFinished":
    case "NudgeGiven":
    case "ConversationCondensed":
      return onThought(moved, row);
    case "BudgetExhausted":
    case "CostForecast":
      return onMoney(moved, row);
    case "FactsGathered":
    case "PlanMade":
    case "AcceptanceWritten":
    case "OpinionGiven":
      return onGoal(moved, row);
    case "ApprovalRequested":
    case "ApprovalGranted":
    case "ApprovalDenied":
      return onApproval(moved, row);
    case "RoleChanged":
      return onRole(moved, row);
    case "TaskAnswered":
    case "ToolRequested":
    case "ToolAnswered":
      return onAsked(moved, row);
    default:
      row satisfies Unshown;
  }
  return moved;
}
