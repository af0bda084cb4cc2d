/** PURE: the board's attempts: what each agent does, and what became of its patch. */
import { KEPT, WORKING, type ApprovalCard, type Attempt, type Board, type Tried } from "../events.gen";
import { clip } from "./clip";
import { attempted } from "./error";
import { NONE } from "./none";
import type { Of } from "./of";
import { shares } from "./plan";

type AttemptRow = Of<
  | "AttemptScheduled"
  | "TechniqueTried"
  | "FindingsReported"
  | "PatchProposed"
  | "AttemptGaveUp"
  | "AttemptFailed"
  | "AttemptCancelled"
  | "PatchRebased"
  | "PatchStacked"
  | "PatchMeasured"
  | "LandDecided"
  | "PatchRejected"
>;

export function onAttempt(board: Board, row: AttemptRow): Board {
  if (row.kind === "AttemptScheduled") return put(board, scheduled(board, row));
  const attempt = find(board, row.attempt);
  if (attempt === undefined) return board;
  const counted = row.kind === "PatchRejected" ? rejectedOnce(board, attempt) : board;
  return put(counted, moved(board, attempt, row));
}

export function find(board: Board, id: string): Attempt | undefined {
  return board.attempts.find((known) => known.id === id);
}

/** The board with the attempt as it stands now, without the oldest ended ones beyond the limit. */
export function put(board: Board, attempt: Attempt): Board {
  let attempts = find(board, attempt.id)
    ? board.attempts.map((known) => (known.id === attempt.id ? attempt : known))
    : [...board.attempts, attempt];
  const ended = attempts.filter((known) => !WORKING.has(known.state));
  if (ended.length > KEPT.ENDED_ATTEMPTS) {
    const oldest = new Set(ended.slice(0, ended.length - KEPT.ENDED_ATTEMPTS).map((known) => known.id));
    attempts = attempts.filter((known) => !oldest.has(known.id));
  }
  return attempted(WORKING.has(attempt.state) ? { ...board, attempts } : withdrawn({ ...board, attempts }, attempt.id), attempt);
}

/** Nothing is asked for an attempt that ended. */
function withdrawn(board: Board, attempt: string): Board {
  const over = (card: ApprovalCard) => card.attempt === attempt && card.state === "open";
  if (!board.approvals.some(over)) return board;
  return { ...board, approvals: board.approvals.map((card) => (over(card) ? { ...card, state: "withdrawn" } : card)) };
}

export function ended(attempt: Attempt, at: number, state: Attempt["state"], why: string): Attempt {
  return { ...attempt, state, changed_at: at, ended_at: at, why: clip(why, KEPT.NOTES) };
}

function moved(board: Board, attempt: Attempt, row: Exclude<AttemptRow, Of<"AttemptScheduled">>): Attempt {
  switch (row.kind) {
    case "TechniqueTried":
      return tried(attempt, row);
    case "PatchProposed":
      return proposed(attempt, row);
    case "PatchStacked":
      return row.alone ? attempt : { ...attempt, state: "measuring", changed_at: row.at };
    case "PatchRebased":
      return { ...attempt, state: "measuring", changed_at: row.at };
    case "PatchMeasured":
      return measured(board, attempt, row);
    case "LandDecided":
      return { ...attempt, state: "landing", changed_at: row.at, checkpoint: row.checkpoint };
    case "PatchRejected": {
      const why = row.reasons.map((reason) => reason.message).join("; ");
      return ended({ ...attempt, reasons: row.reasons }, row.at, "rejected", why);
    }
    case "FindingsReported":
      return ended({ ...attempt, findings: row.findings.length }, row.at, "reported", "");
    case "AttemptGaveUp":
      return ended({ ...attempt, spent: row.spent ?? "" }, row.at, "gave_up", row.why);
    case "AttemptFailed":
      return ended({ ...attempt, retry_at: row.retry_at ?? null }, row.at, "failed", row.why);
    case "AttemptCancelled":
      return ended(attempt, row.at, "cancelled", row.why);
  }
}

function scheduled(board: Board, row: Of<"AttemptScheduled">): Attempt {
  const task = [...board.iterations].reverse().flatMap((iteration) => iteration.tasks).find((known) => known.id === row.task);
  return {
    id: row.attempt,
    run: row.run,
    iteration: row.iteration,
    task_id: row.task,
    task: task?.title ?? row.task,
    kind: task?.kind ?? "",
    gate: task?.gate ?? "",
    role: row.role,
    tries: row.tries ?? 1,
    at: row.at,
    changed_at: row.at,
    state: "working",
    ended_at: null,
    title: "",
    technique: "",
    tried: [],
    files: [],
    diff: "",
    notes: "",
    fixes: task?.fingerprint ? [task.fingerprint] : [],
    reasons: [],
    why: "",
    retry_at: null,
    findings: 0,
    base: {},
    measured: [],
    score: null,
    checkpoint: "",
    undone: false,
    plan_step: task?.step ?? "",
    steps: {},
    brain: row.brain ?? "classical",
    model: row.model ?? "",
    costs: NONE,
    step: { number: 0, key: "", doing: "", name: "", at: 0, until: null },
    nudges: 0,
    approval: "",
    partial: false,
    spent: "",
  };
}

function tried(attempt: Attempt, row: Of<"TechniqueTried">): Attempt {
  const answer: Tried = { technique: row.technique, answer: row.answer, why: row.why ?? "", seconds: row.seconds ?? 0 };
  return { ...attempt, technique: row.technique, tried: [...attempt.tried, answer].slice(-KEPT.TRIED) };
}

function proposed(attempt: Attempt, row: Of<"PatchProposed">): Attempt {
  const { title, technique, files, diff, at } = row;
  const fixes = row.fixes?.length ? row.fixes : attempt.fixes;
  const end = { notes: clip(row.notes ?? "", KEPT.NOTES), fixes, partial: row.partial ?? false, spent: row.spent ?? "" };
  return { ...attempt, state: "proposed", changed_at: at, title, technique, files, diff, ...end };
}

function measured(board: Board, attempt: Attempt, row: Of<"PatchMeasured">): Attempt {
  const values = row.readings.map((reading) => ({
    gate: reading.gate,
    value: reading.value,
    detail: reading.detail ?? "",
    findings: (reading.findings?.length ?? 0) + (reading.more ?? 0),
  }));
  return { ...attempt, state: "measuring", changed_at: row.at, base: baseOf(board, row), measured: values, score: row.score, steps: shares(row.readings) };
}

/** What it is compared with: the branch, or the patch before it when several are confirmed together. */
function baseOf(board: Board, row: Of<"PatchMeasured">): Attempt["base"] {
  const together = row.together ?? [];
  const below = board.attempts.find((known) => known.id === together[together.indexOf(row.attempt) - 1]);
  if (below) return Object.fromEntries(below.measured.map((value) => [value.gate, value.value]));
  return [...board.checkpoints].reverse().find((point) => point.commit === row.base)?.gates ?? {};
}

function rejectedOnce(board: Board, attempt: Attempt): Board {
  const { run } = board;
  return run === null || run.id !== attempt.run ? board : { ...board, run: { ...run, rejected: run.rejected + 1 } };
}
