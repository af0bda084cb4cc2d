import type { Board, ErrorCard } from "../ledger/events.gen";
import { State } from "../ui/badge";
import { Choice } from "../ui/choice";
import { Fact } from "../ui/fact";
import { absolute, plural } from "../ui/format";
import { Empty, Panel } from "../ui/panel";
import { go, usePlace } from "./place";
import { ATTEMPT, saidOfError } from "./words";

/** Errors that can be recognised again, the last seen first, and what was tried against each. */
export function Errors({ board }: { board: Board }) {
  const place = usePlace();
  const all = [...board.errors].reverse();
  const chosen = all.find((error) => error.fingerprint === place.open) ?? all[0];
  if (!chosen) return <Empty>No failing test was seen. Each error appears here once, however often it comes back.</Empty>;
  return (
    <div className="two">
      <Panel title="Errors" count={all.length} className="fill">
        <Choice label="Errors" items={all} id={(one) => one.fingerprint} chosen={chosen.fingerprint} choose={(open) => go({ open })}>
          {(one) => <Line error={one} />}
        </Choice>
      </Panel>
      <Detail key={chosen.fingerprint} error={chosen} />
    </div>
  );
}

function Line({ error }: { error: ErrorCard }) {
  const said = saidOfError(error);
  return (
    <>
      <span className="line">
        <span className="grow clip strong">{error.exception}</span>
        <State said={said} />
      </span>
      <span className="line quiet">
        <span className="grow clip">{error.function || error.test}</span>
        <span className="num nowrap">{plural(error.seen, "time")}</span>
      </span>
    </>
  );
}

function Detail({ error }: { error: ErrorCard }) {
  const said = saidOfError(error);
  return (
    <Panel title={error.exception} className="detail" aside={<State said={said} />}>
      <p>
        <code>{error.message || "no message"}</code>
      </p>
      <dl className="facts">
        <Fact name="Test">{error.test}</Fact>
        {error.path && <Fact name="Raised at">{`${error.path}:${error.line} in ${error.function}`}</Fact>}
        <Fact name="Fingerprint">{error.fingerprint}</Fact>
        <Fact name="Seen">{`${plural(error.seen, "time")}, first ${absolute(error.first_at)}, last ${absolute(error.last_at)}`}</Fact>
      </dl>
      <h3>What was tried</h3>
      {error.attempts.length === 0 ? (
        <Empty>Nothing yet.</Empty>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Attempt</th>
              <th scope="col">Technique</th>
              <th scope="col">Patch</th>
              <th scope="col">Outcome</th>
            </tr>
          </thead>
          <tbody>
            {error.attempts.map((tried) => (
              <tr key={tried.attempt}>
                <th scope="row">
                  <button type="button" className="link" onClick={() => go({ area: "patches", open: tried.attempt })}>
                    {tried.attempt}
                  </button>
                </th>
                <td>{tried.technique || "–"}</td>
                <td>{tried.title}</td>
                <td>
                  <Outcome state={tried.state} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Outcome({ state }: { state: string }) {
  const said = state in ATTEMPT ? ATTEMPT[state as keyof typeof ATTEMPT] : null;
  if (!said) return <>{state}</>;
  return <State said={said} />;
}
