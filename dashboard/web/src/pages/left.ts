/** PURE: what a run may spend, what it spent, and what is left of it. */
import type { Iteration, Run } from "../ledger/events.gen";

export interface Left {
  readonly what: "USD" | "tokens" | "calls" | "minutes" | "iterations";
  readonly used: number;
  readonly limit: number;
  /** Of 1, never above. */
  readonly share: number;
}

/** One row for each limit the run has. */
export function leftOf(run: Run, now: number): readonly Left[] {
  const { budget, costs } = run;
  const tokens = costs.tokens_in + costs.tokens_out + costs.tokens_lost;
  const minutes = (run.seconds ?? (run.ended_at ?? now) - run.started_at) / 60;
  const rows: readonly (readonly [Left["what"], number, number | null | undefined])[] = [
    ["USD", run.cost, budget.cost],
    ["tokens", tokens, budget.tokens],
    ["calls", costs.calls, budget.calls],
    ["minutes", minutes, budget.minutes],
    ["iterations", run.iteration, budget.iterations],
  ];
  return rows.flatMap(([what, used, limit]) =>
    limit === null || limit === undefined ? [] : [{ what, used, limit, share: limit > 0 ? Math.min(1, used / limit) : 1 }],
  );
}

/** What each iteration of the run cost, the oldest first. */
export function turnsOf(iterations: readonly Iteration[], run: Run): readonly Iteration[] {
  return iterations.filter((turn) => turn.run === run.id && turn.calls > 0);
}
