"""How many clients one server feeds: CPU per delivery, and how old an event is when it arrives.

`python -P benchmarks/stream/run.py --clients 100 --rate 200 --seconds 10`
The server has a process of its own; its CPU is what is measured. The clients share one process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import psutil
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

sys.path.insert(0, str(Path(__file__).parents[2]))

TOKEN = "benchmark"


def serve_events(pipe: Connection, rate: int, size: int, seconds: float, clients: int) -> None:
    """Serve one project in memory and append events at a steady rate once told to begin."""
    from dashboard.server.app import create_app
    from dashboard.server.ledgers import ProjectName
    from dashboard.server.listening import bind, port_of
    from dashboard.server.runner import serve
    from dashboard.server.settings import ServerSettings
    from ledger.blobs import MemoryBlobs
    from ledger.events import NoticeRaised
    from ledger.memory import MemoryStore
    from ledger.signals import Signals

    @dataclass
    class Opened:
        name: ProjectName
        store: MemoryStore
        blobs: MemoryBlobs
        signals: Signals

    class One:
        home = MemoryStore(time.time)
        only = Opened(ProjectName("bench"), MemoryStore(time.time), MemoryBlobs(), Signals())

        def names(self) -> list[ProjectName]:
            return [self.only.name]

        def open(self, project: ProjectName) -> Opened:
            return self.only

    def write(store: MemoryStore) -> None:
        pipe.recv()
        began = time.time()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            time.sleep(max(0.0, due - time.time()))
            text = json.dumps({"due": due}) + "x" * size
            store.append("director", [NoticeRaised(code="n", message=text)])

    async def main() -> None:
        listening = bind("127.0.0.1", 0)
        settings = ServerSettings(port=port_of(listening), token=TOKEN, most_clients=clients + 1)
        app = create_app(One(), settings)
        threading.Thread(target=write, args=(One.only.store,), daemon=True).start()
        pipe.send((os.getpid(), settings.port))
        await serve(app, listening)

    asyncio.run(main())


@dataclass
class Seen:
    """What one client got."""

    events: int = 0
    last: int = 0
    gaps: int = 0
    ages: list[float] = field(default_factory=list)


async def watch(port: int, ticket: str, seen: Seen) -> None:
    """Follow the project, acknowledge once a second as the page does, note how old the newest event of a batch is."""
    acked = time.monotonic()
    async with connect(
        f"ws://127.0.0.1:{port}/api/v1/stream",
        additional_headers={"Authorization": f"Bearer {TOKEN}"},
        subprotocols=[Subprotocol("kaizen.v1")],
        compression=None,
        max_size=None,
    ) as socket:
        await socket.send(json.dumps({"t": "sub", "ticket": ticket, "subs": [{"project": "bench", "from": 0}]}))
        try:
            async for message in socket:
                frame = json.loads(message)
                if frame["t"] == "gap":
                    seen.gaps, seen.last = seen.gaps + 1, frame["to"]
                if frame["t"] != "batch":
                    continue
                assert frame["first"] == seen.last + 1, "a hole"
                seen.events, seen.last = seen.events + len(frame["ev"]), frame["last"]
                newest = json.loads(frame["ev"][-1]["message"].rstrip("x"))
                seen.ages.append(time.time() - newest["due"])
                if time.monotonic() - acked >= 1.0:
                    acked = time.monotonic()
                    await socket.send(json.dumps({"t": "ack", "project": "bench", "position": seen.last}))
        except ConnectionClosed:
            return


async def measure(clients: int, rate: int, size: int, seconds: float) -> dict[str, float]:
    """Run one case and return its row."""
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve_events, args=(theirs, rate, size, seconds, clients), daemon=True)
    server.start()
    pid, port = await asyncio.to_thread(mine.recv)
    seen = [Seen() for _ in range(clients)]
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {TOKEN}"}
    ) as http:
        tasks = []
        for one in seen:
            ticket = (await http.post("/api/v1/ws-ticket")).json()["ticket"]
            tasks.append(asyncio.create_task(watch(port, ticket, one)))
    await asyncio.sleep(1)
    used = psutil.Process(pid).cpu_times()
    mine.send("go")
    await asyncio.sleep(seconds + 1)
    after = psutil.Process(pid).cpu_times()
    memory = psutil.Process(pid).memory_info().rss
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    server.terminate()
    server.join(5)
    cpu = after.user + after.system - used.user - used.system
    delivered = sum(one.events for one in seen)
    ages = sorted(age for one in seen for age in one.ages)
    return {
        "clients": clients,
        "rate": rate,
        "delivered": delivered,
        "expected": int(rate * seconds) * clients,
        "gaps": sum(one.gaps for one in seen),
        "cpu_s": round(cpu, 2),
        "cpu_us_per_delivery": round(1e6 * cpu / max(1, delivered), 2),
        "age_p50_ms": round(1000 * statistics.median(ages), 1) if ages else 0.0,
        "age_p99_ms": round(1000 * ages[int(len(ages) * 0.99)], 1) if ages else 0.0,
        "rss_mb": round(memory / 2**20, 1),
    }


def main() -> None:
    """Print one row per case as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 50, 200])
    parser.add_argument("--rate", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--size", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=8.0)
    given = parser.parse_args()
    for clients in given.clients:
        for rate in given.rate:
            row = asyncio.run(measure(clients, rate, given.size, given.seconds))
            print(json.dumps({**row, "load": round(os.getloadavg()[0], 1), "cpus": os.cpu_count()}), flush=True)


if __name__ == "__main__":
    main()
