/** PURE: the board's costs: what calls to models took, in all and by role, model, task and iteration. */
import { KEPT, type Attempt, type Board, type CostRow, type Costs, type Step } from "../events.gen";
import { find, put } from "./attempt";
import { NONE } from "./none";
import type { Of } from "./of";

type Thought = Of<
  | "CallStarted"
  | "CallFinished"
  | "CallFailed"
  | "ToolAsked"
  | "ToolVetoed"
  | "ToolFinished"
  | "NudgeGiven"
  | "ConversationCondensed"
>;
type Rows = readonly CostRow[];

/** Count what a call took, and say what its attempt came to. */
export function onThought(before: Board, row: Thought): Board {
  const attempt = find(before, row.attempt);
  const costs = took(row);
  const model = row.kind === "CallFinished" || row.kind === "CallFailed" ? (row.model ?? "") : "";
  const board = costs ? spend(before, attempt, costs, model) : before;
  if (attempt === undefined) return board;
  return put(board, {
    ...attempt,
    costs: costs ? plus(attempt.costs, costs) : attempt.costs,
    nudges: attempt.nudges + (row.kind === "NudgeGiven" ? 1 : 0),
    step: stepOf(attempt.step, row),
  });
}

/** A budget that does not hold another call, or what is still to be spent. */
export function onMoney(board: Board, row: Of<"BudgetExhausted" | "CostForecast">): Board {
  const { run } = board;
  if (run === null || run.id !== row.run) return board;
  if (row.kind === "CostForecast") {
    const { at, spent, low, likely, high } = row;
    return { ...board, run: { ...run, forecast: { at, spent, low, likely, high } } };
  }
  const { at, scope, what, limit } = row;
  const spent = { at, scope, subject: row.subject ?? "", what, limit };
  return { ...board, run: { ...run, spent: [...run.spent, spent].slice(-KEPT.BUDGETS_SPENT) } };
}

function plus(one: Costs, other: Costs): Costs {
  return {
    calls: one.calls + other.calls,
    replayed: one.replayed + other.replayed,
    failed: one.failed + other.failed,
    tokens_in: one.tokens_in + other.tokens_in,
    tokens_cached: one.tokens_cached + other.tokens_cached,
    tokens_out: one.tokens_out + other.tokens_out,
    tokens_lost: one.tokens_lost + other.tokens_lost,
    cost: one.cost + other.cost,
    unpriced: one.unpriced + other.unpriced,
    seconds: one.seconds + other.seconds,
  };
}

function took(row: Thought): Costs | null {
  switch (row.kind) {
    case "CallFinished":
      return {
        ...NONE,
        calls: 1,
        replayed: (row.source ?? "model") === "model" ? 0 : 1,
        tokens_in: row.tokens_in ?? 0,
        tokens_cached: row.tokens_cached ?? 0,
        tokens_out: row.tokens_out ?? 0,
        cost: row.cost ?? 0,
        unpriced: (row.cost ?? null) === null ? 1 : 0,
        seconds: row.seconds ?? 0,
      };
    case "CallFailed":
      // A field that stands at its default is left out of the row: here that is 0, and null is unknown.
      return { ...NONE, failed: 1, tokens_lost: row.tokens ?? 0, cost: row.cost ?? 0, unpriced: row.cost === null ? 1 : 0 };
    default:
      return null;
  }
}

function spend(board: Board, attempt: Attempt | undefined, costs: Costs, model: string): Board {
  const { run } = board;
  if (run === null || (attempt && attempt.run !== run.id)) return board;
  const asked = model || (attempt?.model ?? "");
  const role = attempt?.role ?? "";
  const number = attempt?.iteration ?? run.iteration;
  return {
    ...board,
    run: {
      ...run,
      cost: run.cost + costs.cost,
      costs: plus(run.costs, costs),
      by_role: added(run.by_role, role, role, costs),
      by_model: added(run.by_model, asked, asked, costs),
      by_task: added(run.by_task, attempt?.task_id ?? "", attempt?.task ?? "", costs),
    },
    iterations: board.iterations.map((turn) =>
      turn.run === run.id && turn.number === number
        ? {
            ...turn,
            cost: turn.cost + costs.cost,
            tokens: turn.tokens + costs.tokens_in + costs.tokens_out + costs.tokens_lost,
            calls: turn.calls + costs.calls,
          }
        : turn,
    ),
  };
}

/** The rows with the costs on their own; the two oldest become one when there are too many. */
function added(rows: Rows, of: string, title: string, costs: Costs): Rows {
  if (rows.some((row) => row.of === of)) return rows.map((row) => (row.of === of ? { ...row, costs: plus(row.costs, costs) } : row));
  const more = [...rows, { of, title, costs }];
  const [first, second, ...others] = more;
  if (more.length <= KEPT.COST_ROWS || !first || !second) return more;
  return [{ of: "", title: "", costs: plus(first.costs, second.costs) }, ...others];
}

function stepOf(before: Step, row: Thought): Step {
  const next = (doing: Step["doing"], name: string): Step => ({ ...before, doing, name, at: row.at, until: null });
  switch (row.kind) {
    case "CallStarted":
      return { ...next("asks", row.model), key: row.key, number: before.number + (row.key === before.key ? 0 : 1) };
    case "CallFinished":
      return next("answered", row.model || before.name);
    case "CallFailed":
      return { ...next("faulted", row.fault), until: row.retry_at ?? null };
    case "ToolAsked":
      return next("uses", row.tool);
    case "ToolVetoed":
      return next("refused", row.tool);
    case "ToolFinished":
      return next(row.success ? "used" : "missed", row.tool);
    case "NudgeGiven":
      return next("nudged", row.pattern);
    case "ConversationCondensed":
      return next("condensed", row.how);
  }
}
