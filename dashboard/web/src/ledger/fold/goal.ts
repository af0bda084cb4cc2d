/** PURE: the board's goal: the facts, the plan, and how far each of its steps is. */
import { KEPT, type Attempt, type Board, type PlanCard, type PlanStep } from "../events.gen";
import { clip } from "./clip";
import type { Of } from "./of";

/** What speaks of another run changes nothing. */
export function onGoal(board: Board, row: Of<"FactsGathered" | "PlanMade" | "AcceptanceWritten" | "OpinionGiven">): Board {
  const { run } = board;
  if (run === null || run.id !== row.run) return board;
  switch (row.kind) {
    case "FactsGathered":
      return { ...board, run: { ...run, facts: clip(row.summary) } };
    case "PlanMade":
      return { ...board, run: { ...run, plan: row.steps.slice(0, KEPT.PLAN_STEPS).map(planned) } };
    case "AcceptanceWritten":
      return onStep(board, row.step, (step) =>
        stands({ ...step, tests: row.tests.length, why: clip(row.why ?? ""), written_by: row.attempt }),
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

/** A patch for a step of the plan landed. */
export function implemented(board: Board, attempt: Attempt): Board {
  if (board.run?.id !== attempt.run || !attempt.plan_step) return board;
  return onStep(board, attempt.plan_step, (step) => {
    const landed = [...step.landed.filter((known) => known !== attempt.id), attempt.id].slice(-KEPT.TRIED);
    return stands({ ...step, landed });
  });
}

/** Patches were taken back or came again: a step that lost all of its patches is not implemented. */
export function rolledBack(before: Board, undone: readonly string[], redone: readonly string[]): Board {
  const { run } = before;
  if (run === null) return before;
  const plan = run.plan.map((step) =>
    step.landed.some((known) => undone.includes(known)) ? stands({ ...step, landed: step.landed.filter((known) => !undone.includes(known)) }) : step,
  );
  const again = before.attempts.filter((attempt) => redone.includes(attempt.id));
  return again.reduce(implemented, { ...before, run: { ...run, plan } });
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
    why: "",
    written_by: "",
    landed: [],
    said: "",
    said_by: "",
  };
}

function stands(step: PlanCard): PlanCard {
  return { ...step, state: step.landed.length > 0 ? "implemented" : step.tests > 0 ? "written" : "planned" };
}

function onStep(board: Board, name: string, change: (step: PlanCard) => PlanCard): Board {
  const { run } = board;
  if (run === null) return board;
  return { ...board, run: { ...run, plan: run.plan.map((step) => (step.id === name ? change(step) : step)) } };
}
