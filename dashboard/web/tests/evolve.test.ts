import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Board } from "../src/ledger/events.gen";
import { evolve, initial } from "../src/ledger/evolve";
import type { Row } from "../src/ledger/row";

const golden = join(import.meta.dirname, "../../../tests/golden");
const read = (name: string) => readFileSync(join(golden, name), "utf8");

describe.each(["story", "long"])("the golden ledger %s", (name) => {
  const rows = read(`${name}.jsonl`).trim().split("\n").map((line) => JSON.parse(line) as Row);
  const boards = JSON.parse(read(`${name}.boards.json`)) as Record<string, Board>;

  test("folds to the very boards the Python fold makes", () => {
    let board = initial;
    const made: Record<string, Board> = {};
    for (const row of rows) {
      board = evolve(board, row);
      if (boards[row.position]) made[row.position] = board;
    }

    expect(Object.keys(made).length).toBeGreaterThan(0);
    expect(made).toStrictEqual(boards);
  });

  test("folds the same from any snapshot in between", () => {
    const whole = rows.reduce(evolve, initial);
    const half = rows.length >> 1;
    const snapshot = JSON.parse(JSON.stringify(rows.slice(0, half).reduce(evolve, initial))) as Board;

    expect(rows.slice(half).reduce(evolve, snapshot)).toStrictEqual(whole);
  });
});

test("a kind of event this page does not know yet only moves the position", () => {
  const unknown = { kind: "SomethingNew", position: 1, at: 5, stream: "director", actor: "director" } as unknown as Row;

  expect(evolve(initial, unknown)).toStrictEqual({ ...initial, position: 1, at: 5 });
});
