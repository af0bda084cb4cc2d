import type { Board, CostRow, Forecast, Iteration, Run } from "../ledger/events.gen";
import type { View } from "../ledger/live";
import { Badge } from "../ui/badge";
import { Bar } from "../ui/bar";
import { duration, money, number, plural, short, spent } from "../ui/format";
import { Empty, Panel } from "../ui/panel";
import { Time, useNow } from "../ui/time";
import { leftOf, turnsOf, type Left } from "./left";

/** What thinking costs: against the budgets, by role, model and task, and turn by turn. */
export function Costs({ view }: { view: View }) {
  const { board } = view;
  const { run } = board;
  if (!run) return <Empty>No run yet. What models cost appears here.</Empty>;
  return (
    <div className="stack wide">
      <Sums run={run} />
      <Budgets run={run} frozen={view.connection.state === "stale" ? view.connection.since : null} />
      <div className="columns">
        <Rows title="By role" rows={run.by_role} none="No role has asked a model yet." />
        <Rows title="By model" rows={run.by_model} none="No model was asked yet." />
      </div>
      <Rows title="By task" rows={run.by_task} none="No task has cost anything yet." />
      <Trend board={board} run={run} />
    </div>
  );
}

function Sums({ run }: { run: Run }) {
  const { costs } = run;
  const cached = costs.tokens_in > 0 ? `${number((100 * costs.tokens_cached) / costs.tokens_in)} % cached` : "none yet";
  return (
    <dl className="sums">
      <Sum name="Spent" value={costs.unpriced > 0 && run.cost === 0 ? "unknown" : money(run.cost)} beside={costs.unpriced > 0 ? `${plural(costs.unpriced, "call")} of unknown price` : "every price is known"} />
      {run.forecast && run.ended_at === null && <Still forecast={run.forecast} />}
      <Sum name="Tokens in" value={short(costs.tokens_in)} beside={cached} />
      <Sum name="Tokens out" value={short(costs.tokens_out)} beside={costs.tokens_lost > 0 ? `${short(costs.tokens_lost)} lost in failed tries` : "none lost"} />
      <Sum name="Answers" value={number(costs.calls)} beside={said(run)} />
      <Sum name="Waited for models" value={duration(costs.seconds)} beside={costs.calls > 0 ? `${number(costs.seconds / costs.calls)} s each` : ""} />
    </dl>
  );
}

/** What is likely still to come, and between what: an estimate, and said as one. */
function Still({ forecast: { low, likely, high, at } }: { forecast: Forecast }) {
  return (
    <div>
      <dt>Still to be spent, likely</dt>
      <dd>
        <span className="big num">{money(likely)}</span>
        <span className="quiet num">
          {money(low)} to {money(high)} in 8 of 10 cases, as of <Time at={at} />
        </span>
      </dd>
    </div>
  );
}

function said({ costs }: Run): string {
  const failed = plural(costs.failed, "failed try", "failed tries");
  return costs.replayed > 0 ? `${failed}, ${costs.replayed} not paid again` : failed;
}

function Sum({ name, value, beside }: { name: string; value: string; beside: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span className="big num">{value}</span>
        <span className="quiet">{beside}</span>
      </dd>
    </div>
  );
}

function Budgets({ run, frozen }: { run: Run; frozen: number | null }) {
  const now = useNow(run.ended_at !== null ? run.ended_at * 1000 : frozen);
  const rows = leftOf(run, now);
  return (
    <Panel title="Budget">
      {rows.length === 0 && run.spent.length === 0 ? (
        <Empty>The run has no limit. Give it one with --cost, or in your own kaizen.toml.</Empty>
      ) : (
        <ul className="budgets">
          {rows.map((row) => (
            <Budget key={row.what} row={row} more={row.what === "USD" && run.ended_at === null ? (run.forecast?.likely ?? 0) / row.limit : 0} />
          ))}
          {run.spent.map((one, index) => (
            <li key={index}>
              <Badge tone="bad" shape="unmet">
                spent
              </Badge>
              <span>
                the {one.what} budget of the {one.scope}
                {one.subject && ` ${one.subject}`}, {amount(one.what === "cost" ? "USD" : "tokens", one.limit)}: another call does not fit
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Budget({ row, more }: { row: Left; more: number }) {
  const left = Math.max(0, row.limit - row.used);
  const word = `${amount(row.what, row.used)} of ${amount(row.what, row.limit)} ${row.what === "USD" ? "" : row.what}`.trim();
  return (
    <li>
      <span>{row.what === "USD" ? "money" : row.what}</span>
      <Bar share={row.share} more={more} label={more > 0 ? `${row.what}: ${word}, the lighter part is likely still to come` : `${row.what}: ${word}`} />
      <span className="num">{word}</span>
      <span className="quiet num">{amount(row.what, left)} left</span>
    </li>
  );
}

function amount(what: Left["what"], value: number): string {
  if (what === "USD") return money(value);
  return what === "tokens" ? short(value) : number(value);
}

function Rows({ title, rows, none }: { title: string; rows: readonly CostRow[]; none: string }) {
  const sorted = [...rows].sort((a, b) => b.costs.cost - a.costs.cost || b.costs.tokens_in - a.costs.tokens_in);
  return (
    <Panel title={title} count={rows.length}>
      {rows.length === 0 ? (
        <Empty>{none}</Empty>
      ) : (
        <div className="table">
          <table>
            <thead>
              <tr>
                <th scope="col">{title.replace("By ", "")}</th>
                <th scope="col">answers</th>
                <th scope="col">tokens in</th>
                <th scope="col">out</th>
                <th scope="col">cost</th>
              </tr>
            </thead>
            <tbody>
              {sorted.map(({ of, title: name, costs }) => (
                <tr key={of}>
                  <th scope="row">{name || of || "the older ones together"}</th>
                  <td className="num">
                    {number(costs.calls)}
                    {costs.failed > 0 && <span className="quiet"> +{costs.failed} failed</span>}
                  </td>
                  <td className="num">{short(costs.tokens_in)}</td>
                  <td className="num">{short(costs.tokens_out)}</td>
                  <td className="num">{spent(costs.cost, costs.unpriced)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Trend({ board, run }: { board: Board; run: Run }) {
  const turns = turnsOf(board.iterations, run);
  const most = Math.max(...turns.map((turn) => turn.tokens), 1);
  return (
    <Panel title="Turn by turn" count={turns.length}>
      {turns.length === 0 ? (
        <Empty>No iteration has asked a model yet.</Empty>
      ) : (
        <div className="table">
          <table>
            <thead>
              <tr>
                <th scope="col">iteration</th>
                <th scope="col">tokens</th>
                <th scope="col">
                  <span className="sr">share of the most</span>
                </th>
                <th scope="col">answers</th>
                <th scope="col">cost</th>
                <th scope="col">landed</th>
              </tr>
            </thead>
            <tbody>
              {turns.map((turn) => (
                <TurnRow key={turn.number} turn={turn} most={most} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function TurnRow({ turn, most }: { turn: Iteration; most: number }) {
  return (
    <tr>
      <th scope="row" className="num">
        {turn.number}
      </th>
      <td className="num">{short(turn.tokens)}</td>
      <td className="bar-cell">
        <Bar share={turn.tokens / most} label="" limit={false} />
      </td>
      <td className="num">{turn.calls}</td>
      <td className="num">{money(turn.cost)}</td>
      <td className="num">{turn.state === "working" ? "…" : turn.landed}</td>
    </tr>
  );
}
