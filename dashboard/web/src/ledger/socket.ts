/**
 * One socket per page, protocol `kaizen.v1`. It resumes from where the page stands now, notices silence,
 * comes back with growing, jittered waits, and always says the truth about itself.
 */
import type { Row } from "./row";

const HANDSHAKE_MS = 10_000;
const SILENCE_MS = 15_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const ACK_EVERY_MS = 1000;
const ACK_EVERY_EVENTS = 2000;

export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "stale"; readonly since: number; readonly why: string }
  | { readonly state: "ended"; readonly why: string };

export interface Signal {
  readonly attempt?: string;
  readonly role?: string;
  readonly doing?: string;
  /** A piece of what the model is just saying. */
  readonly said?: string;
}

export type Frame =
  | { t: "hello"; project: string; lineage: string; head: number; from: number; resumed: boolean }
  | { t: "batch"; project: string; first: number; last: number; head: number; ev: readonly Row[] }
  | { t: "gap"; project: string; from: number; to: number; head: number }
  | { t: "hb"; heads: { readonly [project: string]: number } }
  | { t: "signal"; project: string; signals: readonly Signal[] }
  | { t: "refused"; project: string; why: string }
  | { t: "bye"; code: string; why?: string; retry_ms: number };

export interface Subscription {
  readonly project: string;
  readonly from: number;
  readonly lineage: string;
}

export interface Wiring {
  readonly url: string;
  readonly ticket: () => Promise<string>;
  /** What to subscribe to, asked anew at every connection: resume is from the current position. */
  readonly subscription: () => Subscription;
  readonly heard: (frame: Frame) => void;
  /** The last position the page has taken in. */
  readonly position: () => number;
  readonly changed: (connection: Connection) => void;
  /** Whether a failure to get a ticket cannot be mended by waiting. */
  readonly hopeless: (error: unknown) => string | null;
  readonly open?: (url: string) => WebSocket;
  readonly random?: () => number;
}

export class Socket {
  private socket: WebSocket | undefined;
  private connection: Connection = { state: "connecting" };
  private tries = 0;
  private acked = 0;
  private closed = false;
  private bye: { code: string; why: string; retry: number } | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private acking: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly wiring: Wiring) {}

  start(): void {
    void this.connect();
  }

  /** End for good. */
  stop(): void {
    this.closed = true;
    this.drop();
    clearTimeout(this.retry);
  }

  /** Do not wait any longer: the network or the reader came back. */
  hurry(): void {
    if (this.closed || this.socket || this.connection.state === "ended") return;
    clearTimeout(this.retry);
    this.tries = 0;
    void this.connect();
  }

  private async connect(): Promise<void> {
    const socket = { lost: false };
    this.arm(HANDSHAKE_MS, () => {
      socket.lost = true;
      this.lost("no answer for 10 s");
    });
    try {
      const ticket = await this.wiring.ticket();
      if (this.closed || socket.lost) return;
      this.listen((this.wiring.open ?? openSocket)(this.wiring.url), ticket);
    } catch (error) {
      if (this.closed || socket.lost) return;
      const why = this.wiring.hopeless(error);
      if (why === null) this.lost(error instanceof Error ? error.message : "no ticket");
      else this.end(why);
    }
  }

  private listen(socket: WebSocket, ticket: string): void {
    this.socket = socket;
    this.bye = undefined;
    socket.onopen = () => socket.send(JSON.stringify({ t: "sub", ticket, subs: [this.wiring.subscription()] }));
    socket.onmessage = (message: MessageEvent<string>) => {
      if (this.socket === socket) this.hear(JSON.parse(message.data) as Frame);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      if (this.bye?.code === "auth") this.end(this.bye.why);
      else this.lost(this.bye?.why ?? "the connection was cut");
    };
  }

  private hear(frame: Frame): void {
    this.arm(SILENCE_MS, () => this.lost("nothing heard for 15 s"));
    if (frame.t === "bye") {
      this.bye = { code: frame.code, why: frame.why ?? "", retry: frame.retry_ms };
      return;
    }
    if (frame.t === "refused") {
      this.lost(frame.why);
      return;
    }
    if (frame.t === "hello") this.acked = frame.from;
    this.tries = 0;
    this.wiring.heard(frame);
    this.become({ state: "live" });
    if (frame.t === "batch" || frame.t === "gap") this.ackSoon(frame.project);
  }

  private ackSoon(project: string): void {
    if (this.wiring.position() - this.acked >= ACK_EVERY_EVENTS) this.ack(project);
    else this.acking ??= setTimeout(() => this.ack(project), ACK_EVERY_MS);
  }

  private ack(project: string): void {
    clearTimeout(this.acking);
    this.acking = undefined;
    this.acked = this.wiring.position();
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify({ t: "ack", project, position: this.acked }));
  }

  private lost(why: string): void {
    this.drop();
    if (this.closed) return;
    if (this.connection.state !== "stale") this.become({ state: "stale", since: Date.now(), why });
    const random = (this.wiring.random ?? Math.random)();
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries) * (0.5 + random / 2);
    this.tries += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), Math.max(wait, this.bye?.retry ?? 0));
  }

  private end(why: string): void {
    this.drop();
    this.become({ state: "ended", why });
  }

  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    clearTimeout(this.watchdog);
    clearTimeout(this.acking);
    this.acking = undefined;
    socket?.close();
  }

  private arm(ms: number, fire: () => void): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(fire, ms);
  }

  private become(connection: Connection): void {
    if (connection.state === "live" && this.connection.state === "live") return;
    this.connection = connection;
    this.wiring.changed(connection);
  }
}

function openSocket(url: string): WebSocket {
  return new WebSocket(url, "kaizen.v1");
}
