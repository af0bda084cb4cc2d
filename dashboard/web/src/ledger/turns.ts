/** The steps of one conversation: the newest first to be read, older ones when asked for, kept fresh as it goes on. */
import { useEffect, useReducer, useState } from "react";
import type { Api, Conversation, Turn } from "./api";

const PAGE = 15;
const PAUSE_MS = 200;

export interface Turns {
  readonly turns: readonly Turn[];
  readonly total: number;
  readonly state: "loading" | "ready" | "failed";
  readonly why: string;
  readonly again: () => void;
  /** Read older steps; null when the first is here. */
  readonly older: (() => void) | null;
  readonly busy: boolean;
}

interface Kept {
  readonly turns: readonly Turn[];
  readonly total: number;
}

/** PURE: what is kept, with a page read anew: steps of the same number are replaced. */
export function joined(kept: Kept, page: Conversation): Kept {
  const fresh = new Map([...kept.turns, ...page.steps].map((turn) => [turn.nth, turn]));
  return { turns: [...fresh.values()].sort((a, b) => a.nth - b.nth), total: Math.max(kept.total, page.steps_total) };
}

/** PURE: after which step to read on: the first that is not at its end may still change. */
export function freshFrom(turns: readonly Turn[]): number {
  const open = turns.find((turn) => turn.call?.state === "open" || turn.tools.some((tool) => tool.state === "open" || tool.state === "waiting"));
  return (open ?? turns.at(-1))?.nth ?? 1;
}

/** `told` changes whenever the conversation went on; `likely` is how many steps it may have. */
export function useTurns(api: Api, project: string, attempt: string, told: unknown, likely: number): Turns {
  const [kept, setKept] = useState<Kept | null>(null);
  const [why, setWhy] = useState("");
  const [busy, setBusy] = useState(false);
  const [turn, again] = useReducer((before: number) => before + 1, 0);
  useEffect(() => {
    const stop = new AbortController();
    const page = (after: number) => api.conversation(project, attempt, after, PAGE, stop.signal);
    const read = async () => {
      const pages = [await page(kept ? freshFrom(kept.turns) - 1 : Math.max(0, likely - PAGE))];
      const total = pages[0]?.steps_total ?? 0;
      if (!kept && pages[0]?.steps.length === 0 && total > 0) pages.push(await page(Math.max(0, total - PAGE)));
      for (let next = pages.at(-1)?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null) pages.push(await page(next));
      setWhy("");
      setKept((before) => pages.reduce(joined, before ?? { turns: [], total: 0 }));
    };
    const failed = (error: unknown) => !stop.signal.aborted && setWhy(error instanceof Error ? error.message : String(error));
    const timer = setTimeout(() => void read().catch(failed), kept ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
    // Read anew when the conversation went on, not when what was read is kept.
  }, [project, attempt, told, turn]);
  const first = kept?.turns[0]?.nth ?? 1;
  const older = () => {
    setBusy(true);
    const from = Math.max(0, first - 1 - PAGE);
    api
      .conversation(project, attempt, from, first - 1 - from)
      .then((page) => setKept((now) => now && joined(now, page)))
      .catch((error: unknown) => setWhy(error instanceof Error ? error.message : String(error)))
      .finally(() => setBusy(false));
  };
  return {
    turns: kept?.turns ?? [],
    total: kept?.total ?? 0,
    state: kept ? "ready" : why ? "failed" : "loading",
    why,
    again,
    older: kept && first > 1 ? older : null,
    busy,
  };
}
