/**
 * The rows of the ledger that are looked at: sparse pages outside React, the least recently seen dropped.
 * What is not here is asked for when it is looked at; memory does not grow with the ledger.
 */
import type { Row } from "./row";

export const PAGE = 256;
const ASKED_AT_ONCE = 4;

export class Pages {
  private readonly kept = new Map<number, (Row | undefined)[]>();
  private readonly asked = new Set<number>();
  private readonly failed = new Map<number, string>();
  /** Raised when everything is dropped: an answer to an older question is not kept. */
  private life = 0;

  constructor(
    private readonly fetch: (after: number, limit: number) => Promise<readonly Row[]>,
    private readonly changed: () => void,
    private readonly most = 64,
  ) {}

  put(rows: readonly Row[]): void {
    for (const row of rows) this.page(pageOf(row.position))[(row.position - 1) % PAGE] = row;
  }

  /** The row at a position, when it is here; otherwise its page is asked for. */
  at(position: number, head: number): Row | undefined {
    const number = pageOf(position);
    const page = this.kept.get(number);
    if (page) {
      this.kept.delete(number);
      this.kept.set(number, page);
    }
    const row = page?.[(position - 1) % PAGE];
    if (!row && position >= 1 && position <= head) this.need(number);
    return row;
  }

  /** Why a page could not be read, if so. */
  problem(position: number): string | undefined {
    return this.failed.get(pageOf(position));
  }

  /** Ask again for what failed. */
  retry(): void {
    this.failed.clear();
    this.changed();
  }

  clear(): void {
    this.life += 1;
    this.kept.clear();
    this.asked.clear();
    this.failed.clear();
  }

  get size(): number {
    return this.kept.size;
  }

  private page(number: number): (Row | undefined)[] {
    let page = this.kept.get(number);
    if (!page) {
      page = new Array<Row | undefined>(PAGE).fill(undefined);
      this.kept.set(number, page);
      this.evict(number);
    }
    return page;
  }

  private evict(keep: number): void {
    for (const number of this.kept.keys()) {
      if (this.kept.size <= this.most) return;
      if (number !== keep) this.kept.delete(number);
    }
  }

  private need(number: number): void {
    if (this.asked.has(number) || this.failed.has(number) || this.asked.size >= ASKED_AT_ONCE) return;
    this.asked.add(number);
    const life = this.life;
    this.fetch(number * PAGE, PAGE)
      .then((rows) => {
        if (life === this.life) this.put(rows);
      })
      .catch((error: unknown) => {
        if (life === this.life) this.failed.set(number, error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        if (life === this.life) this.asked.delete(number);
        this.changed();
      });
  }
}

function pageOf(position: number): number {
  return Math.floor((position - 1) / PAGE);
}
