import { expect, test, vi } from "vitest";
import { PAGE, Pages } from "../src/ledger/pages";
import type { Row } from "../src/ledger/row";

const row = (position: number) => ({ kind: "RunPaused", position, at: 0, stream: "director", actor: "director", run: "r1" }) as Row;
const rows = (from: number, count: number) => Array.from({ length: count }, (_, at) => row(from + at));
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test("a page is asked for once, when it is looked at", async () => {
  const fetch = vi.fn(async (after: number, limit: number) => rows(after + 1, limit));
  const changed = vi.fn();
  const pages = new Pages(fetch, changed);

  expect(pages.at(300, 1000)).toBeUndefined();
  expect(pages.at(301, 1000)).toBeUndefined();
  await settle();

  expect(fetch.mock.calls).toEqual([[PAGE, PAGE]]);
  expect(pages.at(300, 1000)?.position).toBe(300);
  expect(changed).toHaveBeenCalledOnce();
});

test("nothing is asked for beyond the head", () => {
  const fetch = vi.fn(async () => []);
  const pages = new Pages(fetch, () => {});

  pages.at(11, 10);

  expect(fetch).not.toHaveBeenCalled();
});

test("memory is bounded: the page least recently seen is dropped", () => {
  const pages = new Pages(async () => [], () => {}, 3);

  for (let page = 0; page < 3; page += 1) pages.put(rows(page * PAGE + 1, 1));
  pages.at(1, 10_000);
  pages.put(rows(3 * PAGE + 1, 1));

  expect(pages.size).toBe(3);
  expect(pages.at(1, 0)?.position).toBe(1);
  expect(pages.at(PAGE + 1, 0)).toBeUndefined();
});

test("a page that could not be read says why, and is asked again only when the reader wishes", async () => {
  const fetch = vi.fn(async (): Promise<readonly Row[]> => {
    throw new Error("the ledger does not answer");
  });
  const pages = new Pages(fetch, () => {});

  pages.at(1, 10);
  await settle();
  pages.at(1, 10);

  expect(pages.problem(1)).toBe("the ledger does not answer");
  expect(fetch).toHaveBeenCalledTimes(1);
  pages.retry();
  pages.at(1, 10);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("an answer to a question of before everything was dropped is not kept", async () => {
  const pages = new Pages(async (after, limit) => rows(after + 1, limit), () => {});

  pages.at(1, 10);
  pages.clear();
  await settle();

  expect(pages.size).toBe(0);
});
