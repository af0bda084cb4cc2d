/** What the server finds in the whole ledger, the newest first, kept fresh while events come in. */
import { useEffect, useState } from "react";
import { api } from "../ledger/api";
import type { Row } from "../ledger/row";

const PAGE = 500;
const PAUSE_MS = 500;

interface Found {
  readonly key: string;
  /** The newest first. */
  readonly rows: readonly Row[];
  /** Everything from here up to `high` was searched; 0 when that is everything before `high`. */
  readonly low: number;
  readonly high: number;
  /** How many matches the reader wants before older ones are left alone. */
  readonly wanted: number;
}

export interface Matches {
  readonly rows: readonly Row[];
  readonly busy: boolean;
  /** What the reader should know of the search, empty when it is whole. */
  readonly note: string;
  /** Look for older matches, when there may be some that nobody looked for yet. */
  readonly older: (() => void) | null;
  readonly problem: string;
  readonly again: () => void;
}

export function useMatches(project: string, kind: string, text: string, head: number): Matches {
  const key = JSON.stringify([project, kind, text]);
  const [kept, setKept] = useState<Found>({ key: "", rows: [], low: 0, high: 0, wanted: 0 });
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setProblem("");
    setKept({ key, rows: [], low: head + 1, high: head, wanted: PAGE });
  }, [key]);
  const begun = kept.key === key && (kind !== "" || text !== "");
  const { rows, low, high, wanted } = kept;
  const missing = begun && problem === "" ? (low > 1 && rows.length < wanted ? "older" : high < head ? "newer" : "") : "";
  useEffect(() => {
    if (missing === "") return;
    const stop = new AbortController();
    const look = async () => {
      const range = missing === "older" ? { before: low } : { after: high };
      const found = await api.events(project, { ...range, limit: PAGE, kind, q: text }, stop.signal);
      const events = [...found.events].reverse();
      if (missing === "older") setKept({ ...kept, rows: [...rows, ...events], low: found.next ?? 0 });
      else setKept({ ...kept, rows: [...events, ...rows], high: found.next ?? found.head });
    };
    const failed = (error: unknown) => !stop.signal.aborted && setProblem(error instanceof Error ? error.message : String(error));
    // One who waits for the first matches is told at once; one who has them is told of news twice a second.
    const timer = setTimeout(() => void look().catch(failed), missing === "older" ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
    // One question at a time, asked anew when the search goes on; a moving head alone does not ask again.
  }, [key, missing, kept]);
  const more = begun && low > 1;
  return {
    rows: begun ? rows : [],
    busy: !begun || missing === "older",
    note: more ? said(rows.length, low, missing) : "",
    older: more && missing !== "older" ? () => setKept({ ...kept, wanted: rows.length + PAGE }) : null,
    problem,
    again: () => setProblem(""),
  };
}

function said(matches: number, low: number, missing: string): string {
  if (missing === "older") return `Searched back to event ${low.toLocaleString("en")}…`;
  return `The newest ${matches.toLocaleString("en")} matches, back to event ${low.toLocaleString("en")}. There may be older ones.`;
}
