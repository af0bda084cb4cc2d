import { useEffect, useState } from "react";
import { api, Refused, type ProjectLine } from "../ledger/api";
import { Live } from "../ledger/live";
import { Empty, Failed, Loading } from "../ui/panel";
import { Mark } from "../ui/icons";
import { usePlace } from "./place";
import { Project } from "./project";

type Start =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly projects: readonly ProjectLine[] }
  | { readonly state: "failed"; readonly why: string; readonly stranger: boolean };

const LOOK_AGAIN_MS = 3000;
const NEW_PROJECTS_MS = 15_000;

/** The whole page: who is asking, which project, and then the project itself. */
export function App() {
  const [start, again] = useStart();
  const place = usePlace();
  if (start.state !== "ready" || start.projects.length === 0) return <Threshold start={start} again={again} />;
  const chosen = start.projects.find((one) => one.name === place.project) ?? start.projects[0];
  return chosen ? <Open key={chosen.name} project={chosen.name} projects={start.projects} /> : null;
}

function Open({ project, projects }: { project: string; projects: readonly ProjectLine[] }) {
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const opened = new Live(project, api, `${scheme}://${location.host}/api/v1/stream`);
    const back = () => document.visibilityState === "visible" && opened.hurry();
    opened.start();
    setLive(opened);
    window.addEventListener("online", back);
    document.addEventListener("visibilitychange", back);
    return () => {
      opened.stop();
      window.removeEventListener("online", back);
      document.removeEventListener("visibilitychange", back);
    };
  }, [project]);
  return live ? <Project live={live} projects={projects} /> : null;
}

function Threshold({ start, again }: { start: Start; again: () => void }) {
  return (
    <main className="threshold">
      <h1>
        <Mark /> Kaizen
      </h1>
      {start.state === "loading" && <Loading what="the projects" />}
      {start.state === "ready" && (
        <Empty>
          No project yet. Start one with <code>kaizen run path/to/repository</code>; it appears here by itself.
        </Empty>
      )}
      {start.state === "failed" && <Failed why={start.why} again={again} />}
    </main>
  );
}

function useStart(): [Start, () => void] {
  const [start, setStart] = useState<Start>({ state: "loading" });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const next = await begin();
      if (gone) return;
      // Once there are projects, only their list can change: whether the server is there, the stream says.
      setStart((before) => (isThere(before) && !isThere(next) ? before : next));
      const again = next.state !== "failed" || !next.stranger;
      if (again) timer = setTimeout(() => void look(), isThere(next) ? NEW_PROJECTS_MS : LOOK_AGAIN_MS);
    };
    void look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [turn]);
  return [start, () => setTurn((before) => before + 1)];
}

function isThere(start: Start): boolean {
  return start.state === "ready" && start.projects.length > 0;
}

/** The start token is spent once and leaves the address at once, so that it is in no history and no screenshot. */
async function begin(): Promise<Start> {
  const token = new URLSearchParams(location.hash.slice(1)).get("t");
  let why = "";
  if (token) {
    history.replaceState(null, "", location.pathname + location.search);
    why = await api.begin(token).then(
      () => "",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }
  try {
    return { state: "ready", projects: await api.projects() };
  } catch (error) {
    if (error instanceof Refused && error.code === "starting") return { state: "loading" };
    const stranger = error instanceof Refused && (error.status === 401 || error.status === 403);
    return { state: "failed", why: why || (error instanceof Error ? error.message : String(error)), stranger };
  }
}
