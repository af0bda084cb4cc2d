/** PURE: one line for each kind of event, in words. */
import type { GateResult, Reading } from "../ledger/events.gen";
import type { Row } from "../ledger/row";
import { duration, number, plural, visible } from "../ui/format";
import { ofThinking } from "./thinking";
import type { Line } from "./words";

export function describe(row: Row): Line {
  const line = ofRun(row) ?? ofAttempt(row) ?? ofRequest(row) ?? ofThinking(row) ?? { text: "" };
  return { ...line, text: visible(line.text) };
}

function ofRun(row: Row): Line | null {
  switch (row.kind) {
    case "ProjectOpened":
      return { text: `${row.name} at ${row.repository}` };
    case "DirectorStarted":
      return { text: `${row.resumed ? "resumed" : "started"}, version ${row.version}, sandbox ${row.sandbox}` };
    case "NoticeRaised":
      return { text: row.message, tone: row.level === "error" ? "bad" : row.level === "info" ? "quiet" : "warn" };
    case "RunStarted":
      return { text: `${row.run} on ${row.branch}, ${plural(row.gates.length, "gate")}`, tone: "busy" };
    case "TargetPrepared":
      return { text: `${row.source} interpreter, ${plural(row.packages ?? 0, "package")}` };
    case "BaselineMeasured":
      return { text: `score ${number(row.score)} · ${readings(row.readings)}` };
    case "BranchMeasured":
      return { text: `score ${number(row.score)} · ${readings(row.readings)}` };
    case "ErrorSeen":
      return { text: `${row.exception}: ${row.message} in ${row.test}`, tone: "bad" };
    case "FlakyTestQuarantined":
      return { text: `${row.test} passes and fails on the same tree: ${row.said ?? ""}`, tone: "warn" };
    case "IterationStarted":
      return { text: `${row.iteration}: ${plural(row.tasks.length, "task")} · ${row.why}` };
    case "IterationEnded":
      return { text: `${row.iteration}: ${row.landed} landed, ${row.rejected} rejected, score ${number(row.score)}` };
    case "RunPaused":
    case "RunResumed":
      return { text: row.run, tone: "warn" };
    case "RunClosing":
      return { text: `${row.state}: ${row.why}` };
    case "BranchDelivered":
      return { text: row.ref, tone: "good" };
    case "DeliveryFailed":
      return { text: row.why, tone: "bad" };
    case "RunEnded":
      return row.undelivered
        ? { text: `${row.state}, but the branch was not delivered: ${row.undelivered}`, tone: "bad" }
        : { text: `${row.state} after ${duration(row.seconds)} · ${results(row.gates)}`, tone: row.state === "completed" ? "good" : "warn" };
    case "MilestoneReached":
      return { text: row.name, tone: "good" };
    default:
      return null;
  }
}

function ofAttempt(row: Row): Line | null {
  switch (row.kind) {
    case "AttemptScheduled":
      return { text: `${row.attempt} by the ${row.role}${(row.tries ?? 1) > 1 ? `, try ${row.tries}` : ""}` };
    case "TechniqueTried":
      return { text: `${row.attempt} ${row.technique} answered ${row.answer}${row.why ? `: ${row.why}` : ""}` };
    case "FindingsReported":
      return { text: `${row.attempt} found ${plural(row.findings.length, "thing")}` };
    case "PatchProposed":
      return { text: `${row.attempt} ${row.title} · ${plural(row.files.length, "file")}` };
    case "AttemptGaveUp":
      return { text: `${row.attempt} ${row.why}`, tone: "quiet" };
    case "AttemptFailed":
      return { text: `${row.attempt} ${row.why}`, tone: "warn" };
    case "AttemptCancelled":
      return { text: `${row.attempt} ${row.why}`, tone: "quiet" };
    case "PatchRebased":
      return { text: `${row.attempt} onto ${row.base.slice(0, 8)}` };
    case "PatchStacked":
      return row.alone
        ? { text: `${row.attempt} waits: ${row.alone}`, tone: "quiet" }
        : { text: `${row.attempt} may land with those before it · score ${number(row.score)}` };
    case "PatchMeasured":
      return { text: `${row.attempt} score ${number(row.score)} · ${readings(row.readings)}` };
    case "PatchesDoubted":
      return { text: `${row.attempts.join(", ")}: ${row.reasons.map((reason) => reason.message).join("; ")}`, tone: "warn" };
    case "LandDecided":
      return { text: `${row.attempt} as ${row.checkpoint}`, tone: "good" };
    case "PatchLanded":
      return { text: `${row.attempt} as ${row.checkpoint}, commit ${row.commit.slice(0, 8)}`, tone: "good" };
    case "PatchRejected":
      return { text: `${row.attempt} ${row.reasons.map((reason) => reason.message).join("; ")}`, tone: "bad" };
    default:
      return null;
  }
}

function ofRequest(row: Row): Line | null {
  switch (row.kind) {
    case "CheckpointCreated":
      return { text: `${row.checkpoint} ${row.title}` };
    case "RollbackDecided":
      return { text: `to ${row.checkpoint}, ${plural(row.undone.length, "patch", "patches")} undone`, tone: "warn" };
    case "RolledBack":
      return { text: `to ${row.checkpoint}, kept as ${row.created}`, tone: "warn" };
    case "ActionRecorded":
      return { text: `${row.agent}: ${row.action}` };
    case "RunRequested":
      return { text: `a run of ${row.path}${by(row.by)}` };
    case "StopRequested":
      return { text: `stop${by(row.by)}` };
    case "PauseRequested":
      return { text: `pause${by(row.by)}` };
    case "ResumeRequested":
      return { text: `resume${by(row.by)}` };
    case "CheckpointRequested":
      return { text: `a checkpoint${by(row.by)}` };
    case "RollbackRequested":
      return { text: `back to ${row.checkpoint}${by(row.by)}` };
    case "RequestHonoured":
      return { text: row.note || row.request, tone: "good" };
    case "RequestRefused":
      return { text: row.why, tone: "bad" };
    default:
      return null;
  }
}

function by(who: string | undefined): string {
  return who ? `, asked by ${who}` : "";
}

function readings(all: readonly Reading[]): string {
  return all.map((reading) => `${reading.gate} ${reading.value === null ? "unknown" : number(reading.value)}`).join(", ");
}

function results(gates: readonly GateResult[]): string {
  return `${gates.filter((gate) => gate.met).length} of ${gates.length} gates met`;
}

/** `PatchLanded` as people read it: `patch landed`. */
export function spoken(kind: string): string {
  return kind.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
