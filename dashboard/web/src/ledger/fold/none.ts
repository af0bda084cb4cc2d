import type { Costs } from "../events.gen";

/** What nothing costs. */
export const NONE: Costs = {
  calls: 0,
  replayed: 0,
  failed: 0,
  tokens_in: 0,
  tokens_cached: 0,
  tokens_out: 0,
  tokens_lost: 0,
  cost: 0,
  unpriced: 0,
  seconds: 0,
};
