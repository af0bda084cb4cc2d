"""`make bench`: run every benchmark, one after the other; each writes its own figures under `benchmarks/results`."""

from __future__ import annotations

import subprocess
import sys
import time

BENCHMARKS = ("ledger", "sandbox", "stream", "referee.cost", "testgen", "repair", "referee.honesty", "real_projects")
"""From the quickest to the longest."""


def main() -> int:
    """Return how many benchmarks did not reach their end."""
    failed = 0
    for name in BENCHMARKS:
        print(f"== {name}", flush=True)
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-P", "-m", f"benchmarks.{name}.run"], check=False)
        failed += done.returncode != 0
        print(f"== {name}: status {done.returncode}, {time.monotonic() - began:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
