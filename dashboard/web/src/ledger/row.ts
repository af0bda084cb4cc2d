import type { AnyEvent } from "./events.gen";

/** An event as it travels to the page: its own fields, and where it stands in the ledger. */
export type Row = AnyEvent & {
  readonly position: number;
  readonly at: number;
  readonly stream: string;
  readonly actor: string;
  readonly run?: string;
};
