/** PURE: how the states of the ledger are said: a word, a shape and a tone each. */
import type { ApprovalCard, Attempt, Checkpoint, ErrorCard, GateCard, PlanCard, RoleCard, Run } from "../ledger/events.gen";
import type { Said, Tone } from "../ui/badge";

/** An event as one line of the list. */
export interface Line {
  readonly text: string;
  readonly tone?: Tone;
}

export const RUN: { readonly [state in Run["state"]]: Said } = {
  running: { word: "running", tone: "busy", shape: "dot" },
  paused: { word: "paused", tone: "warn", shape: "dash" },
  closing: { word: "closing", tone: "busy", shape: "dot" },
  completed: { word: "completed", tone: "good", shape: "met" },
  stalled: { word: "stalled", tone: "warn", shape: "warn" },
  exhausted: { word: "exhausted", tone: "warn", shape: "warn" },
  stopped: { word: "stopped", tone: "quiet", shape: "dash" },
  failed: { word: "failed", tone: "bad", shape: "unmet" },
};

export const ATTEMPT: { readonly [state in Attempt["state"]]: Said } = {
  working: { word: "working", tone: "busy", shape: "dot" },
  asked: { word: "waits for you", tone: "warn", shape: "warn" },
  proposed: { word: "proposed", tone: "busy", shape: "dot" },
  measuring: { word: "measuring", tone: "busy", shape: "dot" },
  landing: { word: "landing", tone: "busy", shape: "dot" },
  landed: { word: "landed", tone: "good", shape: "met" },
  rejected: { word: "rejected", tone: "bad", shape: "unmet" },
  gave_up: { word: "no answer", tone: "quiet", shape: "dash" },
  reported: { word: "reported", tone: "quiet", shape: "met" },
  failed: { word: "failed", tone: "warn", shape: "warn" },
  cancelled: { word: "cancelled", tone: "quiet", shape: "dash" },
};

const ERROR: { readonly [state in ErrorCard["state"]]: Said } = {
  open: { word: "open", tone: "bad", shape: "unmet" },
  solved: { word: "solved", tone: "good", shape: "met" },
  rejected: { word: "fix rejected", tone: "bad", shape: "unmet" },
  undone: { word: "fix rolled back", tone: "warn", shape: "back" },
};

export const APPROVAL: { readonly [state in ApprovalCard["state"]]: Said } = {
  open: { word: "waits for you", tone: "warn", shape: "warn" },
  granted: { word: "approved", tone: "good", shape: "met" },
  denied: { word: "denied", tone: "bad", shape: "unmet" },
  expired: { word: "expired", tone: "quiet", shape: "dash" },
  withdrawn: { word: "withdrawn", tone: "quiet", shape: "dash" },
};

export const PLAN: { readonly [state in PlanCard["state"]]: Said } = {
  planned: { word: "planned", tone: "quiet", shape: "dash" },
  written: { word: "acceptance written", tone: "busy", shape: "dot" },
  implemented: { word: "implemented", tone: "good", shape: "met" },
  agreed: { word: "opinion: satisfied", tone: "good", shape: "met" },
  doubted: { word: "opinion: not satisfied", tone: "warn", shape: "warn" },
};

const ROLE: { readonly [state: string]: Said } = {
  working: { word: "ready", tone: "good", shape: "met" },
  paused: { word: "paused", tone: "warn", shape: "dash" },
  stopped: { word: "stopped", tone: "bad", shape: "unmet" },
};

/** What a call of a risk does, before anybody allows it. */
export const RISK: { readonly [risk in ApprovalCard["risk"]]: { readonly tone: Tone; readonly does: string } } = {
  read: { tone: "quiet", does: "Looks, and changes nothing." },
  write: { tone: "busy", does: "Changes files of the attempt’s private copy. Nothing lands before the referee has judged it." },
  execute: { tone: "busy", does: "Runs code of the project in the sandbox." },
  network: { tone: "warn", does: "Leaves the sandbox: others on the network see it and can answer." },
  deliver: { tone: "bad", does: "Changes something outside Kaizen. No rollback takes that back." },
};

export function saidOfRole(role: RoleCard, state: string): Said {
  if (role.available === false) return { word: "not available", tone: "quiet", shape: "dash" };
  return ROLE[state] ?? { word: state, tone: "quiet", shape: "dash" };
}

/** Whether an attempt thinks with a model. */
export function thinks(attempt: Attempt): boolean {
  return attempt.brain !== "classical" || attempt.step.number > 0;
}

const DOING: { readonly [doing in Attempt["step"]["doing"]]: string } = {
  "": "begins",
  asks: "asks",
  answered: "has an answer of",
  faulted: "met a fault:",
  uses: "uses",
  used: "used",
  missed: "had no success with",
  refused: "was refused",
  nudged: "was nudged:",
  condensed: "made its conversation shorter:",
};

/** What an attempt that thinks came to, in one line. */
export function saidOfStep({ step }: Attempt): string {
  return `${DOING[step.doing]} ${step.name.replace(/_/g, " ")}`.trim();
}

export function saidOfAttempt(attempt: Attempt): Said {
  return attempt.undone ? { word: "rolled back", tone: "warn", shape: "back" } : ATTEMPT[attempt.state];
}

export function saidOfError(error: ErrorCard): Said {
  return ERROR[error.state];
}

export function saidOfGate(gate: GateCard): Said {
  if (!gate.measured) return { word: "not measured yet", tone: "quiet", shape: "dash" };
  if (gate.value === null) return { word: "cannot be measured", tone: "warn", shape: "unknown" };
  return gate.met ? { word: "met", tone: "good", shape: "met" } : { word: "not met", tone: "bad", shape: "unmet" };
}

export function saidOfCheckpoint(point: Checkpoint): Said | null {
  if (point.current) return { word: "the branch is here", tone: "good", shape: "met" };
  if (point.undone) return { word: "rolled back", tone: "warn", shape: "back" };
  return null;
}

export function aim(gate: GateCard): string {
  return gate.better === "higher" ? "≥" : "≤";
}
