import { lazy, memo, Suspense, useState } from "react";
import type { FlakyTest, GateCard } from "../ledger/events.gen";
import type { Live } from "../ledger/live";
import { runOf, usePart } from "../ledger/part";
import { Badge, State } from "../ui/badge";
import { Dialog } from "../ui/dialog";
import { Fact } from "../ui/fact";
import { number, plural, withUnit } from "../ui/format";
import { Loading } from "../ui/panel";
import { Spark } from "../ui/spark";
import { aim, saidOfGate } from "./words";

const Trend = lazy(() => import("../ui/trend"));

/** The strip of gates: what each is, what it should be, and how it got there. */
export const Gates = memo(function Gates({ live }: { live: Live }) {
  const run = usePart(live, runOf);
  const [open, setOpen] = useState("");
  if (!run) return null;
  const gate = run.gates.find((one) => one.name === open);
  const met = run.gates.filter((one) => one.met).length;
  return (
    <section className="gates" aria-label="Gates">
      <div className="score">
        <span className="label">Score</span>
        <span className="big num">{run.score === null ? "–" : number(run.score)}</span>
        <span className="quiet">
          {met} of {run.gates.length} met
          {run.baseline_score !== null && <>, from {number(run.baseline_score)}</>}
        </span>
      </div>
      <ul>
        {run.gates.map((one) => (
          <li key={one.name}>
            <Card gate={one} flaky={one.name === "tests" ? run.quarantined.length : 0} open={() => setOpen(one.name)} />
          </li>
        ))}
      </ul>
      {gate && <GateDialog gate={gate} flaky={gate.name === "tests" ? run.quarantined : []} onClose={() => setOpen("")} />}
    </section>
  );
});

function Card({ gate, flaky, open }: { gate: GateCard; flaky: number; open: () => void }) {
  const said = saidOfGate(gate);
  const moved = gate.before !== null && gate.before !== gate.value ? `${number(gate.before)} → ${number(gate.value)}` : "";
  const aside = flaky > 0 ? `${flaky} in quarantine` : "";
  return (
    <button type="button" className="gate" data-tone={said.tone} title={gate.detail} onClick={open} aria-haspopup="dialog">
      <span className="gate-head">
        <span className="label">{gate.name}</span>
        <State said={said} />
      </span>
      <span className="gate-value">
        <span className="big num">{number(gate.value)}</span>
        <span className="quiet">{gate.value === null ? "" : gate.unit}</span>
        <Spark values={gate.trend} target={gate.target} met={gate.met} />
      </span>
      <span className="gate-detail quiet num">{[`target ${aim(gate)} ${number(gate.target)}`, moved, gate.detail, aside].filter(Boolean).join(" · ")}</span>
    </button>
  );
}

function GateDialog({ gate, flaky, onClose }: { gate: GateCard; flaky: readonly FlakyTest[]; onClose: () => void }) {
  const said = saidOfGate(gate);
  return (
    <Dialog title={gate.name} onClose={onClose} wide>
      <p>
        <State said={said} />{" "}
        {gate.detail}
      </p>
      <dl className="facts">
        <Fact name="Now">{withUnit(gate.value, gate.unit)}</Fact>
        <Fact name="At the start of the run">{withUnit(gate.before, gate.unit)}</Fact>
        <Fact name="Target">{`${aim(gate)} ${withUnit(gate.target, gate.unit)}`}</Fact>
        <Fact name="May move away by">{gate.ratchet ? "nothing at all" : number(gate.tolerance)}</Fact>
        <Fact name="Findings">{plural(gate.findings, "finding")}</Fact>
        <Fact name="Measured by">{gate.tool || "–"}</Fact>
      </dl>
      {flaky.length > 0 && <Quarantined flaky={flaky} />}
      <h3>At each checkpoint</h3>
      <Suspense fallback={<Loading what="the trend" />}>
        <Trend name={gate.name} values={gate.trend} target={gate.target} unit={gate.unit} />
      </Suspense>
    </Dialog>
  );
}

function Quarantined({ flaky }: { flaky: readonly FlakyTest[] }) {
  return (
    <>
      <h3>In quarantine</h3>
      <p className="quiet">They pass and fail on one and the same tree, and count neither as passed nor as failed.</p>
      <ul className="lines">
        {flaky.map((one) => (
          <li key={one.test}>
            <Badge tone="warn" shape="warn">
              flaky
            </Badge>
            <span className="grow text">
              {one.test} <span className="quiet">{one.said}</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
