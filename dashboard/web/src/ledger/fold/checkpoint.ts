/** PURE: the board's checkpoints: what landed, and going back. */
import { KEPT, type Attempt, type Board, type Checkpoint } from "../events.gen";
import { ended, find, put } from "./attempt";
import { takenBack } from "./error";
import { atValues, fromMeasured, trends } from "./gates";
import type { Of } from "./of";
import { implemented, rolledBack as planBack } from "./plan";

export function onCheckpoint(board: Board, row: Of<"PatchLanded" | "CheckpointCreated" | "RollbackDecided" | "RolledBack">): Board {
  switch (row.kind) {
    case "PatchLanded":
      return landed(board, row);
    case "CheckpointCreated":
      return created(board, row);
    case "RollbackDecided": {
      const { request, checkpoint, undone } = row;
      return { ...board, rollback: { request, checkpoint, undone, redone: row.redone ?? [] } };
    }
    case "RolledBack":
      return rolledBack(board, row);
  }
}

function landed(before: Board, row: Of<"PatchLanded">): Board {
  const attempt = find(before, row.attempt);
  let board = before;
  if (attempt) {
    const fixes = [...new Set([...attempt.fixes, ...(row.solved ?? [])])];
    const done = ended({ ...attempt, checkpoint: row.checkpoint, fixes }, row.at, "landed", "");
    board = implemented(put(board, done), done);
  }
  const { run } = board;
  if (run && attempt && attempt.run === run.id) {
    const gates = fromMeasured(run.gates, attempt.measured);
    board = { ...board, run: { ...run, gates, score: attempt.score ?? run.score, landed: run.landed + 1 } };
  }
  return head(board, landedPoint(board, row, attempt));
}

function landedPoint(board: Board, row: Of<"PatchLanded">, attempt: Attempt | undefined): Checkpoint {
  return {
    id: row.checkpoint,
    position: row.position,
    at: row.at,
    run: attempt?.run ?? board.run?.id ?? "",
    commit: row.commit,
    tree: row.tree,
    title: attempt?.title ?? "",
    score: attempt?.score ?? null,
    gates: Object.fromEntries((attempt?.measured ?? []).map((value) => [value.gate, value.value])),
    attempt: row.attempt,
    back_to: "",
    current: false,
    undone: false,
  };
}

function created(board: Board, row: Of<"CheckpointCreated">): Board {
  const known = pointOf(board, row.checkpoint);
  const { run, commit, tree, gates, score, title } = row;
  return head(board, {
    id: row.checkpoint,
    position: known?.position ?? row.position,
    at: known?.at ?? row.at,
    run,
    commit,
    tree,
    title,
    score,
    gates,
    attempt: known?.attempt ?? "",
    back_to: known?.back_to ?? "",
    current: false,
    undone: false,
  });
}

function rolledBack(before: Board, row: Of<"RolledBack">): Board {
  const target = pointOf(before, row.checkpoint);
  const { run, rollback } = before;
  let board = before;
  if (run && target) {
    board = { ...board, run: { ...run, gates: atValues(run.gates, target.gates), score: target.score ?? run.score } };
  }
  const undone = rollback?.undone ?? [];
  const redone = rollback?.redone ?? [];
  board = planBack(takenBack(marked(board, undone, redone), undone, redone), undone, redone);
  return {
    ...head(board, {
      id: row.created,
      position: row.position,
      at: row.at,
      run: run?.id ?? "",
      commit: row.commit,
      tree: row.tree,
      title: `Back to ${row.checkpoint}`,
      score: target?.score ?? null,
      gates: target?.gates ?? {},
      attempt: "",
      back_to: row.checkpoint,
      current: false,
      undone: false,
    }),
    rollback: null,
  };
}

function marked(board: Board, undone: readonly string[], redone: readonly string[]): Board {
  const gone = (attempt: string, was: boolean) => !redone.includes(attempt) && (undone.includes(attempt) || was);
  return {
    ...board,
    attempts: board.attempts.map((known) => ({ ...known, undone: gone(known.id, known.undone) })),
    checkpoints: board.checkpoints.map((known) => ({ ...known, undone: gone(known.attempt, known.undone) })),
  };
}

function pointOf(board: Board, id: string): Checkpoint | undefined {
  return board.checkpoints.find((known) => known.id === id);
}

function head(board: Board, point: Checkpoint): Board {
  const others = board.checkpoints.filter((known) => known.id !== point.id).map((known) => ({ ...known, current: false }));
  const checkpoints = [...others, { ...point, current: true }].slice(-KEPT.CHECKPOINTS);
  const run = board.run && { ...board.run, gates: trends(board.run.gates, checkpoints) };
  return { ...board, checkpoints, run, head_checkpoint: point.id, head_commit: point.commit };
}
