/**
 * The truth the page shows of one project: snapshot, then tail. One store outside React,
 * at most one notice per animation frame; positions already seen are ignored, a hole asks for a new snapshot.
 */
import { Refused, type Api, type Snapshot } from "./api";
import type { Board } from "./events.gen";
import { evolve, initial } from "./evolve";
import { Pages } from "./pages";
import type { Row } from "./row";
import { Socket, type Connection, type Frame, type Signal } from "./socket";

export interface Doing {
  readonly line: string;
  readonly at: number;
}

export interface View {
  readonly project: string;
  readonly status: "loading" | "ready" | "failed";
  readonly problem: string;
  readonly board: Board;
  readonly head: number;
  readonly connection: Connection;
  /** What attempts say they are doing; no facts. */
  readonly doing: ReadonlyMap<string, Doing>;
  /** The end of what models are just saying, by attempt; no facts, and gone once the answer is one. */
  readonly saying: ReadonlyMap<string, string>;
  /** The last position at which each attempt's own stream was heard of. */
  readonly told: ReadonlyMap<string, number>;
}

const RELOAD_MS = 2000;
const HOLE_MS = 100;
const MOST_WAITING = 20_000;
const MOST_SAID = 4000;
const MOST_TOLD = 200;
const OWN = "attempt-";
const ENDS_SAYING: ReadonlySet<string> = new Set(["CallStarted", "CallFinished", "CallFailed"]);

export class Live {
  readonly pages: Pages;
  private view: View;
  private readonly listeners = new Set<() => void>();
  private readonly socket: Socket;
  private lineage = "";
  private waiting: Row[] = [];
  private loading = false;
  private started = false;
  private closed = false;
  private frame = 0;
  private again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly project: string,
    private readonly api: Api,
    url: string,
  ) {
    this.view = {
      project,
      status: "loading",
      problem: "",
      board: initial,
      head: 0,
      connection: { state: "connecting" },
      doing: new Map(),
      saying: new Map(),
      told: new Map(),
    };
    this.pages = new Pages(
      async (after, limit) => (await api.events(project, { after, limit })).events,
      () => this.touch({}),
    );
    this.socket = new Socket({
      url,
      ticket: async () => (await api.ticket()).ticket,
      subscription: () => ({ project, from: this.view.board.position, lineage: this.lineage }),
      heard: (frame) => this.heard(frame),
      position: () => this.view.board.position,
      changed: (connection) => this.touch({ connection }),
      hopeless: (error) => (error instanceof Refused && (error.status === 401 || error.status === 403) ? error.message : null),
    });
  }

  start(): void {
    void this.load();
  }

  stop(): void {
    this.closed = true;
    this.socket.stop();
    clearTimeout(this.again);
    cancelAnimationFrame(this.frame);
  }

  hurry(): void {
    this.socket.hurry();
  }

  reload(): void {
    this.touch({ status: "loading", problem: "" });
    void this.load();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): View => this.view;

  private async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      const snapshot = await this.api.snapshot(this.project);
      this.loading = false;
      if (!this.closed) this.take(snapshot);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (this.view.status !== "ready") this.touch({ status: "failed", problem });
      const hopeless = error instanceof Refused && error.status >= 400 && error.status < 500;
      if (!this.closed && !hopeless) this.again = setTimeout(() => void this.load(), RELOAD_MS);
    } finally {
      this.loading = false;
    }
  }

  private take(snapshot: Snapshot): void {
    if (this.lineage !== "" && this.lineage !== snapshot.lineage) this.pages.clear();
    this.lineage = snapshot.lineage;
    const waiting = this.waiting;
    this.waiting = [];
    this.touch({
      status: "ready",
      problem: "",
      board: snapshot.board,
      head: Math.max(snapshot.position, waiting.at(-1)?.position ?? 0),
    });
    this.append(waiting);
    if (!this.started) this.socket.start();
    this.started = true;
  }

  private heard(frame: Frame): void {
    switch (frame.t) {
      case "hello":
        if (!frame.resumed || frame.lineage !== this.lineage || frame.from !== this.view.board.position) this.anew(frame.lineage);
        this.raise(frame.head);
        return;
      case "batch":
        this.pages.put(frame.ev);
        this.append(frame.ev);
        this.raise(frame.head);
        return;
      case "gap":
        this.raise(frame.head);
        void this.load();
        return;
      case "hb":
        this.raise(frame.heads[this.project] ?? 0);
        return;
      case "signal":
        this.signals(frame.signals);
        return;
      default:
        return;
    }
  }

  /** The tail begins elsewhere than the board stands: take a new snapshot, and only the rows after it. */
  private anew(lineage: string): void {
    if (lineage !== this.lineage) {
      this.pages.clear();
      this.touch({ head: 0 });
    }
    this.waiting = [];
    void this.load();
  }

  private append(rows: readonly Row[]): void {
    let { board } = this.view;
    for (const row of rows) {
      if (row.position <= board.position) continue;
      if (this.loading || row.position !== board.position + 1) {
        this.wait(rows.filter((later) => later.position >= row.position));
        break;
      }
      board = evolve(board, row);
    }
    if (board === this.view.board) return;
    this.tell(rows.filter((row) => row.position > this.view.board.position && row.position <= board.position));
    this.touch({ board, head: Math.max(this.view.head, board.position) });
  }

  /** Note which conversations went on; what a model was saying is a fact now, or was lost. */
  private tell(rows: readonly Row[]): void {
    const own = rows.filter((row) => row.stream.startsWith(OWN));
    if (own.length === 0) return;
    const saying = new Map(this.view.saying);
    const told = new Map(this.view.told);
    for (const row of own) {
      const attempt = row.stream.slice(OWN.length);
      told.delete(attempt);
      told.set(attempt, row.position);
      if (ENDS_SAYING.has(row.kind)) saying.delete(attempt);
    }
    this.touch({ saying, told: new Map([...told].slice(-MOST_TOLD)) });
  }

  private wait(rows: readonly Row[]): void {
    this.waiting = [...this.waiting, ...rows].slice(-MOST_WAITING);
    if (this.loading) return;
    clearTimeout(this.again);
    this.again = setTimeout(() => void this.load(), HOLE_MS);
  }

  private raise(head: number): void {
    if (head > this.view.head) this.touch({ head });
  }

  private signals(signals: readonly Signal[]): void {
    const open = new Set(this.view.board.attempts.filter((attempt) => attempt.ended_at === null).map((attempt) => attempt.id));
    const doing = new Map([...this.view.doing].filter(([attempt]) => open.has(attempt)));
    const saying = new Map([...this.view.saying].filter(([attempt]) => open.has(attempt)));
    for (const { attempt, doing: line, said } of signals) {
      if (attempt && line) doing.set(attempt, { line, at: Date.now() });
      if (attempt && said && open.has(attempt)) saying.set(attempt, `${saying.get(attempt) ?? ""}${said}`.slice(-MOST_SAID));
    }
    this.touch({ doing, saying });
  }

  private touch(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    if (this.frame || this.closed) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      for (const listener of this.listeners) listener();
    });
  }
}
