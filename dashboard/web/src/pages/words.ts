/** PURE: how the states of the ledger are said: a word, a shape and a tone each. */
import type { Attempt, Checkpoint, ErrorCard, GateCard, Run } from "../ledger/events.gen";
import type { Tone } from "../ui/badge";
import type { Shape } from "../ui/icons";

export interface Said {
  readonly word: string;
  readonly tone: Tone;
  readonly shape: Shape;
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
  gave_up: { word: "gave up", tone: "quiet", shape: "dash" },
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
