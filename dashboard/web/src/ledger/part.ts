import { useSyncExternalStore } from "react";
import type { Live, View } from "./live";

/** One part of what is shown; who asks renders again when that part changed, not with every batch. */
export function usePart<T>(live: Live, pick: (view: View) => T): T {
  return useSyncExternalStore(live.subscribe, () => pick(live.snapshot()));
}

export const runOf = (view: View) => view.board.run;
export const connectionOf = (view: View) => view.connection;
