import { KINDS } from "../ledger/events.gen";
import type { Row } from "../ledger/row";
import { absolute, visible } from "../ui/format";
import { Loading, Panel } from "../ui/panel";
import { describe, spoken } from "./describe";
import { go } from "./place";

const ENVELOPE = new Set(["position", "at", "kind", "run", "stream", "actor"]);

const THOUGHT: ReadonlySet<string> = new Set([
  "CallStarted",
  "CallFinished",
  "CallFailed",
  "ToolAsked",
  "ToolVetoed",
  "ToolFinished",
  "NudgeGiven",
  "ConversationCondensed",
  "MessageSent",
]);

/** One event, whole: what it means and every field of it. */
export function Inspector({ row, position, onClose }: { row: Row | undefined; position: number; onClose: () => void }) {
  const close = (
    <button type="button" className="plain" onClick={onClose} aria-label="Close the event">
      ✕
    </button>
  );
  if (!row) {
    return (
      <Panel title={`Event ${position}`} className="inspector" aside={close}>
        <Loading what="the event" />
      </Panel>
    );
  }
  const fields = Object.entries(row).filter(([name]) => !ENVELOPE.has(name));
  return (
    <Panel title={spoken(row.kind)} className="inspector" aside={close}>
      <div className="inspector-body" tabIndex={0} role="group" aria-label={`Event ${position}`}>
        <p className="quiet">{KINDS[row.kind]}</p>
        <p>{describe(row).text}</p>
        <Links row={row} />
        <dl className="facts">
          <Field name="position" value={row.position} />
          <Field name="at" value={absolute(row.at)} />
          <Field name="stream" value={row.stream} />
          <Field name="actor" value={row.actor} />
          {row.run ? <Field name="run" value={row.run} /> : null}
          {fields.map(([name, value]) => (
            <Field key={name} name={name} value={value} />
          ))}
        </dl>
      </div>
    </Panel>
  );
}

function Links({ row }: { row: Row }) {
  const attempt = "attempt" in row ? row.attempt : "";
  const checkpoint = "checkpoint" in row ? row.checkpoint : "";
  const fingerprint = row.kind === "ErrorSeen" ? row.fingerprint : "";
  const approval = "approval" in row ? row.approval : "";
  if (!attempt && !checkpoint && !fingerprint && !approval) return null;
  return (
    <p className="links">
      {attempt && (
        <button type="button" className="link" onClick={() => go({ area: THOUGHT.has(row.kind) ? "conversations" : "patches", open: attempt })}>
          {THOUGHT.has(row.kind) ? "Conversation" : "Attempt"} {attempt}
        </button>
      )}
      {approval && (
        <button type="button" className="link" onClick={() => go({ area: "approvals", open: approval })}>
          Approval {approval}
        </button>
      )}
      {checkpoint && (
        <button type="button" className="link" onClick={() => go({ area: "checkpoints", open: checkpoint })}>
          Checkpoint {checkpoint}
        </button>
      )}
      {fingerprint && (
        <button type="button" className="link" onClick={() => go({ area: "errors", open: fingerprint })}>
          This error
        </button>
      )}
    </p>
  );
}

function Field({ name, value }: { name: string; value: unknown }) {
  const whole = typeof value === "object" && value !== null;
  return (
    <div data-whole={whole}>
      <dt>{name.replace(/_/g, " ")}</dt>
      <dd>{whole ? <pre>{visible(JSON.stringify(value, null, 1))}</pre> : visible(String(value))}</dd>
    </div>
  );
}
