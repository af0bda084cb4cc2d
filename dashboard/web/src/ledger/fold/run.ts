/** PURE: the board's run and its iterations. */
import { KEPT, type Board, type Iteration, type Run } from "../events.gen";
import { clip } from "./clip";
import { NONE } from "./none";
import { gateOf, read, trends, valuesOf } from "./gates";
import type { Of } from "./of";
import { GOAL, reached, shares } from "./plan";

type RunRow = Of<
  | "RunStarted"
  | "TargetPrepared"
  | "BaselineMeasured"
  | "BranchMeasured"
  | "IterationStarted"
  | "IterationEnded"
  | "RunPaused"
  | "RunResumed"
  | "RunClosing"
  | "BranchDelivered"
  | "DeliveryFailed"
  | "FlakyTestQuarantined"
  | "RunCosted"
  | "RunEnded"
>;

/** What speaks of a run the board no longer shows changes nothing. */
export function onRun(board: Board, row: RunRow): Board {
  if (row.kind === "RunStarted") return { ...board, run: started(board, row), rollback: null };
  const { run } = board;
  if (run === null || row.run !== run.id) return board;
  switch (row.kind) {
    case "IterationStarted":
      return iterating(board, run, row);
    case "IterationEnded":
      return iterated(board, run, row);
    case "BranchMeasured":
      return reached({ ...board, run: { ...run, ...changed(run, row) } }, shares(row.readings));
    default:
      return { ...board, run: { ...run, ...changed(run, row) } };
  }
}

function changed(run: Run, row: Exclude<RunRow, Of<"RunStarted" | "IterationStarted" | "IterationEnded">>): Partial<Run> {
  switch (row.kind) {
    case "TargetPrepared": {
      const { python, source } = row;
      return { target: { python, source, packages: row.packages ?? 0, missing: row.missing ?? [] } };
    }
    case "BaselineMeasured": {
      const gates = read(run.gates, row.readings).map((gate) => ({ ...gate, before: gate.value }));
      return { gates, score: row.score, baseline_score: row.score };
    }
    case "BranchMeasured":
      return { gates: read(run.gates, row.readings), score: row.score };
    case "RunPaused":
      return { state: "paused" };
    case "RunResumed":
      return { state: "running" };
    case "RunClosing":
      return { state: "closing", why: row.why, left: row.left ?? [] };
    case "BranchDelivered":
      return { delivered: row.ref };
    case "DeliveryFailed":
      return { delivery_failed: row.why };
    case "FlakyTestQuarantined": {
      const flaky = { test: row.test, said: clip(row.said ?? ""), at: row.at };
      return { quarantined: [...run.quarantined, flaky].slice(-KEPT.QUARANTINED) };
    }
    case "RunCosted":
      return { cost: row.cost };
    case "RunEnded": {
      const { state, why, landed, rejected, left, cost, seconds } = row;
      return { state, why, landed, rejected, left, cost, seconds, ended_at: row.at, delivered: row.branch || run.delivered };
    }
  }
}

function started(board: Board, row: Of<"RunStarted">): Run {
  return {
    id: row.run,
    state: "running",
    started_at: row.at,
    commit: row.commit,
    branch: row.branch,
    budget: row.budget,
    parallel: row.parallel,
    gates: trends(row.gates.map(gateOf), board.checkpoints),
    why: "",
    ended_at: null,
    deliver: row.deliver ?? true,
    delivered: "",
    delivery_failed: "",
    target: null,
    iteration: 0,
    score: null,
    baseline_score: null,
    landed: 0,
    rejected: 0,
    left: [],
    cost: 0,
    seconds: null,
    goal: row.goal ?? "",
    models: row.models ?? [],
    costs: NONE,
    by_role: [],
    by_model: [],
    by_task: [],
    spent: [],
    forecast: null,
    quarantined: [],
    facts: "",
    plan: [],
  };
}

function iterating(board: Board, run: Run, row: Of<"IterationStarted">): Board {
  const iteration: Iteration = {
    run: row.run,
    number: row.iteration,
    tasks: row.tasks.map((task) => {
      const { id, title, kind, gate, role } = task;
      const [, step = ""] = gate === GOAL ? /^[^:]*:(.*)$/s.exec(id) ?? [] : [];
      return { id, title, kind, gate, role, fingerprint: task.fingerprint ?? "", step };
    }),
    why: row.why,
    started_at: row.at,
    before: valuesOf(run.gates),
    state: "working",
    ended_at: null,
    after: {},
    landed: 0,
    rejected: 0,
    score: null,
    cost: 0,
    tokens: 0,
    calls: 0,
  };
  const iterations = [...board.iterations, iteration].slice(-KEPT.ITERATIONS);
  return { ...board, iterations, run: { ...run, iteration: row.iteration } };
}

function iterated(board: Board, run: Run, row: Of<"IterationEnded">): Board {
  const { landed, rejected, score } = row;
  const end = { state: "ended", ended_at: row.at, after: valuesOf(run.gates), landed, rejected, score } as const;
  const iterations = board.iterations.map((iteration) =>
    iteration.run === row.run && iteration.number === row.iteration ? { ...iteration, ...end } : iteration,
  );
  return { ...board, iterations, run: { ...run, score } };
}
