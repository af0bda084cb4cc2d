/** PURE: the board's plan: how far each of its steps is, as patches land, are measured and are taken back. */
import { KEPT, type Attempt, type Board, type PlanCard, type Reading } from "../events.gen";

/** Name of the gate, and what its tasks name as theirs. */
export const GOAL = "goal";
const COUNTED = "step ";

type Shares = { readonly [step: string]: number };

/** By step the share of its acceptance tests that pass; empty when the goal was not measured. */
export function shares(readings: readonly Reading[]): Shares {
  const counts = readings.filter((reading) => reading.gate === GOAL).flatMap((reading) => Object.entries(reading.counts ?? {}));
  return Object.fromEntries(counts.filter(([name]) => name.startsWith(COUNTED)).map(([name, share]) => [name.slice(COUNTED.length), share]));
}

/** What the gate of the goal says of each step on the branch; a step it does not count stays as it is. */
export function reached(board: Board, found: Shares): Board {
  const { run } = board;
  if (run === null || Object.keys(found).length === 0) return board;
  return { ...board, run: { ...run, plan: run.plan.map((step) => stands({ ...step, share: found[step.id] ?? step.share })) } };
}

/** A patch landed: for its own step of the plan, and what was measured of all steps with it. */
export function implemented(board: Board, attempt: Attempt): Board {
  if (board.run?.id !== attempt.run) return board;
  return reached(
    onStep(board, attempt.plan_step, (step) => stands(landed(step, attempt.id))),
    attempt.steps,
  );
}

/** The branch went back: nothing is measured or judged there any more, and patches went or came again. */
export function rolledBack(before: Board, undone: readonly string[], redone: readonly string[]): Board {
  const { run } = before;
  if (run === null) return before;
  const plan = run.plan.map((step) => {
    const kept = step.landed.filter((attempt) => !undone.includes(attempt));
    return stands({ ...step, landed: kept, share: null, said: "", said_by: "" });
  });
  const again = before.attempts.filter((attempt) => redone.includes(attempt.id));
  return again.reduce(implemented, { ...before, run: { ...run, plan } });
}

/** The step in the state its facts give it. */
export function stands(step: PlanCard): PlanCard {
  if (step.opinion && step.said) return step;
  const passes = step.share !== null && step.share >= 1;
  const built = step.landed.length > 0 && (step.opinion || step.share === null || passes);
  const state = built || (step.tests > 0 && passes) ? "implemented" : step.tests > 0 ? "written" : "planned";
  return { ...step, state };
}

export function onStep(board: Board, name: string, change: (step: PlanCard) => PlanCard): Board {
  const { run } = board;
  if (run === null) return board;
  return { ...board, run: { ...run, plan: run.plan.map((step) => (step.id === name ? change(step) : step)) } };
}

/** A patch more; an opinion of before was not about this one. */
function landed(step: PlanCard, attempt: string): PlanCard {
  return { ...step, landed: [...step.landed.filter((known) => known !== attempt), attempt].slice(-KEPT.TRIED), said: "", said_by: "" };
}
