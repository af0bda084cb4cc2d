// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Api, Snapshot } from "../src/ledger/api";
import { initial } from "../src/ledger/evolve";
import { Live } from "../src/ledger/live";
import type { Row } from "../src/ledger/row";
import { Wire } from "./fake";

let snapshots: Snapshot[] = [];
let live: Live;

const notice = (position: number) =>
  ({ kind: "NoticeRaised", code: "n", message: `${position}`, position, at: position, stream: "director", actor: "director" }) as Row;
const notices = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => notice(first + at));
const batch = (first: number, last: number) => ({ t: "batch", project: "p", first, last, head: last, ev: notices(first, last) });
const snapshot = (position: number, lineage = "L"): Snapshot => ({ lineage, position, board: { ...initial, position } });
const hello = (from: number, resumed = true, lineage = "L") => ({ t: "hello", project: "p", lineage, head: from, from, resumed });
const passing = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const told = () => live.snapshot().board.notices.map((one) => one.position);

const api = {
  ticket: async () => ({ ticket: "t" }),
  snapshot: async () => {
    const next = snapshots.length > 1 ? snapshots.shift() : snapshots[0];
    if (!next) throw new Error("no snapshot");
    return next;
  },
  events: async () => ({ events: [], head: 0, next: null }),
} as unknown as Api;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  snapshots = [snapshot(10)];
  live = new Live("p", api, "ws://here");
  live.start();
  await passing(0);
  Wire.last.open();
  Wire.last.say(hello(10));
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the page is the snapshot and then the tail", () => {
  Wire.last.say(batch(11, 12));

  expect(live.snapshot()).toMatchObject({ status: "ready", head: 12, connection: { state: "live" } });
  expect(told()).toEqual([11, 12]);
});

test("what was seen already is ignored, however often it comes", () => {
  Wire.last.say(batch(11, 13));
  Wire.last.say(batch(11, 14));
  Wire.last.say(batch(12, 13));

  expect(told()).toEqual([11, 12, 13, 14]);
});

test("a connection cut and regained leaves no hole and no double", async () => {
  Wire.last.say(batch(11, 12));
  Wire.last.cut();
  await passing(1000);
  Wire.last.open();

  expect(Wire.last.sent[0]).toMatchObject({ subs: [{ from: 12, lineage: "L" }] });
  Wire.last.say(hello(12));
  Wire.last.say(batch(13, 15));

  expect(told()).toEqual([11, 12, 13, 14, 15]);
});

test("a gap takes a new snapshot, and only what comes after it is folded", async () => {
  snapshots = [snapshot(500)];
  Wire.last.say({ t: "gap", project: "p", from: 11, to: 500, head: 500 });
  Wire.last.say(batch(501, 502));
  await passing(0);

  expect(live.snapshot().board.position).toBe(502);
  expect(told()).toEqual([501, 502]);
});

test("a hole nobody announced is mended by a new snapshot", async () => {
  snapshots = [snapshot(13)];
  Wire.last.say(batch(13, 15));
  await passing(200);

  expect(live.snapshot().board.position).toBe(15);
  expect(told()).toEqual([14, 15]);
});

test("a snapshot older than the hole is not the end of it", async () => {
  snapshots = [snapshot(11), snapshot(14)];
  Wire.last.say(batch(13, 15));
  await passing(1000);

  expect(live.snapshot().board.position).toBe(15);
});

test("another lineage drops everything that was known", async () => {
  Wire.last.say(batch(11, 12));
  snapshots = [snapshot(3, "M")];
  Wire.last.say(hello(3, false, "M"));
  await passing(0);
  Wire.last.say(batch(4, 5));

  expect(live.snapshot().board.position).toBe(5);
  expect(live.snapshot().head).toBe(5);
  expect(told()).toEqual([4, 5]);
});

test("listeners are told at most once per frame", async () => {
  const listener = vi.fn();
  await passing(50);
  live.subscribe(listener);

  for (let position = 11; position < 60; position += 1) Wire.last.say(batch(position, position));
  await passing(17);

  expect(listener).toHaveBeenCalledTimes(1);
});

test("signals show what an open attempt does and change no fact", async () => {
  const { board } = live.snapshot();

  Wire.last.say({ t: "signal", project: "p", signals: [{ attempt: "r1.i1.a1", role: "coder", doing: "reading" }] });

  expect(live.snapshot().doing.get("r1.i1.a1")?.line).toBe("reading");
  expect(live.snapshot().board).toBe(board);
});
