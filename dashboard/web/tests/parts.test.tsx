// @vitest-environment jsdom
import { act, Profiler } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Api } from "../src/ledger/api";
import { initial } from "../src/ledger/evolve";
import { Live } from "../src/ledger/live";
import { go } from "../src/pages/place";
import { Project } from "../src/pages/project";
import { Wire } from "./fake";

const RUN = {
  kind: "RunStarted",
  run: "r1",
  commit: "c",
  branch: "kaizen/run-1",
  budget: {},
  parallel: 2,
  gates: [{ name: "tests", unit: "failing", better: "lower", target: 0, tolerance: 0, ratchet: true }],
};
const PROJECTS = [{ name: "p", repository: "/p", state: null }];
const api = {
  ticket: async () => ({ ticket: "t" }),
  snapshot: async () => ({ lineage: "L", position: 0, board: initial }),
  events: async () => ({ events: [], head: 0, next: null }),
} as unknown as Api;

let live: Live;
let root: Root;
let position = 0;
let rendered = 0;

/** Let the ledger tell something, and one frame pass. */
async function tell(...told: object[]): Promise<void> {
  const ev = told.map((one) => ({ at: 1, stream: "director", actor: "director", ...one, position: (position += 1) }));
  await act(async () => {
    Wire.last.say({ t: "batch", project: "p", first: ev[0]?.position, last: position, head: position, ev });
    await vi.advanceTimersByTimeAsync(20);
  });
}

const bar = () => document.querySelector("header.top");
const count = (area: string) => document.querySelector(`nav.areas a[href$="area=${area}"] .count`)?.textContent;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  Element.prototype.scrollIntoView = () => {};
  Wire.all = [];
  position = 0;
  history.replaceState(null, "", "?area=iterations");
  live = new Live("p", api, "ws://here");
  live.start();
  root = createRoot(document.body.appendChild(document.createElement("div")));
  await act(async () => {
    root.render(
      <Profiler id="page" onRender={() => (rendered += 1)}>
        <Project live={live} projects={PROJECTS} />
      </Profiler>,
    );
    await vi.advanceTimersByTimeAsync(50);
    Wire.last.open();
    Wire.last.say({ t: "hello", project: "p", lineage: "L", head: 0, from: 0, resumed: true });
  });
  await tell(RUN);
});

afterEach(() => {
  act(() => root.unmount());
  live.stop();
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what changes on the board changes on the page", async () => {
  expect(bar()?.textContent).toContain("running");

  await tell({ kind: "RunPaused", run: "r1" });

  expect(bar()?.textContent).toContain("paused");
  expect(document.querySelector("section.gates")?.textContent).toContain("tests");
  expect(count("events")).toBe("2");
});

test("a batch that leaves the run alone renders neither the bar nor the gates anew", async () => {
  const picked: PropertyKey[] = [];
  const run = live.snapshot().board.run;
  if (!run) throw new Error("there is a run");
  // Whoever renders the run reads it: a bar or a strip that renders without need is caught reading.
  const watched = new Proxy(run, { get: (target, name) => (picked.push(name), Reflect.get(target, name)) });
  Object.assign(live.snapshot().board, { run: watched });
  await tell({ kind: "ActionRecorded", action: "look", summary: "" });
  picked.length = 0;
  rendered = 0;

  await tell({ kind: "NoticeRaised", code: "n", message: "news" });

  expect(count("notices")).toBe("1");
  expect(rendered).toBeGreaterThan(0);
  expect(picked.filter((name) => name === "score" || name === "budget" || name === "baseline_score")).toEqual([]);
  await tell({ kind: "RunPaused", run: "r1" });
  expect(bar()?.textContent).toContain("paused");
});

test("what a notice proposes can be copied as it stands", async () => {
  await act(async () => go({ area: "notices" }));

  await tell({ kind: "NoticeRaised", code: "proposal", level: "info", message: "commit one like this:\n[gates.lint]\ntarget = 0\n" });

  expect(document.querySelector(".notices li")?.textContent).toContain("commit one like this:");
  expect(document.querySelector(".notices pre")?.textContent).toBe("[gates.lint]\ntarget = 0");
});

const SCHEDULED = { kind: "AttemptScheduled", run: "r1", iteration: 1, attempt: "a1", task: "t", role: "coder", base: "c", seed: 1, brain: "conversational", model: "m" };
const own = { stream: "attempt-a1", actor: "agent" };
const signal = async (...signals: object[]) => {
  await act(async () => {
    Wire.last.say({ t: "signal", project: "p", signals });
    await vi.advanceTimersByTimeAsync(20);
  });
};

test("what a model is just saying is shown as it comes, bounded, and gone once its answer is a fact", async () => {
  await tell(SCHEDULED, { ...own, kind: "CallStarted", attempt: "a1", key: "k1", model: "m" });

  await signal({ attempt: "a1", said: "I take " }, { attempt: "a1", said: "it apart" });
  expect(live.snapshot().saying.get("a1")).toBe("I take it apart");
  await signal({ attempt: "a1", said: "x".repeat(9000) }, { attempt: "stranger", said: "hello" });
  expect(live.snapshot().saying.get("a1")?.length).toBe(4000);
  await tell({ ...own, kind: "CallFinished", attempt: "a1", key: "k1", cost: null });

  expect(live.snapshot().saying.size).toBe(0);
  expect(live.snapshot().told.get("a1")).toBe(4);
});

test("a call that waits is told at once and everywhere", async () => {
  await tell(SCHEDULED, {
    kind: "ApprovalRequested",
    run: "r1",
    attempt: "a1",
    approval: "ap1",
    tool: "git_push",
    arguments: "b",
    shown: "git push <script>",
    risk: "deliver",
    digest: "d",
    tree: "t",
    expires: 9,
  });

  expect(document.querySelector("[role=alert] button")?.textContent).toBe("1 call waits for you");
  expect(count("approvals")).toBe("1");
  await tell({ kind: "AttemptCancelled", attempt: "a1", why: "stopped" });
  expect(document.querySelector(".asks button")).toBeNull();
});
