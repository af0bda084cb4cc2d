/** PURE: the board's requests, each with its answer. */
import { KEPT, type Board, type Request } from "../events.gen";
import type { Of } from "./of";

type Asked = Of<
  | "RunRequested"
  | "StopRequested"
  | "PauseRequested"
  | "ResumeRequested"
  | "CheckpointRequested"
  | "RollbackRequested"
  | "RequestHonoured"
  | "RequestRefused"
>;

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
      return ask(board, row, "rollback", row.checkpoint);
    case "RequestHonoured":
      return answer(board, row, "honoured", row.note ?? "");
    case "RequestRefused":
      return answer(board, row, "refused", row.why);
  }
}

function ask(board: Board, row: Exclude<Asked, Of<"RequestHonoured" | "RequestRefused">>, what: Request["what"], checkpoint = ""): Board {
  const { request: id, position, at } = row;
  const asked: Request = { id, position, at, what, by: row.by ?? "", checkpoint, state: "asked", answer: "", answered_at: null };
  return { ...board, requests: [...board.requests, asked].slice(-KEPT.REQUESTS_KEPT) };
}

function answer(board: Board, row: Of<"RequestHonoured" | "RequestRefused">, state: Request["state"], text: string): Board {
  const answered = { state, answer: text, answered_at: row.at };
  return { ...board, requests: board.requests.map((asked) => (asked.id === row.request ? { ...asked, ...answered } : asked)) };
}
