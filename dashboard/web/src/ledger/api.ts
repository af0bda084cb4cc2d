/** The REST side of the server, typed: what the socket does not bring, and what is asked for. */
import type { Board } from "./events.gen";
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

export const api = {
  begin: (token: string) => ask<unknown>("session", { token }),
  ticket: () => ask<{ readonly ticket: string }>("ws-ticket", {}),
  projects: async () => (await ask<{ readonly projects: readonly ProjectLine[] }>("projects")).projects,
  snapshot: (project: string) => ask<Snapshot>(`${at(project)}/snapshot`),
  events: (project: string, query: EventQuery, signal?: AbortSignal) =>
    ask<Events>(`${at(project)}/events?${search(query)}`, undefined, signal),
  patch: (project: string, attempt: string, signal?: AbortSignal) =>
    ask<PatchText>(`${at(project)}/patches/${encodeURIComponent(attempt)}`, undefined, signal),
  preview: (project: string, checkpoint: string, signal?: AbortSignal) =>
    ask<Preview>(`${at(project)}/checkpoints/${encodeURIComponent(checkpoint)}/rollback`, undefined, signal),
  request: (project: string, wish: Wish) => ask<{ readonly request: string }>(`${at(project)}/requests`, wish),
};

export type Api = typeof api;

async function ask<T>(path: string, body?: object, signal?: AbortSignal): Promise<T> {
  const options: RequestInit = { credentials: "same-origin", headers: { accept: "application/json" } };
  if (signal) options.signal = signal;
  if (body) {
    options.method = "POST";
    options.headers = { accept: "application/json", "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(`/api/v1/${path}`, options).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused(0, "unreachable", "Kaizen does not answer: is it running?");
  });
  if (!response.ok) throw await refusal(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function refusal(response: Response): Promise<Refused> {
  const said = (await response.json().catch(() => null)) as { error?: { code?: string; message?: string } } | null;
  return new Refused(response.status, said?.error?.code ?? "", said?.error?.message ?? `the server answered ${response.status}`);
}

function at(project: string): string {
  return `projects/${encodeURIComponent(project)}`;
}

function search(query: EventQuery): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString();
}
