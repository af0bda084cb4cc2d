import { describe, expect, test } from "vitest";
import type { Conversation, ToolUse, Turn } from "../src/ledger/api";
import type { PlanCard, Run } from "../src/ledger/events.gen";
import { KINDS, type Kind } from "../src/ledger/events.gen";
import { NONE } from "../src/ledger/fold/none";
import type { Row } from "../src/ledger/row";
import { freshFrom, joined } from "../src/ledger/turns";
import { changeOf, pretty } from "../src/pages/changed";
import { depths } from "../src/pages/depths";
import { describe as lineOf } from "../src/pages/describe";
import { leftOf } from "../src/pages/left";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const turn = (nth: number, call: "open" | "done", tools: readonly Partial<ToolUse>[] = []) =>
  ({ nth, call: { state: call }, tools, notes: [], messages: [] }) as unknown as Turn;
const page = (steps: readonly Turn[], total: number) => ({ steps, steps_total: total }) as unknown as Conversation;

describe("the steps of a conversation", () => {
  test("a page read anew replaces the steps of the same number, and older ones come before", () => {
    const kept = joined({ turns: [], total: 0 }, page([turn(4, "done"), turn(5, "open")], 5));
    const now = joined(joined(kept, page([turn(5, "done"), turn(6, "open")], 6)), page([turn(3, "done")], 6));

    expect(now.turns.map((one) => [one.nth, one.call?.state])).toEqual([[3, "done"], [4, "done"], [5, "done"], [6, "open"]]);
    expect(now.total).toBe(6);
  });

  test("reading goes on at the first step that may still change", () => {
    expect(freshFrom([turn(1, "done"), turn(2, "done", [{ state: "waiting" }]), turn(3, "done")])).toBe(2);
    expect(freshFrom([turn(1, "done"), turn(2, "done", [{ state: "failed" }])])).toBe(2);
    expect(freshFrom([])).toBe(1);
  });
});

describe("what a writing tool changes", () => {
  test("is the diff its result speaks of", () => {
    const diff = "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n";

    expect(changeOf("{}", `Applied.\n${diff}`)).toBe(diff);
  });

  test("is what its arguments say, for one edit, for many and for a whole file", () => {
    expect(changeOf(JSON.stringify({ path: "x.py", old_text: "a\nb", new_text: "c", edits: [], text: "" }), "ok")).toBe("--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,1 @@\n-a\n-b\n+c\n");
    expect(changeOf(JSON.stringify({ path: "x.py", edits: [{ search: "a", replace: "b" }, { search: "c", replace: "" }] }), "")).toContain("-c");
    expect(changeOf(JSON.stringify({ text: "--- a/y.py\n+++ b/y.py\n@@ -1 +1 @@\n-a\n+b\n" }), "")).toContain("+++ b/y.py");
    expect(changeOf(JSON.stringify({ path: "n.py", content: "one\n" }), "")).toBe("--- a/n.py\n+++ b/n.py\n@@ -0,0 +1,1 @@\n+one\n");
  });

  test("is nothing where nobody says it: half a JSON, no path, no text", () => {
    expect([changeOf('{"path": "x', ""), changeOf('{"old": "a", "new": "b"}', ""), changeOf("[1]", "-- a"), changeOf("", "")]).toEqual(["", "", "", ""]);
    expect(pretty('{"a": ')).toBe('{"a": ');
  });
});

test("each step of a plan stands one deeper than the deepest it needs, and a circle ends", () => {
  const step = (id: string, ...needs: string[]) => ({ id, needs }) as unknown as PlanCard;

  expect([...depths([step("a"), step("b", "a"), step("c", "a", "b"), step("d", "nobody")])]).toEqual([["a", 0], ["b", 1], ["c", 2], ["d", 0]]);
  expect([...depths([step("x", "y"), step("y", "x")]).keys()]).toEqual(["x", "y"]);
});

test("what is left is told for each limit there is, and never above the limit", () => {
  const costs = { ...NONE, calls: 7, tokens_in: 900, tokens_out: 100, tokens_lost: 50 };
  const run = { budget: { cost: 0.5, tokens: 1000, minutes: null }, costs, cost: 0.25, started_at: 0, seconds: null, ended_at: null, iteration: 1 };

  expect(leftOf(run as unknown as Run, 60)).toEqual([
    { what: "USD", used: 0.25, limit: 0.5, share: 0.5 },
    { what: "tokens", used: 1050, limit: 1000, share: 1 },
  ]);
});

test("every kind of event that is told has a line in words", () => {
  const rows = readFileSync(join(import.meta.dirname, "../../../tests/golden/story.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Row);
  const told = new Set<Kind>(rows.map((row) => row.kind));

  expect(rows.filter((row) => lineOf(row).text.trim() === "").map((row) => row.kind)).toEqual([]);
  expect(rows.filter((row) => /undefined|null|NaN|\[object/.test(lineOf(row).text)).map((row) => lineOf(row).text)).toEqual([]);
  expect(told.size).toBeGreaterThan(Object.keys(KINDS).length - 5);
});
