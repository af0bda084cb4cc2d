import { lazy, Suspense, useRef, useState } from "react";
import { api, type Shown, type Waiting } from "../ledger/api";
import type { ApprovalCard, Board } from "../ledger/events.gen";
import { useAsk } from "../ui/ask";
import { State } from "../ui/badge";
import { Choice } from "../ui/choice";
import { Fact } from "../ui/fact";
import { duration, plural, visible } from "../ui/format";
import { useKeys } from "../ui/keys";
import { Empty, Failed, Loading, Panel } from "../ui/panel";
import { Prose } from "../ui/prose";
import { Time, useNow } from "../ui/time";
import { changeOf, objectIn, pretty } from "./changed";
import { go, usePlace } from "./place";
import { Asking, useRequest, type Asked } from "./request";
import { APPROVAL, RISK } from "./words";

const Diff = lazy(() => import("../ui/diff"));

interface Shows {
  readonly board: Board;
  readonly project: string;
  readonly live: boolean;
}

/** Calls that wait for a person, those that wait first: what each would do, and then the answer. */
export function Approvals({ board, project, live }: Shows) {
  const place = usePlace();
  const all = [...board.approvals].reverse().sort((a, b) => Number(b.state === "open") - Number(a.state === "open"));
  const open = all.filter((card) => card.state === "open").length;
  const chosen = all.find((card) => card.id === place.open) ?? all[0];
  if (!chosen) return <Empty>Nothing was asked. A call whose risk your rules do not allow by themselves waits here for your answer.</Empty>;
  return (
    <div className="two">
      <Panel title={open > 0 ? `${open} waiting` : "Nothing waits"} className="fill">
        <Choice label="Approvals" items={all} id={(one) => one.id} chosen={chosen.id} choose={(id) => go({ open: id })}>
          {(one) => <Line card={one} />}
        </Choice>
      </Panel>
      <Card key={chosen.id} card={chosen} board={board} project={project} live={live} />
    </div>
  );
}

function Line({ card }: { card: ApprovalCard }) {
  const said = APPROVAL[card.state];
  return (
    <>
      <span className="line">
        <span className="grow clip strong">{visible(card.shown)}</span>
        <State said={said} />
      </span>
      <span className="line quiet">
        <span className="grow clip">
          {card.risk} · {card.role || card.attempt}
        </span>
        <Time at={card.at} />
      </span>
    </>
  );
}

function Card({ card, board, project, live }: { card: ApprovalCard } & Shows) {
  const said = APPROVAL[card.state];
  const [answer, again] = useAsk(`${project}/${card.id}/${card.state}`, (signal) => api.approval(project, card.id, signal));
  return (
    <Panel title={card.tool} className="detail approval" aside={<State said={said} />}>
      <div className="note" data-tone={RISK[card.risk].tone}>
        <p>
          <strong>{card.risk}</strong> {RISK[card.risk].does}
        </p>
        <p>
          <code className="wrap">{visible(card.shown)}</code>
        </p>
      </div>
      {answer.state === "loading" && <Loading what="the exact call" />}
      {answer.state === "failed" && <Failed why={answer.why} again={again} />}
      {answer.state === "ready" && <Exact waiting={answer.value} />}
      {card.state === "open" ? (
        answer.state === "ready" && <Answers card={card} given={answer.value.arguments} board={board} project={project} live={live} />
      ) : (
        <Answered card={card} />
      )}
      <Facts card={card} board={board} />
    </Panel>
  );
}

function Exact({ waiting: { arguments: given, allowed } }: { waiting: Waiting }) {
  if (given.problem) return <Failed why={`The arguments cannot be shown: ${given.problem}`} />;
  const change = changeOf(given.text, "");
  return (
    <>
      <h3>{change ? "What it would change" : "The exact call"}</h3>
      {change && (
        <Suspense fallback={<Loading what="the diff" />}>
          <Diff text={change} />
        </Suspense>
      )}
      {change && <h3>The exact call</h3>}
      <Prose text={pretty(given.text)} bytes={given.bytes} label="Arguments" />
      {given.truncated && <p className="quiet">The arguments are longer than what is shown here: nobody can allow what they have not seen.</p>}
      {allowed && (
        <>
          <h3>Allowed in its place</h3>
          <Prose text={pretty(allowed.text)} bytes={allowed.bytes} label="Allowed arguments" />
        </>
      )}
    </>
  );
}

type Mode = "" | "edit" | "deny";

/** The buttons: letters only move the focus there, so that no call is allowed by a slip of a finger. */
function Answers({ card, given, board, project, live }: { card: ApprovalCard; given: Shown } & Shows) {
  const [mode, setMode] = useState<Mode>("");
  const asked = useRequest(board.requests);
  const bar = useRef<HTMLDivElement>(null);
  const focus = (name: string) => () => bar.current?.querySelector<HTMLElement>(`[data-key=${name}]`)?.focus();
  useKeys({ a: focus("a"), u: focus("u"), e: () => setMode("edit"), d: () => setMode("deny") });
  const yes = (more: { readonly arguments?: object; readonly whole_run?: boolean }) =>
    asked.ask(() => api.approve(project, card.id, { digest: card.digest, ...more }));
  const able = live && !asked.open;
  const whole = !given.truncated && !given.problem;
  return (
    <div ref={bar} className="answers">
      <p className="quiet">
        <Left expires={card.expires} live={live} />
        {!live && " The connection is not live: what is shown may be old, so nothing can be answered now."}
      </p>
      {mode === "" && (
        <div className="buttons">
          <button type="button" className="primary" data-key="a" disabled={!able || !whole} onClick={() => yes({})}>
            Approve
          </button>
          <button type="button" data-key="u" disabled={!able || !whole} onClick={() => yes({ whole_run: true })}>
            Approve for this run
          </button>
          <button type="button" disabled={!able || !whole} onClick={() => setMode("edit")}>
            Edit and approve…
          </button>
          <button type="button" disabled={!able} onClick={() => setMode("deny")}>
            Deny…
          </button>
        </div>
      )}
      {mode === "edit" && <Edit given={given} able={able} back={() => setMode("")} send={(edited) => yes({ arguments: edited })} />}
      {mode === "deny" && (
        <Deny able={able} back={() => setMode("")} send={(why) => asked.ask(() => api.deny(project, card.id, { digest: card.digest, why }))} />
      )}
      <Standing asked={asked} card={card} />
    </div>
  );
}

function Standing({ asked, card }: { asked: Asked; card: ApprovalCard }) {
  const carried = asked.request?.state === "honoured" && card.state === "open";
  return (
    <>
      <Asking asked={asked} />
      {carried && <p className="quiet">It was carried out.</p>}
    </>
  );
}

function Left({ expires, live }: { expires: number; live: boolean }) {
  const now = useNow(live ? null : Date.now());
  const left = expires - now;
  return left > 0 ? (
    <>
      It holds nothing while it waits. Unanswered for another <span className="num">{duration(left)}</span>, it counts as denied (
      <Time at={expires} />
      ).
    </>
  ) : (
    <>Its time is over: it counts as denied.</>
  );
}

function Edit({ given, able, back, send }: { given: Shown; able: boolean; back: () => void; send: (edited: object) => void }) {
  const [text, setText] = useState(pretty(given.text));
  const parsed = objectIn(text);
  return (
    <form
      className="answer-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed) send(parsed);
      }}
    >
      <label htmlFor="edited">Arguments, as JSON. Exactly these are allowed.</label>
      <textarea id="edited" autoFocus spellCheck={false} value={text} rows={Math.min(18, text.split("\n").length + 1)} onChange={(event) => setText(event.target.value)} />
      {!parsed && (
        <p className="bad" role="alert">
          This is not a JSON object.
        </p>
      )}
      <div className="buttons">
        <button type="submit" className="primary" disabled={!able || !parsed}>
          Approve as edited
        </button>
        <button type="button" onClick={back}>
          Back
        </button>
      </div>
    </form>
  );
}

function Deny({ able, back, send }: { able: boolean; back: () => void; send: (why: string) => void }) {
  const [why, setWhy] = useState("");
  return (
    <form
      className="answer-form"
      onSubmit={(event) => {
        event.preventDefault();
        send(why);
      }}
    >
      <label htmlFor="why">Why not? The agent is told, and goes on without it.</label>
      <textarea id="why" autoFocus value={why} rows={3} maxLength={1000} onChange={(event) => setWhy(event.target.value)} />
      <div className="buttons">
        <button type="submit" className="danger" disabled={!able}>
          Deny
        </button>
        <button type="button" onClick={back}>
          Back
        </button>
      </div>
    </form>
  );
}

function Answered({ card }: { card: ApprovalCard }) {
  const said = APPROVAL[card.state];
  const why = card.state === "expired" ? "Nobody answered in time, so it counts as denied." : card.state === "withdrawn" ? "Its attempt ended before anybody answered." : card.why;
  return (
    <div className="note" data-tone={card.state === "granted" ? "good" : undefined} role="status">
      <p>
        <State said={said} />{" "}
        {card.by && `by ${card.by} `}
        {card.answered_at !== null && <Time at={card.answered_at} />}
        {card.edited && ", with other arguments"}
        {card.whole_run && `, and every later ${card.tool} of this risk in the run`}
      </p>
      {why && <p className="text">{why}</p>}
    </div>
  );
}

function Facts({ card, board }: { card: ApprovalCard; board: Board }) {
  const alike = board.approvals.filter((other) => other.id !== card.id && other.tool === card.tool && other.risk === card.risk);
  const count = (state: ApprovalCard["state"]) => alike.filter((other) => other.state === state).length;
  return (
    <dl className="facts">
      <Fact name="Asked by">
        <button type="button" className="link" onClick={() => go({ area: "conversations", open: card.attempt })}>
          {card.attempt}
        </button>
        {card.role && `, the ${card.role}`}
        {card.task && `, for “${card.task}”`}
      </Fact>
      <Fact name="The same before">
        {alike.length === 0 ? "never asked" : `${plural(count("granted"), "time")} approved, ${count("denied") + count("expired")} denied`}
      </Fact>
      <Fact name="On tree">
        <code>{card.tree.slice(0, 12)}</code>
      </Fact>
      <Fact name="Bound to">
        <code className="wrap">{card.digest}</code>
      </Fact>
    </dl>
  );
}
