import { lazy, Suspense, useState } from "react";
import { api } from "../ledger/api";
import type { Attempt, Board } from "../ledger/events.gen";
import { useAsk } from "../ui/ask";
import { State } from "../ui/badge";
import { Choice } from "../ui/choice";
import { number, plural, spent } from "../ui/format";
import { withCode } from "../ui/inline";
import { Empty, Failed, Loading, Panel } from "../ui/panel";
import { Time } from "../ui/time";
import { go, usePlace } from "./place";
import { saidOfAttempt, thinks } from "./words";

const Diff = lazy(() => import("../ui/diff"));
const SHOWN = ["patches", "landed", "rejected", "all attempts"] as const;
type Shown = (typeof SHOWN)[number];

/** Every attempt's patch: what it changes, what it measured, and why it landed or not. */
export function Patches({ board, project }: { board: Board; project: string }) {
  const place = usePlace();
  const [shown, setShown] = useState<Shown>("patches");
  const all = [...board.attempts].reverse();
  const opened = all.find((attempt) => attempt.id === place.open);
  const items = all.filter((attempt) => attempt === opened || passes(attempt, shown));
  const chosen = opened ?? items[0];
  return (
    <div className="two">
      <Panel title="Patches" count={items.length} className="fill" aside={<Picker shown={shown} pick={setShown} />}>
        {items.length === 0 ? (
          <Empty>{shown === "patches" ? "No attempt has brought a patch yet." : "There is none of these."}</Empty>
        ) : (
          <Choice label="Patches" items={items} id={(one) => one.id} chosen={chosen?.id ?? ""} choose={(open) => go({ open })}>
            {(one) => <Line attempt={one} />}
          </Choice>
        )}
      </Panel>
      {chosen ? (
        <Patch key={chosen.id} attempt={chosen} project={project} />
      ) : (
        <Panel title="Patch" className="detail">
          <Empty>{place.open ? `Attempt ${place.open} is no longer kept here; its events are.` : "Choose one to see it here."}</Empty>
        </Panel>
      )}
    </div>
  );
}

function passes(attempt: Attempt, shown: Shown): boolean {
  switch (shown) {
    case "patches":
      return attempt.diff !== "";
    case "all attempts":
      return true;
    default:
      return attempt.state === shown;
  }
}

function Picker({ shown, pick }: { shown: Shown; pick: (shown: Shown) => void }) {
  return (
    <select aria-label="Which attempts" value={shown} onChange={(event) => pick(event.target.value as Shown)}>
      {SHOWN.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  );
}

function Line({ attempt }: { attempt: Attempt }) {
  const said = saidOfAttempt(attempt);
  return (
    <>
      <span className="line">
        <span className="grow clip strong">{attempt.title || attempt.task}</span>
        <State said={said} />
      </span>
      <span className="line quiet">
        <span className="grow clip">
          {attempt.role}
          {attempt.technique && `, ${attempt.technique}`} · iteration {attempt.iteration}
        </span>
        <Sizes attempt={attempt} />
      </span>
    </>
  );
}

function Sizes({ attempt }: { attempt: Attempt }) {
  if (attempt.files.length === 0) return null;
  const added = attempt.files.reduce((sum, file) => sum + file.added, 0);
  const removed = attempt.files.reduce((sum, file) => sum + file.removed, 0);
  return (
    <span className="num nowrap">
      {plural(attempt.files.length, "file")} <span className="added">+{added}</span> <span className="removed">−{removed}</span>
    </span>
  );
}

function Patch({ attempt, project }: { attempt: Attempt; project: string }) {
  const said = saidOfAttempt(attempt);
  return (
    <Panel title={attempt.title || attempt.task} className="detail" aside={<State said={said} />}>
      <p className="quiet">
        {attempt.id} by the {attempt.role}
        {attempt.technique && ` with ${attempt.technique}`}, for “{attempt.task}”, <Time at={attempt.at} />
        {thinks(attempt) && (
          <>
            {" · "}
            <button type="button" className="link" onClick={() => go({ area: "conversations", open: attempt.id })}>
              {attempt.model || "a model"}, {plural(attempt.step.number, "step")}
            </button>
            , {spent(attempt.costs.cost, attempt.costs.unpriced)}
          </>
        )}
        {attempt.checkpoint && (
          <>
            {" · "}
            <button type="button" className="link" onClick={() => go({ area: "checkpoints", open: attempt.checkpoint })}>
              checkpoint {attempt.checkpoint}
            </button>
          </>
        )}
      </p>
      {attempt.partial && <p className="note">It did not reach the end of its work{attempt.spent && `: the ${attempt.spent.split(":").reverse().join(" budget of the ")} was spent`}. This is the best it has.</p>}
      <Reasons attempt={attempt} />
      {attempt.notes && <p className="text">{attempt.notes}</p>}
      <Measures attempt={attempt} />
      <Answers attempt={attempt} />
      {attempt.diff && (
        <>
          <h3>Diff</h3>
          <Text attempt={attempt.id} project={project} />
        </>
      )}
    </Panel>
  );
}

function Reasons({ attempt }: { attempt: Attempt }) {
  if (attempt.reasons.length === 0) return attempt.why ? <p className="note">{withCode(attempt.why)}</p> : null;
  return (
    <div className="note" data-tone="bad">
      <h3>{attempt.reasons.some((one) => one.code === "undecided") ? "What a person must decide" : "Why it was rejected"}</h3>
      <ul>
        {attempt.reasons.map((reason, index) => (
          <li key={index}>
            {withCode(reason.message)}
            <span className="quiet">
              {reason.path && ` ${reason.path}${reason.line ? `:${reason.line}` : ""}`}
              {` · ${reason.code}`}
              {reason.rule && ` · ${reason.rule}`}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Measures({ attempt }: { attempt: Attempt }) {
  if (attempt.measured.length === 0) return null;
  return (
    <>
      <h3>Measured on the patched tree</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Gate</th>
            <th scope="col">Before</th>
            <th scope="col">With the patch</th>
            <th scope="col">Reading</th>
          </tr>
        </thead>
        <tbody>
          {attempt.measured.map((one) => (
            <tr key={one.gate} data-moved={attempt.base[one.gate] !== undefined && attempt.base[one.gate] !== one.value}>
              <th scope="row">{one.gate}</th>
              <td className="num">{number(attempt.base[one.gate])}</td>
              <td className="num">{number(one.value)}</td>
              <td className="quiet">{one.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Answers({ attempt }: { attempt: Attempt }) {
  if (attempt.tried.length === 0) return null;
  return (
    <>
      <h3>Techniques</h3>
      <ul className="outcomes">
        {attempt.tried.map((tried, index) => (
          <li key={index}>
            <strong>{tried.technique}</strong> answered {tried.answer}
            {tried.why && <span className="quiet"> {tried.why}</span>}
            <span className="quiet num">{number(tried.seconds)} s</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Text({ attempt, project }: { attempt: string; project: string }) {
  const [answer, again] = useAsk(`${project}/${attempt}`, (signal) => api.patch(project, attempt, signal));
  if (answer.state === "loading") return <Loading what="the diff" />;
  if (answer.state === "failed") return <Failed why={answer.why} again={again} />;
  const { diff, truncated, diff_problem } = answer.value;
  if (diff_problem) return <Failed why={diff_problem} again={again} />;
  return (
    <Suspense fallback={<Loading what="the diff" />}>
      <Diff text={diff} />
      {truncated && <p className="note">The diff is longer than what is shown here.</p>}
    </Suspense>
  );
}
