import { useState } from "react";
import type { Board, Checkpoint } from "../ledger/events.gen";
import { State } from "../ui/badge";
import { Choice } from "../ui/choice";
import { Fact } from "../ui/fact";
import { number, plural, withUnit } from "../ui/format";
import { Empty, Panel } from "../ui/panel";
import { Time } from "../ui/time";
import { go, usePlace } from "./place";
import { Rollback } from "./rollback";
import { saidOfCheckpoint } from "./words";

/** Every state one can go back to, the newest first. */
export function Checkpoints({ board, project, live }: { board: Board; project: string; live: boolean }) {
  const place = usePlace();
  const [target, setTarget] = useState("");
  const all = [...board.checkpoints].reverse();
  const chosen = all.find((one) => one.id === place.open) ?? all[0];
  if (!chosen) return <Empty>The first checkpoint is made when a run has measured its baseline.</Empty>;
  return (
    <div className="two">
      <Panel title="Checkpoints" count={all.length} className="fill">
        <Choice label="Checkpoints" items={all} id={(one) => one.id} chosen={chosen.id} choose={(open) => go({ open })}>
          {(one) => <Line point={one} />}
        </Choice>
      </Panel>
      <Panel
        title={`Checkpoint ${chosen.id}`}
        className="detail"
        aside={
          <button type="button" disabled={chosen.current || !live} onClick={() => setTarget(chosen.id)}>
            Roll back to here…
          </button>
        }
      >
        <Point key={chosen.id} point={chosen} board={board} />
      </Panel>
      {target && <Rollback board={board} project={project} checkpoint={target} onClose={() => setTarget("")} onOther={setTarget} key={target} />}
    </div>
  );
}

function Line({ point }: { point: Checkpoint }) {
  const said = saidOfCheckpoint(point);
  return (
    <>
      <span className="line">
        <strong className="num">{point.id}</strong>
        <span className="grow clip">{point.title || "landing"}</span>
        {said && <State said={said} />}
      </span>
      <span className="line quiet">
        <span className="grow">
          <Time at={point.at} /> · <code>{point.commit.slice(0, 8)}</code>
        </span>
        {point.score !== null && <span className="num">score {number(point.score)}</span>}
      </span>
    </>
  );
}

function Point({ point, board }: { point: Checkpoint; board: Board }) {
  const gates = Object.entries(point.gates);
  const now = new Map(board.run?.gates.map((gate) => [gate.name, gate]));
  return (
    <>
      <p>{point.title}</p>
      <dl className="facts">
        <Fact name="Commit">
          <code>{point.commit}</code>
        </Fact>
        <Fact name="Tree">
          <code>{point.tree}</code>
        </Fact>
        <Fact name="Made">
          <Time at={point.at} />
        </Fact>
        <Fact name="Run">{point.run || "–"}</Fact>
        <Fact name="Goes back to">{point.back_to}</Fact>
        {point.attempt && (
          <Fact name="Landed by">
            <button type="button" className="link" onClick={() => go({ area: "patches", open: point.attempt })}>
              {point.attempt}
            </button>
          </Fact>
        )}
      </dl>
      <h3>{plural(gates.length, "gate")}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Gate</th>
            <th scope="col">Then</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {gates.map(([name, value]) => (
            <tr key={name} data-moved={now.get(name)?.value !== value}>
              <th scope="row">{name}</th>
              <td className="num">{withUnit(value, now.get(name)?.unit ?? "")}</td>
              <td className="num">{withUnit(now.get(name)?.value, now.get(name)?.unit ?? "")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
