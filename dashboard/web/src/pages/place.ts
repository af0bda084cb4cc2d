/** Where the reader is, kept in the address: project, area, what is open, what is searched. */
import { useSyncExternalStore } from "react";

export const AREAS = [
  "now",
  "approvals",
  "goal",
  "events",
  "iterations",
  "patches",
  "conversations",
  "costs",
  "agents",
  "checkpoints",
  "errors",
  "notices",
] as const;
export type Area = (typeof AREAS)[number];

export interface Place {
  readonly project: string;
  readonly area: Area;
  readonly open: string;
  readonly kind: string;
  readonly text: string;
}

const listeners = new Set<() => void>();
let known = "";
let place: Place = read();

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, current);
}

/** Go elsewhere; another area makes an entry in the browser's history, a selection replaces it. */
export function go(change: Partial<Place>): void {
  const now = current();
  const cleared = change.area !== undefined && change.area !== now.area ? { open: "", kind: "", text: "" } : {};
  const next = { ...now, ...cleared, ...change };
  const address = href(next);
  if (next.area !== now.area || next.project !== now.project) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  for (const listener of listeners) listener();
}

export function href(to: Place): string {
  const query = new URLSearchParams();
  if (to.project) query.set("project", to.project);
  if (to.area !== "now") query.set("area", to.area);
  if (to.open) query.set("open", to.open);
  if (to.kind) query.set("kind", to.kind);
  if (to.text) query.set("q", to.text);
  const text = query.toString();
  return text ? `?${text}` : location.pathname;
}

function current(): Place {
  if (known !== location.search) place = read();
  return place;
}

function read(): Place {
  known = location.search;
  const query = new URLSearchParams(known);
  const area = AREAS.find((one) => one === query.get("area")) ?? "now";
  const get = (name: string) => query.get(name) ?? "";
  return { project: get("project"), area, open: get("open"), kind: get("kind"), text: get("q") };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}
