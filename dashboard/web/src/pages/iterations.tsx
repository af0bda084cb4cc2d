import type { Attempt, Board, GateCard, Iteration } from "../ledger/events.gen";
import { State } from "../ui/badge";
import { Choice } from "../ui/choice";
import { duration, number, withUnit } from "../ui/format";
import { Empty, Panel } from "../ui/panel";
import { Time } from "../ui/time";
import { go, usePlace } from "./place";
import { saidOfAttempt } from "./words";

const idOf = (iteration: Iteration) => `${iteration.run}.${iteration.number}`;
const runOf = (iteration: Iteration) => iteration.run.replace(/^r/, "run ");

/** Turn by turn: what was chosen and why, what it did to the gates, and what came of each attempt. */
export function Iterations({ board }: { board: Board }) {
  const place = usePlace();
  const all = [...board.iterations].reverse();
  const chosen = all.find((one) => idOf(one) === place.open) ?? all[0];
  if (!chosen) return <Empty>The first iteration begins when the baseline is measured.</Empty>;
  return (
    <div className="two">
      <Panel title="Iterations" count={all.length} className="fill">
        <Choice label="Iterations" items={all} id={idOf} chosen={idOf(chosen)} choose={(open) => go({ open })}>
          {(one) => (
            <>
              <span className="line">
                <strong className="num">{one.number}</strong>
                <span className="grow clip">{one.tasks.map((task) => task.title).join(", ")}</span>
              </span>
              <span className="line quiet">
                {runOf(one)} · {one.state === "working" ? "working" : `${one.landed} landed, ${one.rejected} rejected`}
                {one.score !== null && <span className="num">score {number(one.score)}</span>}
              </span>
            </>
          )}
        </Choice>
      </Panel>
      <Turn key={idOf(chosen)} iteration={chosen} board={board} />
    </div>
  );
}

function Turn({ iteration, board }: { iteration: Iteration; board: Board }) {
  const attempts = board.attempts.filter((attempt) => attempt.run === iteration.run && attempt.iteration === iteration.number);
  const took = iteration.ended_at === null ? null : iteration.ended_at - iteration.started_at;
  return (
    <Panel
      title={`Iteration ${iteration.number} of ${runOf(iteration)}`}
      className="detail"
      aside={
        <span className="quiet">
          <Time at={iteration.started_at} />
          {took !== null && `, ${duration(took)}`}
        </span>
      }
    >
      <p className="why">{iteration.why}</p>
      <h3>Gates</h3>
      <Moves gates={board.run?.id === iteration.run ? board.run.gates : []} iteration={iteration} />
      <h3>Tasks</h3>
      <ul className="tasks">
        {iteration.tasks.map((task) => (
          <li key={task.id}>
            <span className="line">
              <strong className="grow">{task.title}</strong>
              <span className="quiet">
                {task.kind.replace("_", " ")} · {task.role}
              </span>
            </span>
            <Outcomes attempts={attempts.filter((attempt) => attempt.task_id === task.id)} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Outcomes({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <span className="quiet">not tried yet, or no longer kept here</span>;
  return (
    <ul className="outcomes">
      {attempts.map((attempt) => {
        const said = saidOfAttempt(attempt);
        return (
          <li key={attempt.id}>
            <State said={said} />
            <button type="button" className="link" onClick={() => go({ area: "patches", open: attempt.id })}>
              {attempt.title || attempt.id}
            </button>
            {attempt.why && <span className="quiet">{attempt.why}</span>}
          </li>
        );
      })}
    </ul>
  );
}

function Moves({ gates, iteration }: { gates: readonly GateCard[]; iteration: Iteration }) {
  const names = Object.keys(iteration.before);
  const unit = (name: string) => gates.find((gate) => gate.name === name)?.unit ?? "";
  if (names.length === 0) return <Empty>No gate was measured before.</Empty>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Gate</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name} data-moved={iteration.state === "ended" && iteration.before[name] !== iteration.after[name]}>
            <th scope="row">{name}</th>
            <td className="num">{withUnit(iteration.before[name], unit(name))}</td>
            <td className="num">{iteration.state === "ended" ? withUnit(iteration.after[name], unit(name)) : "…"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
