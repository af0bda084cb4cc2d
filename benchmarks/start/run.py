"""How long a page is not live after a start, and what is sent until then, by events in the ledger.

`python -P benchmarks/start/run.py --events 2000 20000 200000`
A lawful run is told again and again into a ledger on disk. Then the server starts twice, each time in a process of its
own: first with nothing but the events, then with what the first start kept. A page is live when it has its snapshot and
the stream has said hello. Seconds of CPU are the server's, from when it listens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import msgspec
import psutil
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

sys.path.insert(0, str(Path(__file__).parents[2]))

from ledger.events import AnyEvent
from ledger.sql import SqliteStore
from tests import story

TOKEN = "benchmark"
OWN_NAMES = re.compile(r'"(r1|c\d+|q\w*|ap\w*)(?=[./]|"(?!:))')
"""Of runs, checkpoints, requests and approvals: each telling has its own."""


def tellings() -> Iterator[tuple[str, str, AnyEvent]]:
    """Return a run's events with stream and actor, then those of the next run, for ever."""
    decoder = msgspec.json.Decoder(AnyEvent)
    told = [(one.stream, one.actor, msgspec.json.encode(one.event).decode()) for one in story.whole(lambda _: "0" * 64)]
    number = 0
    while True:
        number += 1
        for stream, actor, text in told:
            own = OWN_NAMES.sub(rf'"\1x{number}', text)
            yield stream.replace("attempt-r1", f"attempt-r1x{number}"), actor, decoder.decode(own)


def write(file: Path, events: int) -> None:
    """Write a ledger of so many events."""
    file.parent.mkdir(parents=True)
    store = SqliteStore.open(file)
    for number, (stream, actor, event) in zip(range(events), tellings(), strict=False):
        appended = store.append(stream, [event], actor=actor)
        if number % 500 == 0:
            appended.result()
    store.close()


def serve_home(pipe: Connection, home: Path) -> None:
    """Serve the ledgers of a home as the page alone does."""
    from contextlib import ExitStack

    from dashboard.server.__main__ import HomeLedgers
    from dashboard.server.app import create_app
    from dashboard.server.listening import bind, port_of
    from dashboard.server.runner import serve
    from dashboard.server.settings import ServerSettings

    async def main(closing: ExitStack) -> None:
        listening = bind("127.0.0.1", 0)
        settings = ServerSettings(port=port_of(listening), token=TOKEN)
        app = create_app(HomeLedgers(home, closing), settings)
        pipe.send((os.getpid(), settings.port))
        await serve(app, listening)

    with ExitStack() as closing:
        asyncio.run(main(closing))


async def live(port: int) -> tuple[int, int]:
    """Become live as a page does; return the bytes that were sent for it and the position."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as http:
        while (snapshot := await http.get("/api/v1/projects/bench/snapshot")).status_code != 200:
            await asyncio.sleep(0.05)
        ticket = (await http.post("/api/v1/ws-ticket")).json()["ticket"]
    position = snapshot.json()["position"]
    async with connect(
        f"ws://127.0.0.1:{port}/api/v1/stream",
        additional_headers=headers,
        subprotocols=[Subprotocol("kaizen.v1")],
        max_size=None,
    ) as socket:
        await socket.send(json.dumps({"t": "sub", "ticket": ticket, "subs": [{"project": "bench", "from": position}]}))
        hello = await socket.recv()
    return len(snapshot.content) + len(hello), position


def start(home: Path, events: int) -> dict[str, float]:
    """Start the server once and return what it took until a page was live, and the server's memory then."""
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve_home, args=(theirs, home), daemon=True)
    server.start()
    pid, port = mine.recv()
    process = psutil.Process(pid)
    began, used = time.monotonic(), process.cpu_times()
    sent, position = asyncio.run(live(port))
    seconds, after = time.monotonic() - began, process.cpu_times()
    assert position == events, "the page stands where the ledger stands"
    time.sleep(1.0)  # a first start keeps its folds after it has answered
    memory = process.memory_info().rss
    server.terminate()
    server.join(10)
    cpu = after.user + after.system - used.user - used.system
    return {"cpu_s": round(cpu, 2), "seconds": round(seconds, 2), "bytes": sent, "rss_mb": round(memory / 2**20)}


def main() -> None:
    """Print one row per length of the ledger and start, as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[2000, 20_000, 200_000])
    given = parser.parse_args()
    for events in given.events:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            write(home / "projects" / "bench-1" / "bench_ledger.db", events)
            for name in ("first", "again"):
                row = {"events": events, "start": name, **start(home, events)}
                print(json.dumps({**row, "load": round(os.getloadavg()[0], 1)}), flush=True)


if __name__ == "__main__":
    main()
