import { useEffect, useRef } from "react";
import { api } from "../ledger/api";
import { WORKING, type Attempt } from "../ledger/events.gen";
import type { View } from "../ledger/live";
import { useTurns } from "../ledger/turns";
import { State } from "../ui/badge";
import { Choice } from "../ui/choice";
import { plural, short, spent, visible } from "../ui/format";
import { Empty, Failed, Loading, Panel } from "../ui/panel";
import { go, usePlace } from "./place";
import { Step } from "./step";
import { saidOfAttempt, thinks } from "./words";

/** What passes between each attempt, its model and its tools, step by step, as it happens. */
export function Conversations({ view }: { view: View }) {
  const place = usePlace();
  const all = [...view.board.attempts].reverse().filter((attempt) => thinks(attempt) || attempt.id === place.open);
  const chosen = all.find((attempt) => attempt.id === place.open) ?? all[0];
  if (!chosen && !place.open) {
    return <Empty>No attempt has asked a model yet. Connect one with KAIZEN_MODEL, and what it is told and answers appears here.</Empty>;
  }
  return (
    <div className="two">
      <Panel title="Conversations" count={all.length} className="fill">
        <Choice label="Conversations" items={all} id={(one) => one.id} chosen={chosen?.id ?? ""} choose={(open) => go({ open })}>
          {(one) => <Line attempt={one} />}
        </Choice>
      </Panel>
      <Talk key={chosen?.id ?? place.open} attempt={chosen} id={chosen?.id ?? place.open} view={view} />
    </div>
  );
}

function Line({ attempt }: { attempt: Attempt }) {
  const said = saidOfAttempt(attempt);
  const { costs } = attempt;
  return (
    <>
      <span className="line">
        <span className="grow clip strong">{attempt.title || attempt.task}</span>
        <State said={said} />
      </span>
      <span className="line quiet">
        <span className="grow clip">
          {attempt.role} · {attempt.model || "a model"}
        </span>
        <span className="num nowrap">{spent(costs.cost, costs.unpriced)}</span>
      </span>
    </>
  );
}

function Talk({ attempt, id, view }: { attempt: Attempt | undefined; id: string; view: View }) {
  const { board, project } = view;
  const told = view.told.get(id);
  const open = board.approvals.find((card) => card.attempt === id && card.state === "open");
  // An answer of a person stands in another stream: it, too, may have moved the conversation on.
  const turns = useTurns(api, project, id, `${told} ${open?.id} ${view.connection.state}`, attempt?.step.number ?? 0);
  const end = useRef<HTMLDivElement>(null);
  const working = attempt !== undefined && WORKING.has(attempt.state);
  useEffect(() => {
    if (working && turns.state === "ready") end.current?.scrollIntoView({ block: "nearest" });
    // Once, when it opens: a reader is never moved.
  }, [turns.state]);
  const said = attempt && saidOfAttempt(attempt);
  return (
    <Panel title={attempt?.title || attempt?.task || id} className="detail" aside={said && <State said={said} />}>
      {attempt && <Head attempt={attempt} />}
      {open && (
        <div className="note" data-tone="warn">
          <p>
            Waits for a person: <code className="wrap">{visible(open.shown)}</code>
          </p>
          <button type="button" onClick={() => go({ area: "approvals", open: open.id })}>
            Look and answer…
          </button>
        </div>
      )}
      {turns.state === "loading" && <Loading what="the conversation" />}
      {turns.why && <Failed why={turns.why} again={turns.again} />}
      {turns.older && (
        <button type="button" disabled={turns.busy} onClick={turns.older}>
          {turns.busy ? "Reading…" : "Earlier steps"}
        </button>
      )}
      {turns.state === "ready" && turns.total === 0 && <Empty>{working ? "Nothing was asked yet." : "Nothing was asked."}</Empty>}
      <ol className="turns" aria-label="Steps">
        {turns.turns.map((turn, index) => (
          <Step key={turn.nth} turn={turn} project={project} attempt={id} newest={index === turns.turns.length - 1} />
        ))}
      </ol>
      <Saying text={view.saying.get(id) ?? ""} stale={view.connection.state !== "live"} />
      <div ref={end} />
    </Panel>
  );
}

function Head({ attempt }: { attempt: Attempt }) {
  const { costs } = attempt;
  return (
    <p className="quiet">
      {attempt.id} by the {attempt.role} with {attempt.model || "a model"}, for “{attempt.task}”. {plural(costs.calls, "answer")}
      {costs.failed > 0 && `, ${plural(costs.failed, "failed try", "failed tries")}`}, {short(costs.tokens_in)} tokens in
      {costs.tokens_cached > 0 && ` (${short(costs.tokens_cached)} cached)`}, {short(costs.tokens_out)} out, {spent(costs.cost, costs.unpriced)}
      {costs.unpriced > 0 && ` (${plural(costs.unpriced, "call")} of unknown price)`}.
      {attempt.partial && " It did not reach the end of its work."}
      {attempt.spent && ` Ended by the ${attempt.spent.split(":").reverse().join(" budget of the ")}.`}{" "}
      {attempt.diff && (
        <button type="button" className="link" onClick={() => go({ area: "patches", open: attempt.id })}>
          Its patch
        </button>
      )}
    </p>
  );
}

/** What the model is just saying: a signal and no fact, so it is marked as such and read aloud to nobody. */
function Saying({ text, stale }: { text: string; stale: boolean }) {
  if (!text) return null;
  return (
    <div className="saying" data-stale={stale} aria-live="off">
      <p className="quiet">{stale ? "was saying, when last heard" : "is saying"}</p>
      <pre className="prose">{text}</pre>
    </div>
  );
}
