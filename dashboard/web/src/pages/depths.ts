/** PURE: how deep each step of a plan stands: one more than the deepest of those it needs. */
import type { PlanCard } from "../ledger/events.gen";

export function depths(plan: readonly PlanCard[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  // No step needs a later one; a plan that breaks this is shown flat there, and never goes round in circles.
  for (const step of plan) {
    const above = step.needs.map((need) => found.get(need) ?? -1);
    found.set(step.id, Math.max(-1, ...above) + 1);
  }
  return found;
}
