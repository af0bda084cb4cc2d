import { lazy, Suspense, useEffect } from "react";
import type { ProjectLine } from "../ledger/api";
import type { Live } from "../ledger/live";
import { usePart } from "../ledger/part";
import { Empty, Failed, Guard, Loading } from "../ui/panel";
import { Agents } from "./agents";
import { Approvals } from "./approvals";
import { Areas } from "./areas";
import { Checkpoints } from "./checkpoints";
import { Costs } from "./costs";
import { Errors } from "./errors";
import { Events } from "./events";
import { Gates } from "./gates";
import { Goal } from "./goal";
import { Iterations } from "./iterations";
import { Notices } from "./notices";
import { Now } from "./now";
import { Patches } from "./patches";
import { usePlace, type Area } from "./place";
import { Top } from "./top";

const Conversations = lazy(async () => ({ default: (await import("./conversations")).Conversations }));
/** Areas that scroll as a whole, so that the keys must reach them as a whole. */
const SCROLLS: ReadonlySet<Area> = new Set(["notices", "goal", "costs", "agents"]);

/** One project, live: the frame around all areas. */
export function Project({ live, projects }: { live: Live; projects: readonly ProjectLine[] }) {
  const status = usePart(live, (view) => view.status);
  const problem = usePart(live, (view) => view.problem);
  const connection = usePart(live, (view) => view.connection.state);
  const place = usePlace();
  useTitle(live);
  if (status === "failed") {
    return (
      <main className="threshold">
        <Failed why={problem} again={() => live.reload()} />
      </main>
    );
  }
  return (
    <div className="page" data-connection={connection}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Top live={live} projects={projects} />
      {status === "loading" ? (
        <main id="main" className="area">
          <Loading what="the ledger" />
        </main>
      ) : (
        <>
          <Guard name="gates">
            <Gates live={live} />
          </Guard>
          <Areas live={live} area={place.area} />
          <main id="main" className="area" data-area={place.area} tabIndex={SCROLLS.has(place.area) ? 0 : -1}>
            <h1 className="sr">{place.area}</h1>
            <Guard name={place.area} key={place.area}>
              <Content live={live} area={place.area} />
            </Guard>
          </main>
        </>
      )}
    </div>
  );
}

function useTitle(live: Live): void {
  const title = usePart(live, ({ board }) => (board.project ? `${board.project.name} · ${board.run?.state ?? "idle"} · Kaizen` : "Kaizen"));
  useEffect(() => {
    document.title = title;
  }, [title]);
}

function Content({ live, area }: { live: Live; area: Area }) {
  const view = usePart(live, (whole) => whole);
  const { board } = view;
  switch (area) {
    case "now":
      return <Now live={live} view={view} />;
    case "approvals":
      return <Approvals board={board} project={view.project} live={view.connection.state === "live"} />;
    case "goal":
      return <Goal board={board} />;
    case "conversations":
      return (
        <Suspense fallback={<Loading what="the conversations" />}>
          <Conversations view={view} />
        </Suspense>
      );
    case "costs":
      return <Costs view={view} />;
    case "agents":
      return <Agents board={board} project={view.project} live={view.connection.state === "live"} />;
    case "events":
      return <Events live={live} view={view} />;
    case "iterations":
      return <Iterations board={board} />;
    case "patches":
      return <Patches board={board} project={view.project} />;
    case "checkpoints":
      return <Checkpoints board={board} project={view.project} live={view.connection.state === "live"} />;
    case "errors":
      return <Errors board={board} />;
    case "notices":
      return <Notices board={board} />;
    default:
      area satisfies never;
      return <Empty>Nothing is here.</Empty>;
  }
}
