import { memo, useEffect, useRef } from "react";
import type { Board } from "../ledger/events.gen";
import type { Live } from "../ledger/live";
import { usePart } from "../ledger/part";
import { useKeys } from "../ui/keys";
import { AREAS, go, href, usePlace, type Area } from "./place";
import { thinks } from "./words";

const GO: { readonly [key: string]: Area } = {
  n: "now",
  a: "approvals",
  g: "goal",
  e: "events",
  i: "iterations",
  p: "patches",
  v: "conversations",
  s: "costs",
  r: "agents",
  c: "checkpoints",
  x: "errors",
  o: "notices",
};
const GO_MS = 1500;

const COUNTS: { readonly [area in Area]?: (board: Board) => number } = {
  approvals: (board) => board.approvals.filter((card) => card.state === "open").length,
  goal: (board) => board.run?.plan.length ?? 0,
  conversations: (board) => board.attempts.filter(thinks).length,
  agents: (board) => board.roles.length,
  events: (board) => board.position,
  iterations: (board) => board.iterations.length,
  patches: (board) => board.attempts.filter((attempt) => attempt.diff !== "").length,
  checkpoints: (board) => board.checkpoints.length,
  errors: (board) => board.errors.length,
  notices: (board) => board.notices.length,
};

/** The areas of a project, and the keys that lead to them: `g`, then a letter. */
export const Areas = memo(function Areas({ live, area }: { live: Live; area: Area }) {
  const place = usePlace();
  useGo();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [area]);
  return (
    <nav className="areas" aria-label="Areas">
      <ul ref={list}>
        {AREAS.map((one) => (
          <li key={one}>
            <a
              href={href({ project: place.project, area: one, open: "", kind: "", text: "" })}
              aria-current={one === area ? "page" : undefined}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                go({ area: one });
              }}
            >
              {one}
              <Count live={live} area={one} />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
});

function Count({ live, area }: { live: Live; area: Area }) {
  const count = usePart(live, ({ board }) => COUNTS[area]?.(board) ?? 0);
  return count > 0 ? <span className="count">{count.toLocaleString("en")}</span> : null;
}

function useGo(): void {
  const pressed = useRef(0);
  const after = (key: string) => () => {
    const area = GO[key];
    const meant = area !== undefined && Date.now() - pressed.current < GO_MS;
    pressed.current = 0;
    if (meant) go({ area });
    return meant;
  };
  useKeys({
    ...Object.fromEntries(Object.keys(GO).map((key) => [key, after(key)])),
    g: () => {
      if (after("g")()) return;
      pressed.current = Date.now();
    },
  });
}
