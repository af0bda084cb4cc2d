"""What the whole test suite needs from the machine: as root on Debian it is installed, otherwise it is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NEEDED = {"bubblewrap": ("bwrap",), "chromium": ("chromium", "chromium-browser", "google-chrome")}
"""Debian package to the commands that will do; without them nothing is tested."""
WISHED = {"golang-go": ("go",), "rustc": ("rustc",)}
"""Languages some tests measure a project of: had where they can be installed, else these tests name them."""


def main() -> int:
    """Return 0 when everything is there."""
    missing = _missing(NEEDED)
    installs = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if installs:
        missing += _missing(WISHED)
    if not missing:
        return 0
    line = f"apt-get install --no-install-recommends --yes {' '.join(missing)}"
    if not installs:
        sys.stderr.write(f"kaizen: the tests need {' and '.join(missing)}; type: sudo {line}\n")
        return 2
    sys.stdout.write(f"setup: {' '.join(missing)} (1 to 2 min)\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["apt-get", "update", "--quiet=2"], [*line.split(), "--quiet=2"]):
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.stderr.write(f"kaizen: {' '.join(arguments)} failed: {done.stderr.strip()[-300:]}\n")
            return 2
    return 0


def _missing(packages: dict[str, tuple[str, ...]]) -> list[str]:
    return [package for package, names in packages.items() if not any(map(shutil.which, names))]


if __name__ == "__main__":
    sys.exit(main())
