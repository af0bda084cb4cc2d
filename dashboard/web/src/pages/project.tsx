import { useEffect, useSyncExternalStore } from "react";
import type { ProjectLine } from "../ledger/api";
import type { Live } from "../ledger/live";
import { Empty, Failed, Guard, Loading } from "../ui/panel";
import { Areas } from "./areas";
import { Checkpoints } from "./checkpoints";
import { Errors } from "./errors";
import { Events } from "./events";
import { Gates } from "./gates";
import { Iterations } from "./iterations";
import { Notices } from "./notices";
import { Now } from "./now";
import { Patches } from "./patches";
import { usePlace, type Area } from "./place";
import { Top } from "./top";

/** One project, live: the frame around all areas. */
export function Project({ live, projects }: { live: Live; projects: readonly ProjectLine[] }) {
  const view = useSyncExternalStore(live.subscribe, live.snapshot);
  const place = usePlace();
  const { board } = view;
  const name = board.project?.name ?? "";
  useEffect(() => {
    document.title = name ? `${name} · ${board.run?.state ?? "idle"} · Kaizen` : "Kaizen";
  }, [name, board.run?.state]);
  if (view.status === "failed") {
    return (
      <main className="threshold">
        <Failed why={view.problem} again={() => live.reload()} />
      </main>
    );
  }
  return (
    <div className="page" data-connection={view.connection.state}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Top live={live} view={view} projects={projects} />
      {view.status === "loading" ? (
        <main id="main" className="area">
          <Loading what="the ledger" />
        </main>
      ) : (
        <>
          <Guard name="gates">
            <Gates run={board.run} />
          </Guard>
          <Areas board={board} area={place.area} />
          <main id="main" className="area" data-area={place.area} tabIndex={-1}>
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

function Content({ live, area }: { live: Live; area: Area }) {
  const view = useSyncExternalStore(live.subscribe, live.snapshot);
  const { board } = view;
  switch (area) {
    case "now":
      return <Now live={live} view={view} />;
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
