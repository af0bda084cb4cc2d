"""Runs Kaizen's own uv: installs wheels, finds interpreters, builds nothing and downloads no Python."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

REACH = 20.0
"""Seconds to find out whether the package index can be reached."""
NETWORK = re.compile(
    r"Failed to fetch|error sending request|dns error|[Cc]onnect(ion|ivity)|timed out|Network|TLS|[Cc]ertificate"
)


class Done(NamedTuple):
    """How one call ended."""

    ok: bool
    said: str
    """Standard output when it went well, else the error in one line."""
    network: bool = False
    """Whether the index could not be reached."""


class Uv:
    """One binary, one cache, one answer about the network."""

    def __init__(self, binary: Path, cache: Path, variables: Mapping[str, str], seconds: float) -> None:
        """`variables` (proxy, index, certificates) go to uv alone; all calls together may take `seconds`."""
        self.binary = binary
        self.offline = False
        self._reached = False
        self._until = time.monotonic() + seconds
        self._env = {
            **variables, "UV_CACHE_DIR": str(cache), "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1",
            "UV_HTTP_TIMEOUT": "10", "UV_HTTP_RETRIES": "1", "UV_LINK_MODE": "copy", "NO_COLOR": "1",
        }  # fmt: skip

    def run(self, *argv: str, seconds: float = 60.0, path: str = "/usr/local/bin:/usr/bin:/bin") -> Done:
        """Run one command, `path` being where it looks for interpreters; a limit that is reached is a failure."""
        left = max(1.0, min(seconds, self._until - time.monotonic()))
        try:
            done = subprocess.run(
                [str(self.binary), *argv], env={**self._env, "PATH": path}, cwd="/", timeout=left,
                stdin=subprocess.DEVNULL, capture_output=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Done(False, f"uv was still running after {left:g} seconds", network=True)
        except OSError as failed:
            return Done(False, f"uv could not be started: {failed}")
        if done.returncode == 0:
            return Done(True, done.stdout.decode("utf-8", "replace").strip())
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        return Done(False, said[:500], network=bool(NETWORK.search(said)))

    def install(self, python: Path, requirements: Sequence[str], *where: str, seconds: float = 300.0) -> Done:
        """Install wheels; the interpreter named is asked about itself and must not be one a wheel can have changed."""
        if not requirements:
            return Done(True, "")
        self._reach(python)
        offline = ["--offline"] if self.offline else []
        how = ("--python", str(python), "--only-binary", ":all:", "--compile-bytecode")
        return self.run("pip", "install", *how, *offline, *where, "--", *requirements, seconds=seconds)

    def _reach(self, python: Path) -> None:
        """Ask the index for one small release; without an answer everything else comes from the cache."""
        if self._reached:
            return
        self._reached = True
        asked = self.run(
            "pip", "install", "--dry-run", "--python", str(python), "--target", "/nonexistent", "--only-binary",
            ":all:", "--refresh-package", "iniconfig", "iniconfig", seconds=REACH,
        )  # fmt: skip
        self.offline = not asked.ok
