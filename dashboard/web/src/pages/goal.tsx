import type { Attempt, Board, PlanCard, Run } from "../ledger/events.gen";
import { State } from "../ui/badge";
import { plural } from "../ui/format";
import { Empty, Panel } from "../ui/panel";
import { depths } from "./depths";
import { go } from "./place";
import { PLAN, saidOfAttempt } from "./words";

/** The goal in the user's words, the plan it became, and how far each step is. */
export function Goal({ board }: { board: Board }) {
  const { run } = board;
  if (!run || (!run.goal && run.plan.length === 0)) {
    return (
      <Empty>
        This run has no goal in words. Give one with <code>kaizen run PATH --goal "…"</code> and a connected model.
      </Empty>
    );
  }
  return (
    <div className="stack wide">
      <Panel title="Goal" aside={<Progress run={run} />}>
        <p className="goal text">{run.goal || "–"}</p>
        {run.models.length > 0 && <p className="goal-models quiet">Thought through with {run.models.join(", ")}.</p>}
      </Panel>
      <Panel title="Facts">
        {run.facts ? <p className="goal-facts text">{run.facts}</p> : <Empty>The researcher has not come back yet.</Empty>}
      </Panel>
      <Panel title="Plan" count={run.plan.length}>
        {run.plan.length === 0 ? <Empty>The planner cuts the goal into steps once the facts are there.</Empty> : <Plan board={board} run={run} />}
      </Panel>
    </div>
  );
}

function Progress({ run }: { run: Run }) {
  const stand = run.plan.filter((step) => step.state === "implemented" || step.state === "agreed").length;
  return run.plan.length === 0 ? null : (
    <span className="quiet num">
      {stand} of {plural(run.plan.length, "step")} stand
    </span>
  );
}

function Plan({ board, run }: { board: Board; run: Run }) {
  const depth = depths(run.plan);
  return (
    <ol className="plan">
      {run.plan.map((step) => (
        <li key={step.id} data-depth={Math.min(4, depth.get(step.id) ?? 0)} data-state={step.state}>
          <Step step={step} attempts={board.attempts.filter((attempt) => attempt.plan_step === step.id && attempt.run === run.id)} />
        </li>
      ))}
    </ol>
  );
}

function Step({ step, attempts }: { step: PlanCard; attempts: readonly Attempt[] }) {
  const said = PLAN[step.state];
  return (
    <>
      <p className="line">
        <strong className="grow">{step.title}</strong>
        <State said={said} />
      </p>
      <p>
        {step.acceptance}{" "}
        <span className="quiet">{shownBy(step)}</span>
      </p>
      {step.why && <p className="quiet">Without it: {step.why}</p>}
      {step.said && (
        <p className="text">
          “{step.said}” <span className="quiet">An opinion of {step.said_by}, not a reading.</span>
        </p>
      )}
      {step.needs.length > 0 && <p className="quiet">after {step.needs.join(", ")}</p>}
      <Attempts step={step} attempts={attempts} />
    </>
  );
}

function shownBy(step: PlanCard): string {
  if (step.opinion) return "no test can say it: a reviewer’s opinion must do";
  if (step.tests === 0) return "no acceptance test yet";
  const tests = plural(step.tests, "acceptance test");
  return step.share === null ? tests : `${Math.round(step.share * step.tests)} of ${tests} pass`;
}

function Attempts({ step, attempts }: { step: PlanCard; attempts: readonly Attempt[] }) {
  const known = step.written_by && !attempts.some((attempt) => attempt.id === step.written_by);
  if (attempts.length === 0 && !known) return null;
  return (
    <ul className="outcomes">
      {known && (
        <li>
          <button type="button" className="link" onClick={() => go({ area: "conversations", open: step.written_by })}>
            {step.written_by}
          </button>
          <span className="quiet">wrote the acceptance tests</span>
        </li>
      )}
      {attempts.map((attempt) => {
        const said = saidOfAttempt(attempt);
        return (
          <li key={attempt.id}>
            <State said={said} />
            <button type="button" className="link" onClick={() => go({ area: "conversations", open: attempt.id })}>
              {attempt.title || attempt.id}
            </button>
            <span className="quiet">{attempt.role}</span>
          </li>
        );
      })}
    </ul>
  );
}
