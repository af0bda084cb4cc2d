import { memo, useState } from "react";
import { api, type ProjectLine } from "../ledger/api";
import type { Run } from "../ledger/events.gen";
import type { Live } from "../ledger/live";
import { connectionOf, runOf, usePart } from "../ledger/part";
import type { Connection } from "../ledger/socket";
import { Badge, State } from "../ui/badge";
import { Dialog } from "../ui/dialog";
import { duration, money, plural, spent } from "../ui/format";
import { Mark, ThemeIcon } from "../ui/icons";
import { useKeys } from "../ui/keys";
import { useTheme } from "../ui/theme";
import { Time, useNow } from "../ui/time";
import { Help } from "./help";
import { go } from "./place";
import { Asking, useRequest } from "./request";
import { RUN } from "./words";

const LOST_SECONDS = 15;

/** Which project, which run, whether what is shown is true now, and what one may ask for. */
export const Top = memo(function Top({ live, projects }: { live: Live; projects: readonly ProjectLine[] }) {
  const project = usePart(live, (view) => view.board.project);
  const run = usePart(live, runOf);
  const connection = usePart(live, connectionOf);
  const [help, setHelp] = useState(false);
  const [theme, turn] = useTheme();
  useKeys({ "?": () => setHelp(true), t: turn });
  return (
    <header className="top">
      <div className="top-name">
        <Mark />
        {projects.length > 1 ? <Switch projects={projects} chosen={live.project} /> : <strong>{project?.name ?? live.project}</strong>}
        {project?.prefix && <span className="quiet">/ {project.prefix}</span>}
      </div>
      {run && <RunLine run={run} connection={connection} />}
      <div className="top-end">
        <Asks live={live} />
        <Truth connection={connection} hurry={() => live.hurry()} />
        {run && <Wishes live={live} run={run} able={connection.state === "live"} />}
        <button type="button" className="plain" onClick={turn} title={`Theme: ${theme} (t)`} aria-label={`Theme: ${theme}`}>
          <ThemeIcon />
        </button>
        <button type="button" className="plain" onClick={() => setHelp(true)} aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)">
          ?
        </button>
      </div>
      {connection.state === "stale" && <Lost since={connection.since / 1000} />}
      {help && <Help onClose={() => setHelp(false)} />}
    </header>
  );
});

/** Calls that wait for a person are said aloud at once: the work waits for nobody else. */
function Asks({ live }: { live: Live }) {
  const open = usePart(live, ({ board }) => board.approvals.filter((card) => card.state === "open").length);
  return (
    <span role="alert" className="asks">
      {open > 0 && (
        <button type="button" onClick={() => go({ area: "approvals" })}>
          <Badge tone="warn" shape="warn">
            {plural(open, "call waits", "calls wait")} for you
          </Badge>
        </button>
      )}
    </span>
  );
}

function Switch({ projects, chosen }: { projects: readonly ProjectLine[]; chosen: string }) {
  return (
    <label>
      <span className="sr">Project</span>
      <select value={chosen} onChange={(event) => go({ project: event.target.value, area: "now", open: "" })}>
        {projects.map((one) => (
          <option key={one.name} value={one.name}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}

function RunLine({ run, connection }: { run: Run; connection: Connection }) {
  const said = RUN[run.state];
  const now = useNow(run.ended_at !== null ? run.ended_at * 1000 : connection.state === "stale" ? connection.since : null);
  const { iterations, minutes, cost } = run.budget;
  return (
    <div className="top-run">
      <span className="quiet">run {run.id.replace(/^r/, "")}</span>
      <State said={said} />
      <span className="nowrap">
        iteration {run.iteration}
        {iterations ? <span className="quiet"> of {iterations}</span> : null}
      </span>
      <span className="nowrap num" data-frozen={connection.state !== "live"}>
        {duration(run.seconds ?? now - run.started_at)}
        {minutes ? <span className="quiet"> of {minutes} min</span> : null}
      </span>
      {(run.costs.calls > 0 || run.models.length > 0) && (
        <button type="button" className="link nowrap num" onClick={() => go({ area: "costs" })}>
          {spent(run.cost, run.costs.unpriced)}
          {cost ? ` of ${money(cost)}` : null}
        </button>
      )}
    </div>
  );
}

/** The truth about the connection; said aloud when it changes, not each second. */
function Truth({ connection, hurry }: { connection: Connection; hurry: () => void }) {
  const now = useNow(connection.state === "stale" ? null : 0);
  const age = connection.state === "stale" ? Math.max(0, Math.floor(now - connection.since / 1000)) : 0;
  return (
    <div className="truth" data-state={connection.state}>
      <span role="status">
        {connection.state === "live" && "Live"}
        {connection.state === "connecting" && "Connecting…"}
        {connection.state === "stale" && <span title={connection.why}>Stale, reconnecting</span>}
        {connection.state === "ended" && <span title={connection.why}>Ended: {connection.why}</span>}
      </span>
      {connection.state === "stale" && (
        <>
          <span className="num" aria-hidden="true">
            {duration(age)}
          </span>
          <button type="button" className="plain" onClick={hurry}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}

/** What to do when nobody has answered for longer than a restart takes. */
function Lost({ since }: { since: number }) {
  const now = useNow(null);
  if (now - since < LOST_SECONDS) return null;
  return (
    <p className="lost">
      What you see is as of <Time at={since} />. If Kaizen has ended, <code>kaizen up</code> starts it again; this page then goes on by itself.
    </p>
  );
}

function Wishes({ live, run, able }: { live: Live; run: Run; able: boolean }) {
  const [stopping, setStopping] = useState(false);
  const asked = useRequest(usePart(live, (view) => view.board.requests));
  if (run.ended_at !== null || run.state === "closing") return <Asking asked={asked} />;
  const paused = run.state === "paused";
  const wish = (what: "pause" | "resume" | "stop") => asked.ask(() => api.request(live.project, { what }));
  return (
    <div className="wishes">
      <Asking asked={asked} />
      <button type="button" disabled={!able || asked.open} onClick={() => wish(paused ? "resume" : "pause")}>
        {paused ? "Resume" : "Pause"}
      </button>
      <button type="button" disabled={!able || asked.open} onClick={() => setStopping(true)}>
        Stop…
      </button>
      {stopping && (
        <Dialog title={`Stop run ${run.id.replace(/^r/, "")}?`} onClose={() => setStopping(false)}>
          <p>What has landed stays. Work that is under way is given up, and the branch is delivered as it stands.</p>
          <div className="dialog-end">
            <button type="button" onClick={() => setStopping(false)}>
              Go on running
            </button>
            <button
              type="button"
              className="danger"
              onClick={() => {
                setStopping(false);
                wish("stop");
              }}
            >
              Stop the run
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
