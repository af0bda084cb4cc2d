import type { Attempt, Board, RoleCard, Run } from "../ledger/events.gen";
import { WORKING } from "../ledger/events.gen";
import type { Doing, Live, View } from "../ledger/live";
import { State } from "../ui/badge";
import { duration, plural, short, spent, visible } from "../ui/format";
import { breakable, withCode } from "../ui/inline";
import { Empty, Panel } from "../ui/panel";
import { Time, useNow } from "../ui/time";
import { Events } from "./events";
import { go } from "./place";
import { RUN, saidOfAttempt, saidOfRole, saidOfStep, thinks } from "./words";

const LATEST = 8;
const STEPS = ["working", "proposed", "measuring", "landing"] as const;
const MOST_SAYING = 240;
const WAITS: { readonly [state in Attempt["state"]]?: string } = {
  proposed: "waits for its turn to be measured",
  measuring: "all gates are measured on the patched tree",
  landing: "becomes a commit",
};

/** What happens now: who works on what, what just ended, and the ledger as it grows. */
export function Now({ live, view }: { live: Live; view: View }) {
  const { board } = view;
  const open = board.attempts.filter((attempt) => WORKING.has(attempt.state));
  const ended = board.attempts.filter((attempt) => attempt.ended_at !== null);
  const latest = ended.sort((a, b) => (b.ended_at ?? 0) - (a.ended_at ?? 0)).slice(0, LATEST);
  const frozen = view.connection.state === "stale" ? view.connection.since : null;
  return (
    <div className="now">
      <div className="now-side">
        <RunNote run={board.run} board={board} />
        <Waiting board={board} />
        <Panel title="At work" count={open.length}>
          {open.length === 0 ? (
            <Empty>{withCode(idle(board))}</Empty>
          ) : (
            <ul className="work">
              {open.map((attempt) => (
                <Working
                  key={attempt.id}
                  attempt={attempt}
                  doing={view.doing.get(attempt.id)}
                  saying={view.saying.get(attempt.id) ?? ""}
                  frozen={frozen}
                />
              ))}
            </ul>
          )}
          <Roles board={board} open={open} />
        </Panel>
        <Panel title="Just ended">
          {latest.length === 0 ? (
            <Empty>Attempts that landed, were rejected or gave no answer appear here.</Empty>
          ) : (
            <ul className="ended">
              {latest.map((attempt) => (
                <Ended key={attempt.id} attempt={attempt} />
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <Events live={live} view={view} compact />
    </div>
  );
}

/** What waits for a person stands first: nobody else can answer it. */
function Waiting({ board }: { board: Board }) {
  const open = board.approvals.filter((card) => card.state === "open");
  if (open.length === 0) return null;
  return (
    <section className="note" data-tone="warn" aria-label="Waiting for you">
      <h2>{plural(open.length, "call waits", "calls wait")} for you</h2>
      <ul className="plain-list">
        {open.slice(0, LATEST).map((card) => (
          <li key={card.id}>
            <button type="button" className="link wrap" onClick={() => go({ area: "approvals", open: card.id })}>
              <span className="three-lines">{visible(card.shown)}</span>
            </button>{" "}
            <span className="quiet">{card.risk}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RunNote({ run, board }: { run: Run | null; board: Board }) {
  if (!run || (run.ended_at === null && run.state !== "paused")) return null;
  const said = RUN[run.state];
  return (
    <section className="note" data-tone={said.tone} aria-label="The run">
      <p>
        <State said={said} />{" "}
        {withCode(run.why || (run.state === "paused" ? "No new work begins until it is resumed." : ""))}
      </p>
      {run.ended_at !== null && (
        <p className="quiet">
          {plural(run.landed, "patch", "patches")} landed, {run.rejected} rejected, {duration(run.seconds ?? 0)}, {spent(run.cost, run.costs.unpriced)}
        </p>
      )}
      {run.delivered && (
        <p>
          Branch <code>{run.delivered.replace("refs/heads/", "")}</code> is ready: <code>git merge {run.delivered.replace("refs/heads/", "")}</code>
        </p>
      )}
      {run.delivery_failed && <p>The branch was not delivered: {run.delivery_failed}</p>}
      {run.left.length > 0 && (
        <>
          <h2>Left to do</h2>
          <ul className="left">
            {run.left.map((left, index) => (
              <li key={index}>
                <strong>{withCode(left.what)}</strong>
                <span>{withCode(left.why)}</span>
                <span className="quiet">{withCode(left.remedy)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {board.sandbox && !board.sandbox.sandboxed && <p>Commands ran without a sandbox.</p>}
    </section>
  );
}

interface AtWork {
  readonly attempt: Attempt;
  readonly doing: Doing | undefined;
  readonly saying: string;
  readonly frozen: number | null;
}

function Working({ attempt, doing, saying, frozen }: AtWork) {
  const now = useNow(frozen);
  const step = attempt.state === "asked" ? 0 : STEPS.indexOf(attempt.state as (typeof STEPS)[number]);
  return (
    <li>
      <div className="work-head">
        <strong>{attempt.role}</strong>
        <span className="quiet num" data-frozen={frozen !== null}>
          {duration(now - attempt.at)}
        </span>
      </div>
      <button type="button" className="link" onClick={() => go({ area: thinks(attempt) ? "conversations" : "patches", open: attempt.id })}>
        {breakable(attempt.title || attempt.task)}
      </button>
      {thinks(attempt) && <Thinking attempt={attempt} />}
      <ol className="steps" aria-label={`step: ${attempt.state}`}>
        {STEPS.map((name, index) => (
          <li key={name} data-done={index < step} aria-current={index === step ? "step" : undefined}>
            {name}
          </li>
        ))}
      </ol>
      {attempt.state === "asked" ? (
        <button type="button" className="link" onClick={() => go({ area: "approvals", open: attempt.approval })}>
          waits for your answer
        </button>
      ) : (
        <p className="doing">{WAITS[attempt.state] ?? (saying ? `…${saying.slice(-MOST_SAYING)}` : (doing?.line ?? answered(attempt)))}</p>
      )}
    </li>
  );
}

function Thinking({ attempt }: { attempt: Attempt }) {
  const { costs, step } = attempt;
  return (
    <p className="quiet num thinking">
      {attempt.model || "a model"} · step {step.number} · {short(costs.tokens_in + costs.tokens_out)} tokens · {spent(costs.cost, costs.unpriced)}
    </p>
  );
}

function answered(attempt: Attempt): string {
  if (attempt.step.doing) return saidOfStep(attempt);
  const last = attempt.tried.at(-1);
  return last ? `${last.technique} answered ${last.answer}` : "beginning";
}

function Ended({ attempt }: { attempt: Attempt }) {
  const said = saidOfAttempt(attempt);
  return (
    <li>
      <button type="button" className="row-button" onClick={() => go({ area: "patches", open: attempt.id })}>
        <State said={said} />
        <span className="grow clip">{attempt.title || attempt.task}</span>
        <span className="quiet num">
          <Time at={attempt.ended_at ?? attempt.at} />
        </span>
      </button>
    </li>
  );
}

function Roles({ board, open }: { board: Board; open: readonly Attempt[] }) {
  const idle = board.roles.filter((role) => !open.some((attempt) => attempt.role === role.name));
  const hindered = idle.filter((role) => hindrance(role, board) !== "");
  const free = idle.filter((role) => !hindered.includes(role));
  if (idle.length === 0) return null;
  return (
    <ul className="roles" aria-label="Roles that wait">
      {free.length > 0 && (
        <li>
          {free.map((role) => role.name).join(", ")} <span className="quiet">{free.length === 1 ? "waits" : "wait"}</span>
        </li>
      )}
      {hindered.map((role) => (
        <li key={role.name} title={role.charge}>
          {role.name} <span className="quiet">{withCode(hindrance(role, board))}</span>
        </li>
      ))}
    </ul>
  );
}

/** Why a role would not begin work if there were some; empty when it would. */
function hindrance(role: RoleCard, board: Board): string {
  if (role.available === false) return role.why_not || "not available";
  const state = board.role_states[role.name] ?? "working";
  return state === "working" ? "" : saidOfRole(role, state).word;
}

function idle(board: Board): string {
  const { run } = board;
  if (!run) return "No run yet. Start one with `kaizen run`.";
  if (run.state === "paused") return "The run is paused: nobody begins new work.";
  if (run.ended_at !== null) return "The run has ended: nobody is working.";
  if (run.score === null) return "The gates are being measured; then the first tasks are chosen.";
  return "Between two attempts.";
}
