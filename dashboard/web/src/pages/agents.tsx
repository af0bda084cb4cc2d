import { api } from "../ledger/api";
import type { Attempt, Board, RoleCard } from "../ledger/events.gen";
import { WORKING } from "../ledger/events.gen";
import { Badge } from "../ui/badge";
import { Fact } from "../ui/fact";
import { plural, spent } from "../ui/format";
import { withCode } from "../ui/inline";
import { Empty, Panel } from "../ui/panel";
import { go } from "./place";
import { Asking, useRequest } from "./request";
import { saidOfRole, saidOfStep, thinks } from "./words";

interface Shows {
  readonly board: Board;
  readonly project: string;
  readonly live: boolean;
}

/** Who there is: each agent's charge, what it needs and may use, what it does now, and whether it may. */
export function Agents({ board, project, live }: Shows) {
  if (board.roles.length === 0) return <Empty>No director has started yet: it tells which agents there are.</Empty>;
  const roles = [...board.roles].sort((a, b) => Number(a.available === false) - Number(b.available === false));
  return (
    <ul className="agents">
      {roles.map((role) => (
        <li key={role.name}>
          <Agent role={role} board={board} project={project} live={live} />
        </li>
      ))}
    </ul>
  );
}

function Agent({ role, board, project, live }: { role: RoleCard } & Shows) {
  const state = board.role_states[role.name] ?? "working";
  const said = saidOfRole(role, state);
  const open = board.attempts.filter((attempt) => attempt.role === role.name && WORKING.has(attempt.state));
  const cost = board.run?.by_role.find((row) => row.of === role.name)?.costs;
  return (
    <Panel
      title={role.name}
      className="agent"
      aside={
        <Badge tone={open.length > 0 ? "busy" : said.tone} shape={open.length > 0 ? "dot" : said.shape}>
          {open.length > 0 ? (state === "working" ? "at work" : `at work, then ${said.word}`) : said.word}
        </Badge>
      }
    >
      <div className="agent-body">
        <p>{role.charge}</p>
        {role.available === false && <p className="note">{withCode(role.why_not || "It cannot work here.")}</p>}
        <Doing open={open} />
        <dl className="facts">
          <Fact name="Thinks">{role.brain === "conversational" ? "with a model" : "by classical techniques"}</Fact>
          <Fact name="Also called">{role.aliases?.join(", ")}</Fact>
          <Fact name="Needs">{role.needs?.join(", ")}</Fact>
          <Fact name="Takes">{role.inputs?.join(", ")}</Fact>
          <Fact name="Gives">{role.outputs?.join(", ")}</Fact>
          <Fact name="Tools">{role.tools?.join(", ")}</Fact>
          <Fact name="Cost in this run">{cost && `${spent(cost.cost, cost.unpriced)}, ${plural(cost.calls, "answer")}`}</Fact>
        </dl>
        {role.available !== false && <Wishes name={role.name} state={state} board={board} project={project} live={live} />}
      </div>
    </Panel>
  );
}

function Doing({ open }: { open: readonly Attempt[] }) {
  if (open.length === 0) return null;
  return (
    <ul className="plain-list">
      {open.map((attempt) => (
        <li key={attempt.id}>
          <button type="button" className="link" onClick={() => go({ area: thinks(attempt) ? "conversations" : "patches", open: attempt.id })}>
            {attempt.title || attempt.task}
          </button>{" "}
          <span className="quiet">{attempt.state === "asked" ? "waits for you" : thinks(attempt) ? saidOfStep(attempt) : attempt.state}</span>
        </li>
      ))}
    </ul>
  );
}

function Wishes({ name, state, board, project, live }: { name: string; state: string } & Shows) {
  const asked = useRequest(board.requests);
  const able = live && !asked.open;
  const wish = (what: "start" | "pause" | "stop") => () => asked.ask(() => api.role(project, name, what));
  return (
    <div className="buttons">
      {state !== "working" && (
        <button type="button" disabled={!able} onClick={wish("start")} aria-label={`Start the ${name}`}>
          Start
        </button>
      )}
      {state === "working" && (
        <button type="button" disabled={!able} onClick={wish("pause")} title="It ends what it does and begins nothing new." aria-label={`Pause the ${name}`}>
          Pause
        </button>
      )}
      {state !== "stopped" && (
        <button type="button" disabled={!able} onClick={wish("stop")} title="What it does is given up, and it begins nothing new." aria-label={`Stop the ${name}`}>
          Stop
        </button>
      )}
      <Asking asked={asked} />
    </div>
  );
}
