/** What the server finds in the whole ledger, from the oldest on, kept fresh while events come in. */
import { useEffect, useState } from "react";
import { api } from "../ledger/api";
import type { Row } from "../ledger/row";

const MOST = 5000;
const PAGE = 500;
const PAUSE_MS = 500;

interface Found {
  readonly key: string;
  readonly rows: readonly Row[];
  /** How far the ledger was searched. */
  readonly upTo: number;
}

export interface Matches {
  readonly rows: readonly Row[];
  readonly busy: boolean;
  /** What the reader should know of the search, empty when it is whole. */
  readonly note: string;
  readonly problem: string;
  readonly again: () => void;
}

export function useMatches(project: string, kind: string, text: string, head: number): Matches {
  const key = JSON.stringify([project, kind, text]);
  const [kept, setKept] = useState<Found>({ key, rows: [], upTo: 0 });
  const [problem, setProblem] = useState("");
  const { rows, upTo } = kept.key === key ? kept : { rows: [], upTo: 0 };
  const full = rows.length >= MOST;
  const behind = (kind !== "" || text !== "") && upTo < head && !full && problem === "";
  const caught = rows.length > 0 && head - upTo < PAGE;
  useEffect(() => setProblem(""), [key]);
  useEffect(() => {
    if (!behind) return;
    const stop = new AbortController();
    const look = async () => {
      const { events, next, head: end } = await api.events(project, { after: upTo, limit: PAGE, kind, q: text }, stop.signal);
      setKept({ key, rows: [...rows, ...events], upTo: next ?? end });
    };
    const failed = (error: unknown) => !stop.signal.aborted && setProblem(error instanceof Error ? error.message : String(error));
    // A reader at the end of the search is told of news twice a second; one who still waits is told at once.
    const timer = setTimeout(() => void look().catch(failed), caught ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
    // One question at a time, asked anew when the search goes on; a moving head alone does not ask again.
  }, [key, behind, upTo]);
  const whole = full ? `The first ${MOST.toLocaleString("en")} matches are shown: narrow the search.` : "";
  const note = behind && !caught ? `Searched ${upTo.toLocaleString("en")} of ${head.toLocaleString("en")} events…` : whole;
  return { rows, busy: behind, note, problem, again: () => setProblem("") };
}
