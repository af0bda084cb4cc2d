/** PURE: the board's errors: where each stands, and what was tried against it. */
import { KEPT, type Attempt, type Board, type ErrorAttempt, type ErrorCard } from "../events.gen";
import type { Of } from "./of";

/** An error seen again after it was solved is open again. */
export function onError(board: Board, row: Of<"ErrorSeen">): Board {
  const known = board.errors.find((error) => error.fingerprint === row.fingerprint);
  const seen: ErrorCard = {
    fingerprint: row.fingerprint,
    exception: row.exception,
    message: row.message,
    test: row.test,
    path: row.path ?? "",
    line: row.line ?? 0,
    function: row.function ?? "",
    seen: (known?.seen ?? 0) + 1,
    first_at: known?.first_at ?? row.at,
    last_at: row.at,
    state: known === undefined || known.state === "solved" ? "open" : known.state,
    attempts: known?.attempts ?? [],
  };
  const others = board.errors.filter((error) => error.fingerprint !== row.fingerprint);
  return { ...board, errors: [...others, seen].slice(-KEPT.ERRORS) };
}

/** Where the attempt stands, noted on each error it fixes and on those it was once meant for. */
export function attempted(board: Board, attempt: Attempt): Board {
  const tried: ErrorAttempt = {
    attempt: attempt.id,
    technique: attempt.technique,
    title: attempt.title || attempt.task,
    state: attempt.state,
  };
  return { ...board, errors: board.errors.map((error) => noted(error, tried, attempt)) };
}

/** The errors whose fix a rollback took back, or brought again. */
export function takenBack(board: Board, undone: readonly string[], redone: readonly string[]): Board {
  const moved = (error: ErrorCard): ErrorCard => {
    const landed = error.attempts.filter((tried) => tried.state === "landed").map((tried) => tried.attempt);
    if (landed.some((attempt) => redone.includes(attempt))) return { ...error, state: "solved" };
    if (landed.some((attempt) => undone.includes(attempt))) return { ...error, state: "undone" };
    return error;
  };
  return { ...board, errors: board.errors.map(moved) };
}

function noted(error: ErrorCard, tried: ErrorAttempt, attempt: Attempt): ErrorCard {
  if (attempt.fixes.includes(error.fingerprint)) {
    return { ...error, attempts: withAttempt(error.attempts, tried), state: stateAfter(error.state, attempt.state) };
  }
  if (error.attempts.some((other) => other.attempt === attempt.id)) {
    return { ...error, attempts: withAttempt(error.attempts, tried) };
  }
  return error;
}

function withAttempt(attempts: readonly ErrorAttempt[], tried: ErrorAttempt): readonly ErrorAttempt[] {
  if (attempts.some((other) => other.attempt === tried.attempt)) {
    return attempts.map((other) => (other.attempt === tried.attempt ? tried : other));
  }
  return [...attempts, tried].slice(-KEPT.TRIED);
}

function stateAfter(state: ErrorCard["state"], attempt: Attempt["state"]): ErrorCard["state"] {
  if (attempt === "landed") return "solved";
  if (attempt === "rejected" && state === "open") return "rejected";
  return state;
}
