import { useEffect, useRef, useState } from "react";
import { KINDS } from "../ledger/events.gen";
import type { Live, View } from "../ledger/live";
import type { Row } from "../ledger/row";
import { useKeys } from "../ui/keys";
import { Empty, Failed, Loading, Panel } from "../ui/panel";
import { Rows, type RowsHandle } from "../ui/rows";
import { Time } from "../ui/time";
import { describe, spoken } from "./describe";
import { Inspector } from "./inspector";
import { useMatches, type Matches } from "./matches";
import { go, usePlace } from "./place";

/** The ledger itself, from the first event to the newest; what a search of all of it finds, the newest first. */
export function Events({ live, view, compact = false }: { live: Live; view: View; compact?: boolean }) {
  const reading = useReading(live, view);
  const { count, open, problem, matches } = reading;
  return (
    <div className={compact ? "events compact" : "events"} data-open={open > 0}>
      <Panel title="Events" count={count} className="fill" aside={<Filter />}>
        {problem && <Failed why={problem} again={reading.again} />}
        {matches && count > 0 && matches.note && (
          <p className="searching" role="status">
            {matches.note}{" "}
            {matches.older && (
              <button type="button" className="link" onClick={matches.older}>
                Look for older ones
              </button>
            )}
          </p>
        )}
        {count === 0 ? (
          <Nothing matches={matches} />
        ) : (
          <Rows
            label="Events"
            count={count}
            active={reading.active}
            opened={open > 0}
            follow={reading.follow && !matches}
            onFollow={reading.setFollow}
            onMove={reading.choose}
            onOpen={reading.choose}
            handle={reading.rows}
            row={(index) => <Cells row={reading.at(index)} index={index} />}
          />
        )}
        {reading.fresh > 0 && (
          <button type="button" className="pill" onClick={reading.newest}>
            {reading.fresh.toLocaleString("en")} new ↓
          </button>
        )}
      </Panel>
      {open > 0 && <Inspector row={live.pages.at(open, view.head)} position={open} onClose={() => go({ open: "" })} />}
    </div>
  );
}

/** Where the reader is in the ledger: all of it, or what a search found; following the newest event, or not. */
function useReading(live: Live, view: View) {
  const place = usePlace();
  const { head } = view;
  const found = useMatches(view.project, place.kind, place.text, head);
  const matches = place.kind !== "" || place.text !== "" ? found : null;
  const [follow, setFollow] = useState(place.open === "");
  const [seen, setSeen] = useState(head);
  const rows = useRef<RowsHandle>(null);
  const count = matches ? matches.rows.length : head;
  const open = Number(place.open) || 0;
  const active = open === 0 ? (matches ? -1 : count - 1) : matches ? matches.rows.findIndex((row) => row.position === open) : open - 1;
  useEffect(() => {
    if (follow) setSeen(head);
  }, [follow, head]);
  const choose = (index: number) => {
    const to = Math.min(count - 1, Math.max(0, index));
    const position = matches ? matches.rows[to]?.position : to + 1;
    if (position === undefined) return;
    setFollow(false);
    go({ open: String(position) });
    rows.current?.show(to);
  };
  const newest = () => {
    go({ open: "" });
    setFollow(true);
    if (matches) rows.current?.show(0);
  };
  useKeys({
    j: () => choose(active + 1),
    k: () => choose(active - 1),
    Home: () => choose(0),
    End: newest,
    l: newest,
    Escape: () => go({ open: "" }),
  });
  return {
    matches,
    count,
    open,
    active,
    follow,
    setFollow,
    rows,
    choose,
    newest,
    at: (index: number): Row | undefined => (matches ? matches.rows[index] : live.pages.at(index + 1, head)),
    fresh: follow || matches ? 0 : head - seen,
    problem: matches ? matches.problem : live.pages.problem(open || head),
    again: () => (matches ? matches.again() : live.pages.retry()),
  };
}

function Nothing({ matches }: { matches: Matches | null }) {
  if (!matches) return <Empty>Nothing has happened yet.</Empty>;
  return matches.busy ? <Loading what="the ledger" /> : <Empty>Nothing in the ledger matches.</Empty>;
}

function Cells({ row, index }: { row: Row | undefined; index: number }) {
  if (!row) {
    return (
      <span role="gridcell" className="quiet">
        {index + 1} …
      </span>
    );
  }
  const line = describe(row);
  return (
    <>
      <span role="gridcell" className="cell-position num">
        {row.position}
      </span>
      <span role="gridcell" className="cell-time num">
        <Time at={row.at} />
      </span>
      <span role="gridcell" className="cell-kind" data-tone={line.tone}>
        {spoken(row.kind)}
      </span>
      <span role="gridcell" className="cell-text clip">
        {line.text}
      </span>
    </>
  );
}

function Filter() {
  const { kind, text } = usePlace();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  useKeys({ "/": () => field.current?.focus() });
  useEffect(() => {
    const timer = setTimeout(() => typed !== text && go({ text: typed, open: "" }), 250);
    return () => clearTimeout(timer);
  }, [typed, text]);
  return (
    <form className="filter" role="search" onSubmit={(event) => event.preventDefault()}>
      <select aria-label="Kind of event" value={kind} onChange={(event) => go({ kind: event.target.value, open: "" })}>
        <option value="">every kind</option>
        {Object.keys(KINDS).map((one) => (
          <option key={one} value={one}>
            {spoken(one)}
          </option>
        ))}
      </select>
      <input
        ref={field}
        type="search"
        aria-label="Search the events"
        placeholder="Search"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </form>
  );
}
