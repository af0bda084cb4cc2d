import { beforeEach, expect, test, vi } from "vitest";
import { api } from "../src/ledger/api";
import type { Row } from "../src/ledger/row";
import { describe } from "../src/pages/describe";
import { clock, duration, visible } from "../src/ui/format";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => kept.set(name, value) });
});

test("what turns the direction of writing or cannot be seen is shown as its code", () => {
  expect(visible("rm \u202e/emoh\u2066\u200b\u001b[0m")).toBe("rm \\u202e/emoh\\u2066\\u200b\\u001b[0m");
  expect(visible("a\tb\r\n\u00e4 \u{1f469}\u200d\u{1f4bb}")).toBe("a\tb\r\n\u00e4 \u{1f469}\u200d\u{1f4bb}");
});

test("a line of an event shows it so, too: what waits for a person is read there first", () => {
  const row = { kind: "NoticeRaised", code: "n", message: "rm \u202e/emoh", position: 1, at: 0, stream: "s", actor: "a" } as const;

  expect(describe(row as Row).text).toBe("rm \\u202e/emoh");
});

test("a time of another day names its day, and a long time its days", () => {
  const noon = new Date(2026, 10, 22, 12, 0, 7).getTime();

  expect([clock(noon / 1000, noon), clock(noon / 1000 - 86_400, noon)]).toEqual(["12:00:07", "21 Nov 12:00"]);
  expect([duration(59), duration(3725), duration(62 * 86_400 + 7200)]).toEqual(["59 s", "1 h 02 min", "62 d 2 h"]);
});

test("every request after the exchange of the start token proves that the page itself asks", async () => {
  const sent: Record<string, string>[] = [];
  vi.stubGlobal("fetch", async (_: string, options: RequestInit) => {
    sent.push(options.headers as Record<string, string>);
    return new Response(JSON.stringify({ page: "proof", projects: [] }));
  });

  await api.begin("token");
  await api.projects();

  expect(sent.map((headers) => headers["x-kaizen-page"])).toEqual(["", "proof"]);
});
