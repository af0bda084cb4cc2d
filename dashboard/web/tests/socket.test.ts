import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Socket, type Connection, type Frame } from "../src/ledger/socket";
import { Wire } from "./fake";

let states: Connection[] = [];
let heard: Frame[] = [];
let position = 0;
let ticket: () => Promise<string>;
let socket: Socket;

const HELLO = { t: "hello", project: "p", lineage: "L", head: 7, from: 7, resumed: true };
const passing = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function made(): Socket {
  return new Socket({
    url: "ws://here",
    ticket: () => ticket(),
    subscription: () => ({ project: "p", from: position, lineage: "L" }),
    heard: (frame) => heard.push(frame),
    position: () => position,
    changed: (connection) => states.push(connection),
    hopeless: (error) => (error instanceof Error && error.message === "stranger" ? "open it anew" : null),
    open: () => new Wire() as unknown as WebSocket,
    random: () => 1,
  });
}

async function live(): Promise<Wire> {
  socket.start();
  await passing(0);
  Wire.last.open();
  Wire.last.say(HELLO);
  return Wire.last;
}

beforeEach(() => {
  vi.useFakeTimers();
  Wire.all = [];
  states = [];
  heard = [];
  position = 7;
  ticket = async () => "ticket";
  socket = made();
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

test("it opens with a fresh ticket, and is live only once the server said hello", async () => {
  socket.start();
  await passing(0);
  Wire.last.open();

  expect(Wire.last.sent).toEqual([{ t: "sub", ticket: "ticket", subs: [{ project: "p", from: 7, lineage: "L" }] }]);
  expect(states).toEqual([]);

  Wire.last.say(HELLO);

  expect(states.map((one) => one.state)).toEqual(["live"]);
});

test("a cut is said at once, and it resumes from where the page stands by then", async () => {
  const first = await live();

  position = 40;
  first.cut();
  expect(states.at(-1)).toMatchObject({ state: "stale", why: "the connection was cut" });
  await passing(500);
  Wire.last.open();

  expect(Wire.all).toHaveLength(2);
  expect(Wire.last.sent[0]).toMatchObject({ subs: [{ from: 40 }] });
});

test("silence of 15 seconds is a cut, a heartbeat is not silence", async () => {
  const wire = await live();

  await passing(14_000);
  wire.say({ t: "hb", heads: { p: 7 } });
  await passing(14_000);
  expect(states.at(-1)?.state).toBe("live");
  await passing(1_000);

  expect(states.at(-1)?.state).toBe("stale");
  expect(wire.closed).toBe(true);
});

test("a handshake that hangs is given up after 10 seconds", async () => {
  socket.start();
  await passing(0);
  Wire.last.open();

  await passing(10_000);

  expect(states.at(-1)).toMatchObject({ state: "stale", why: "no answer for 10 s" });
});

test("a ticket that never comes is given up after 10 seconds and cannot open a socket later", async () => {
  let late: (ticket: string) => void = () => {};
  ticket = () => new Promise((resolve) => (late = resolve));
  socket.start();

  await passing(10_000);
  late("late");
  await passing(0);

  expect(Wire.all).toHaveLength(0);
  expect(states.at(-1)?.state).toBe("stale");
});

test("the waits grow to 30 seconds and begin anew after a success", async () => {
  ticket = async () => {
    throw new Error("down");
  };
  const tried: number[] = [];
  const began = Date.now();
  const refuse = ticket;
  ticket = () => {
    tried.push(Date.now() - began);
    return refuse();
  };
  socket.start();
  await passing(120_000);

  const waits = tried.slice(1).map((at, index) => at - (tried[index] ?? 0));
  expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test("a stranger is told so and does not knock again", async () => {
  ticket = async () => {
    throw new Error("stranger");
  };
  socket.start();

  await passing(60_000);

  expect(states).toEqual([{ state: "ended", why: "open it anew" }]);
});

test("a goodbye says how long to stay away; one for want of a session is the end", async () => {
  const wire = await live();
  wire.say({ t: "bye", code: "restart", why: "restarting", retry_ms: 3000 });
  wire.cut();
  await passing(2900);
  expect(Wire.all).toHaveLength(1);
  await passing(200);
  expect(Wire.all).toHaveLength(2);

  Wire.last.open();
  Wire.last.say(HELLO);
  Wire.last.say({ t: "bye", code: "auth", why: "the session ended", retry_ms: 5000 });
  Wire.last.cut();
  await passing(60_000);

  expect(states.at(-1)).toEqual({ state: "ended", why: "the session ended" });
  expect(Wire.all).toHaveLength(2);
});

test("what was taken in is acknowledged within a second, and at once after 2,000 events", async () => {
  const wire = await live();
  const acks = () => wire.sent.filter((one) => one.t === "ack").map((one) => one.position);

  position = 8;
  wire.say({ t: "batch", project: "p", first: 8, last: 8, head: 8, ev: [] });
  expect(acks()).toEqual([]);
  await passing(1000);
  expect(acks()).toEqual([8]);

  position = 2008;
  wire.say({ t: "batch", project: "p", first: 9, last: 2008, head: 2008, ev: [] });
  expect(acks()).toEqual([8, 2008]);
});

test("a hurry ends the wait", async () => {
  const wire = await live();
  wire.cut();

  socket.hurry();
  await passing(0);

  expect(Wire.all).toHaveLength(2);
});

test("after a stop nothing is opened and nothing is said", async () => {
  const wire = await live();
  const before = states.length;

  socket.stop();
  wire.cut();
  await passing(60_000);

  expect(Wire.all).toHaveLength(1);
  expect(states).toHaveLength(before);
});
