"""What a sandbox costs per command: `PYTHONPATH=. python -P benchmarks/sandbox/run.py [COUNT]`, one table."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from agents.ports import Command, Sandbox
from agents.sandbox.bubblewrap import BubblewrapSandbox
from agents.sandbox.landlock import LandlockSandbox
from agents.sandbox.local import LocalSandbox


async def measure(once: Callable[[], Awaitable[object]], count: int) -> list[float]:
    """Milliseconds of each of `count` runs, one after the other, sorted; the first is warming up."""
    await once()
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        await once()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


async def main(count: int) -> None:
    """Measure a command that does nothing, bare and in each sandbox."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()

        def run_in(sandbox: Sandbox) -> Callable[[], Awaitable[object]]:
            return lambda: sandbox.run(Command(["/bin/true"], place, {"PATH": "/usr/bin:/bin"}, writable=[place]))

        async def bare() -> object:
            return await asyncio.to_thread(subprocess.run, ["/bin/true"], check=True)

        confined = BubblewrapSandbox()
        print(
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, uid {os.getuid()}, {count} runs each;",
            confined.level.detail,
        )
        print("| what | min ms | median ms | p95 ms |\n| --- | --- | --- | --- |")
        rows: dict[str, Callable[[], Awaitable[object]]] = {"bare": bare, "none": run_in(LocalSandbox())}
        rows["bubblewrap"] = run_in(confined)
        fenced = LandlockSandbox()
        if fenced.level.sandboxed:
            rows["landlock"] = run_in(fenced)
        for label, once in rows.items():
            taken = await measure(once, count)
            print(f"| {label} | {taken[0]:.1f} | {taken[count // 2]:.1f} | {taken[int(count * 0.95)]:.1f} |")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
