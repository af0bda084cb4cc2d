"""Measures appending, folding, verifying and opening a ledger; prints one table and keeps it as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from ledger.events import ActionRecorded
from ledger.sql import SqliteStore, verify

RESULTS = Path(__file__).parents[1] / "results" / "ledger.json"
EVENT = ActionRecorded(agent="coder", action="edited", details={"diff": "x" * 900})


@dataclass
class Row:
    """One line of the table."""

    what: str
    events: int
    seconds: float
    cpu_us: float
    note: str = ""

    @property
    def rate(self) -> float:
        return self.events / self.seconds


def measure(what: str, events: int, work: Callable[[], object], note: str = "") -> Row:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Row(what, events, wall, cpu / events * 1e6, note)


@contextmanager
def opened(folder: Path, name: str) -> Iterator[SqliteStore]:
    store = SqliteStore.open(folder / name)
    try:
        yield store
    finally:
        store.close()


def floor(folder: Path, count: int) -> Row:
    line = b"x" * 1000

    def work() -> None:
        with (folder / "floor").open("ab", buffering=0) as file:
            for _ in range(count):
                file.write(line)
                os.fdatasync(file.fileno())

    return measure("floor", count, work)


def append_alone(folder: Path, count: int) -> Row:
    with opened(folder, "x1.db") as store:

        def work() -> None:
            for version in range(count):
                store.append("director", [EVENT], expected=version).result()

        return measure("append x1", count, work)


def append_hundreds(folder: Path, count: int) -> Row:
    with opened(folder, "x100.db") as store:

        def work() -> None:
            for _ in range(count // 100):
                store.append("director", [EVENT] * 100).result()

        return measure("append x100", count // 100 * 100, work)


def append_together(folder: Path, count: int, producers: int = 16) -> Row:
    with opened(folder, "x16.db") as store:

        def produce(number: int) -> None:
            for version in range(count // producers):
                store.append(f"attempt-{number}", [EVENT], expected=version).result()

        def work() -> None:
            threads = [threading.Thread(target=produce, args=(number,)) for number in range(producers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        return measure(f"append, {producers} producers", count // producers * producers, work)


def reading(folder: Path, count: int) -> list[Row]:
    name = f"{count}.db"
    with opened(folder, name) as store:
        for first in range(0, count, 1000):
            store.append("director", [EVENT] * min(1000, count - first)).result()

        def fold() -> None:
            kinds: Counter[str] = Counter()
            while page := store.read(after=kinds.total(), limit=1000):
                kinds.update(type(one.event).__name__ for one in page)

        rows = [measure("fold", count, fold), measure("verify", count, lambda: verify(folder / name))]
    rows.append(reopening(folder / name, count))
    return rows


def reopening(path: Path, count: int, times: int = 9) -> Row:
    walls, cpu = [], time.process_time()
    for _ in range(times):
        wall = time.perf_counter()
        store = SqliteStore.open(path)
        store.head()
        walls.append(time.perf_counter() - wall)
        store.close()
    cpu_us = (time.process_time() - cpu) / times * 1e6
    return Row("reopen", 1, statistics.median(walls), cpu_us, f"{count:,} events, {path.stat().st_size / 1e6:.0f} MB")


def show(rows: list[Row]) -> None:
    print(f"{'':24}{'events':>9}{'seconds':>9}{'per second':>12}{'CPU us':>9}")
    for row in rows:
        print(f"{row.what:24}{row.events:9,}{row.seconds:9.3f}{row.rate:12,.0f}{row.cpu_us:9.1f}  {row.note}")


def keep(rows: list[Row]) -> None:
    made = {
        "at": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "rows": [{**asdict(row), "per_second": round(row.rate, 1)} for row in rows],
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(made, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the events; nothing is written")
    parser.add_argument("--folder", type=Path, help="the disk to measure; default: a temporary folder")
    chosen = parser.parse_args()
    scale = 10 if chosen.quick else 1
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place:
        folder = Path(place)
        rows = [
            floor(folder, 1000 // scale),
            append_alone(folder, 1000 // scale),
            append_hundreds(folder, 20_000 // scale),
            append_together(folder, 8000 // scale),
            *reading(folder, 10_000 // scale),
            *reading(folder, 100_000 // scale),
        ]
    show(rows)
    if not chosen.quick:
        keep(rows)


if __name__ == "__main__":
    main()
