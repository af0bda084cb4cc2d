/** The REST side of the server, typed: what the socket does not bring, and what is asked for. */
import type { ApprovalCard, Board } from "./events.gen";
import type { Row } from "./row";

export interface ProjectLine {
  readonly name: string;
  readonly repository: string;
  readonly state: string | null;
}

export interface Snapshot {
  readonly lineage: string;
  readonly position: number;
  readonly board: Board;
}

export interface Events {
  readonly events: readonly Row[];
  readonly head: number;
  /** Where the next page goes on (the `before` of an earlier one when only that was asked), null when there is none. */
  readonly next: number | null;
}

export interface PatchText {
  readonly attempt: string;
  readonly diff: string;
  readonly truncated: boolean;
  /** Why there is no diff, empty when there is one. */
  readonly diff_problem: string;
}

export interface PatchLine {
  readonly attempt: string;
  readonly title: string;
  readonly technique: string;
  readonly checkpoint: string;
}

export interface Preview {
  readonly checkpoint: string;
  readonly title: string;
  readonly at: number;
  readonly head: string;
  readonly commit: string;
  readonly undone: readonly PatchLine[];
  readonly redone: readonly PatchLine[];
  readonly files: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
  readonly gates: readonly { readonly gate: string; readonly now: number | null; readonly then: number | null }[];
  readonly score_now: number | null;
  readonly score_then: number | null;
  readonly spent: { readonly usd: number; readonly seconds: number };
  readonly working: readonly string[];
}

export interface Wish {
  readonly what: "stop" | "pause" | "resume" | "rollback";
  readonly checkpoint?: string;
  readonly head?: string;
}

/** What a call risks. */
export type Risk = ApprovalCard["risk"];

/** A text beside the ledger, as far as it is shown. */
export interface Shown {
  readonly blob: string;
  readonly text: string;
  readonly bytes: number;
  readonly truncated: boolean;
  /** Why it cannot be shown, empty when it can. */
  readonly problem: string;
}

export interface AskedTool {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface Message extends Shown {
  readonly role: string;
  readonly tool_calls: readonly AskedTool[];
  readonly answers: string;
}

export interface Try {
  readonly at: number;
  readonly model: string;
  readonly nth: number;
  readonly fault: string;
  readonly why: string;
  readonly retry_at: number | null;
  readonly fallback: string;
  readonly tokens: number;
  readonly cost: number | null;
}

export interface Call {
  readonly key: string;
  readonly purpose: string;
  readonly model: string;
  readonly state: "open" | "done" | "failed";
  readonly follows: string;
  readonly worst_tokens: number;
  readonly worst_cost: number | null;
  readonly tries: readonly Try[];
  /** These are null until the answer is there. */
  readonly answered_by: string | null;
  readonly tokens_in: number | null;
  readonly tokens_cached: number | null;
  readonly tokens_out: number | null;
  readonly cost: number | null;
  readonly seconds: number | null;
  readonly tokens_per_second: number | null;
  readonly finish: string | null;
  readonly source: "model" | "cache" | "record" | null;
}

export interface ToolUse {
  readonly key: string;
  readonly tool: string;
  readonly at: number;
  readonly risk: Risk | null;
  readonly state: "open" | "waiting" | "done" | "failed" | "vetoed";
  readonly arguments: Shown;
  readonly stage: string | null;
  readonly why: string;
  readonly summary: string;
  readonly result: Shown | null;
  readonly seconds: number | null;
  readonly tree: string;
}

export type Note = { readonly at: number } & (
  | { readonly what: "nudge"; readonly pattern: string; readonly told: string }
  | { readonly what: "condensed"; readonly before: number; readonly after: number; readonly how: string }
  | { readonly what: "message"; readonly sender: string; readonly recipient: string; readonly type: string; readonly payload: Shown }
  | { readonly what: "technique"; readonly technique: string; readonly answer: string; readonly why: string }
);

export interface Turn {
  readonly nth: number;
  readonly at: number;
  readonly position: number;
  /** Null when something happened before the first call. */
  readonly call: Call | null;
  readonly offered: readonly string[];
  readonly messages_total: number;
  readonly messages: readonly Message[];
  readonly answer: Message | null;
  readonly tools: readonly ToolUse[];
  readonly notes: readonly Note[];
}

export interface Conversation {
  readonly attempt: string;
  readonly position: number;
  readonly steps_total: number;
  readonly next: number | null;
  readonly steps: readonly Turn[];
}

export interface Waiting {
  readonly approval: string;
  readonly arguments: Shown;
  readonly allowed: Shown | null;
}

export interface Yes {
  readonly digest: string;
  readonly arguments?: object;
  readonly whole_run?: boolean;
}

export interface EventQuery {
  readonly after?: number;
  /** With `after` missing: the newest events before this position. */
  readonly before?: number;
  readonly limit?: number;
  readonly kind?: string;
  readonly q?: string;
}

/** The server's refusal, in its own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Where the page keeps the proof that the session is its own; other ports of this machine see the cookie, not this. */
const PAGE = "kaizen.page";

export const api = {
  begin: async (token: string) => localStorage.setItem(PAGE, (await ask<{ readonly page: string }>("session", { token })).page),
  ticket: () => ask<{ readonly ticket: string }>("ws-ticket", {}),
  projects: async () => (await ask<{ readonly projects: readonly ProjectLine[] }>("projects")).projects,
  snapshot: (project: string) => ask<Snapshot>(`${at(project)}/snapshot`),
  events: (project: string, query: EventQuery, signal?: AbortSignal) =>
    ask<Events>(`${at(project)}/events?${search(query)}`, undefined, signal),
  patch: (project: string, attempt: string, signal?: AbortSignal) =>
    ask<PatchText>(`${at(project)}/patches/${encodeURIComponent(attempt)}`, undefined, signal),
  preview: (project: string, checkpoint: string, signal?: AbortSignal) =>
    ask<Preview>(`${at(project)}/checkpoints/${encodeURIComponent(checkpoint)}/rollback`, undefined, signal),
  request: (project: string, wish: Wish) => ask<Accepted>(`${at(project)}/requests`, wish),
  conversation: (project: string, attempt: string, after: number, limit: number, signal?: AbortSignal) =>
    ask<Conversation>(`${of(project, attempt)}/conversation?after=${after}&limit=${limit}`, undefined, signal),
  text: (project: string, attempt: string, blob: string, signal?: AbortSignal) => read(`${of(project, attempt)}/texts/${blob}`, signal),
  approval: (project: string, approval: string, signal?: AbortSignal) =>
    ask<Waiting>(`${at(project)}/approvals/${encodeURIComponent(approval)}`, undefined, signal),
  approve: (project: string, approval: string, yes: Yes) =>
    ask<Accepted>(`${at(project)}/approvals/${encodeURIComponent(approval)}/approve?wait=0`, yes),
  deny: (project: string, approval: string, no: { readonly digest: string; readonly why: string }) =>
    ask<Accepted>(`${at(project)}/approvals/${encodeURIComponent(approval)}/deny?wait=0`, no),
  role: (project: string, role: string, what: "start" | "pause" | "stop") =>
    ask<Accepted>(`${at(project)}/agents/${encodeURIComponent(role)}/${what}?wait=0`, {}),
};

export type Api = typeof api;

/** A wish that stands in the ledger; its answer is an event. */
export interface Accepted {
  readonly request: string;
}

async function ask<T>(path: string, body?: object, signal?: AbortSignal): Promise<T> {
  const response = await send(path, body, signal);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function read(path: string, signal?: AbortSignal): Promise<string> {
  return (await send(path, undefined, signal)).text();
}

async function send(path: string, body?: object, signal?: AbortSignal): Promise<Response> {
  const headers = { accept: "application/json", "x-kaizen-page": localStorage.getItem(PAGE) ?? "" };
  const options: RequestInit = { credentials: "same-origin", headers };
  if (signal) options.signal = signal;
  if (body) {
    options.method = "POST";
    options.headers = { ...headers, "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(`/api/v1/${path}`, options).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused(0, "unreachable", "Kaizen does not answer: is it running?");
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response: Response): Promise<Refused> {
  const said = (await response.json().catch(() => null)) as { error?: { code?: string; message?: string } } | null;
  return new Refused(response.status, said?.error?.code ?? "", said?.error?.message ?? `the server answered ${response.status}`);
}

function at(project: string): string {
  return `projects/${encodeURIComponent(project)}`;
}

function of(project: string, attempt: string): string {
  return `${at(project)}/attempts/${encodeURIComponent(attempt)}`;
}

function search(query: EventQuery): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString();
}
