"""`make bench`: run every benchmark, one after the other; each prints its figures or keeps them in `results`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGES = ("inflection", "cachetools")
BENCHMARKS: tuple[tuple[str, ...], ...] = (
    ("forecast",),
    ("ledger",),
    ("sandbox",),
    ("stream",),
    ("start",),
    ("referee.cost",),
    ("landing",),
    ("repair", "-n", "4", *PACKAGES),
    ("testgen", str(Path(tempfile.gettempdir()) / "kaizen-releases"), *PACKAGES),
    ("real_projects", *PACKAGES),
    ("referee.honesty",),
)
"""Names and arguments, from the quickest to the longest."""


def main() -> int:
    """Return how many benchmarks did not reach their end."""
    failed = 0
    for name, *arguments in BENCHMARKS:
        print(f"== {name}", flush=True)
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-P", "-m", f"benchmarks.{name}.run", *arguments], check=False)
        failed += done.returncode != 0
        print(f"== {name}: status {done.returncode}, {time.monotonic() - began:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
