import { useEffect, useRef } from "react";
import type { Board } from "../ledger/events.gen";
import { useKeys } from "../ui/keys";
import { AREAS, go, href, usePlace, type Area } from "./place";

const GO: { readonly [key: string]: Area } = { n: "now", e: "events", i: "iterations", p: "patches", c: "checkpoints", x: "errors", o: "notices" };
const GO_MS = 1500;

/** The areas of a project, and the keys that lead to them: `g`, then a letter. */
export function Areas({ board, area }: { board: Board; area: Area }) {
  const place = usePlace();
  useGo();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [area]);
  const counts: { readonly [area in Area]?: number } = {
    events: board.position,
    iterations: board.iterations.length,
    patches: board.attempts.filter((attempt) => attempt.diff !== "").length,
    checkpoints: board.checkpoints.length,
    errors: board.errors.length,
    notices: board.notices.length,
  };
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
              {counts[one] !== undefined && counts[one] > 0 && <span className="count">{counts[one].toLocaleString("en")}</span>}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function useGo(): void {
  const pressed = useRef(0);
  const after = (key: string) => () => {
    const area = GO[key];
    if (area && Date.now() - pressed.current < GO_MS) go({ area });
    pressed.current = 0;
  };
  useKeys({
    ...Object.fromEntries(Object.keys(GO).map((key) => [key, after(key)])),
    g: () => {
      pressed.current = Date.now();
    },
  });
}
