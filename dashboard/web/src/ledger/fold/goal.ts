/** PURE: the board's goal: the facts, the plan, its acceptance tests and opinions. */
import { KEPT, type Board, type PlanCard, type PlanStep } from "../events.gen";
import { ended, find, put } from "./attempt";
import { clip } from "./clip";
import type { Of } from "./of";
import { onStep, stands } from "./plan";

/** What speaks of another run changes nothing. */
export function onGoal(before: Board, row: Of<"FactsGathered" | "PlanMade" | "AcceptanceWritten" | "OpinionGiven">): Board {
  const { run } = before;
  if (run === null || run.id !== row.run) return before;
  const board = done(before, row);
  switch (row.kind) {
    case "FactsGathered":
      return { ...board, run: { ...run, facts: clip(row.summary) } };
    case "PlanMade":
      return { ...board, run: { ...run, plan: row.steps.slice(0, KEPT.PLAN_STEPS).map(planned) } };
    case "AcceptanceWritten":
      return onStep(board, row.step, (step) =>
        stands({ ...step, tests: row.tests.length, share: null, why: clip(row.why ?? ""), written_by: row.attempt }),
      );
    case "OpinionGiven":
      return onStep(board, row.step, (step) => ({
        ...step,
        state: row.satisfied ? "agreed" : "doubted",
        said: clip(row.opinion),
        said_by: row.model,
      }));
  }
}

/** The attempt that brought the fact has ended: it was for nothing else. */
function done(board: Board, row: { readonly attempt: string; readonly at: number }): Board {
  const known = find(board, row.attempt);
  return known === undefined || known.ended_at !== null ? board : put(board, ended(known, row.at, "reported", ""));
}

function planned(step: PlanStep): PlanCard {
  return {
    id: step.id,
    title: clip(step.title),
    acceptance: clip(step.acceptance),
    needs: step.needs ?? [],
    opinion: step.opinion ?? false,
    state: "planned",
    tests: 0,
    share: null,
    why: "",
    written_by: "",
    landed: [],
    said: "",
    said_by: "",
  };
}
