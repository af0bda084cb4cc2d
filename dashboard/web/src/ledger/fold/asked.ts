/** PURE: the board's requests, each with its answer. */
import { KEPT, type Board, type Request } from "../events.gen";
import { clip } from "./clip";
import type { Of } from "./of";

type Asked = Of<
  | "RunRequested"
  | "StopRequested"
  | "PauseRequested"
  | "ResumeRequested"
  | "CheckpointRequested"
  | "RollbackRequested"
  | "ApproveRequested"
  | "DenyRequested"
  | "TaskRequested"
  | "RoleRequested"
  | "TaskAnswered"
  | "ToolRequested"
  | "ToolAnswered"
  | "RequestHonoured"
  | "RequestRefused"
>;

type Answered = Of<"RequestHonoured" | "RequestRefused" | "TaskAnswered" | "ToolAnswered">;

export function onAsked(board: Board, row: Asked): Board {
  switch (row.kind) {
    case "RunRequested":
      return ask(board, row, "run");
    case "StopRequested":
      return ask(board, row, "stop");
    case "PauseRequested":
      return ask(board, row, "pause");
    case "ResumeRequested":
      return ask(board, row, "resume");
    case "CheckpointRequested":
      return ask(board, row, "checkpoint");
    case "RollbackRequested":
      return ask(board, row, "rollback", "", row.checkpoint);
    case "ApproveRequested":
      return ask(board, row, "approve", row.approval);
    case "DenyRequested":
      return ask(board, row, "deny", row.approval);
    case "TaskRequested":
      return ask(board, row, "task", `${row.role}: ${clip(row.text)}`);
    case "RoleRequested":
      return ask(board, row, "role", `${row.what} ${row.role}`);
    case "TaskAnswered":
      return answer(board, row, row.state === "done" ? "honoured" : "refused", clip(row.why ?? ""));
    case "ToolRequested":
      return ask(board, row, "tool", row.tool);
    case "ToolAnswered":
      return answer(board, row, row.success ? "honoured" : "refused", clip(row.summary ?? ""));
    case "RequestHonoured":
      return answer(board, row, "honoured", row.note ?? "");
    case "RequestRefused":
      return answer(board, row, "refused", row.why);
  }
}

function ask(board: Board, row: Exclude<Asked, Answered>, what: Request["what"], about = "", checkpoint = ""): Board {
  const { request: id, position, at } = row;
  const asked: Request = { id, position, at, what, by: row.by ?? "", checkpoint, about, state: "asked", answer: "", answered_at: null };
  return { ...board, requests: [...board.requests, asked].slice(-KEPT.REQUESTS_KEPT) };
}

function answer(board: Board, row: Answered, state: Request["state"], text: string): Board {
  const answered = { state, answer: text, answered_at: row.at };
  return { ...board, requests: board.requests.map((asked) => (asked.id === row.request ? { ...asked, ...answered } : asked)) };
}
