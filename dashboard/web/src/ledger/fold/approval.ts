/** PURE: the board's approvals: calls that wait for a person, and the answers. */
import { KEPT, type ApprovalCard, type Board } from "../events.gen";
import { find, put } from "./attempt";
import { clip } from "./clip";
import type { Of } from "./of";

export function onApproval(before: Board, row: Of<"ApprovalRequested" | "ApprovalGranted" | "ApprovalDenied">): Board {
  switch (row.kind) {
    case "ApprovalRequested":
      return stand(kept(before, [...before.approvals, asked(before, row)]), row);
    case "ApprovalGranted":
      return goesOn(answered(before, row, "granted"), row);
    case "ApprovalDenied":
      return goesOn(answered(before, row, row.by ? "denied" : "expired"), row);
  }
}

function asked(board: Board, row: Of<"ApprovalRequested">): ApprovalCard {
  const attempt = find(board, row.attempt);
  const { approval: id, position, at, run, tool, risk, digest, tree, expires } = row;
  return {
    id,
    position,
    at,
    run,
    attempt: row.attempt,
    role: attempt?.role ?? "",
    task: attempt?.task ?? "",
    tool,
    arguments: row.arguments,
    shown: clip(row.shown),
    risk,
    digest,
    tree,
    expires,
    state: "open",
    by: "",
    why: "",
    whole_run: false,
    edited: false,
    answered_at: null,
  };
}

function stand(board: Board, row: Of<"ApprovalRequested">): Board {
  const attempt = find(board, row.attempt);
  if (!attempt || attempt.ended_at !== null) return board;
  return put(board, { ...attempt, state: "asked", approval: row.approval, changed_at: row.at });
}

function answered(board: Board, row: Of<"ApprovalGranted" | "ApprovalDenied">, state: ApprovalCard["state"]): Board {
  const told = (card: ApprovalCard): ApprovalCard => {
    if (card.id !== row.approval || card.state !== "open") return card;
    const said = { ...card, state, by: row.by ?? "", answered_at: row.at };
    if (row.kind === "ApprovalDenied") return { ...said, why: clip(row.why ?? "") };
    return { ...said, whole_run: row.whole_run ?? false, edited: row.arguments !== card.arguments };
  };
  return kept(board, board.approvals.map(told));
}

function kept(board: Board, approvals: readonly ApprovalCard[]): Board {
  const closed = approvals.filter((card) => card.state !== "open");
  const oldest = new Set(closed.slice(0, Math.max(0, closed.length - KEPT.ANSWERED)).map((card) => card.id));
  return { ...board, approvals: approvals.filter((card) => !oldest.has(card.id)).slice(-KEPT.APPROVALS) };
}

function goesOn(board: Board, row: Of<"ApprovalGranted" | "ApprovalDenied">): Board {
  const attempt = find(board, row.attempt);
  if (!attempt || attempt.approval !== row.approval) return board;
  const state = attempt.state === "asked" ? "working" : attempt.state;
  return put(board, { ...attempt, state, approval: "", changed_at: row.at });
}
