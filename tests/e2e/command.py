"""The `kaizen` command as a user runs it: a subprocess with a data home of its own."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.warm import Warm

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """What `--json` wrote; fails when a line is not an object."""
        rows = [json.loads(line) for line in self.out.splitlines()]
        assert all(isinstance(row, dict) for row in rows)
        return rows

    @property
    def ended(self) -> dict[str, Any]:
        """The last event, which must be the run's end."""
        last = self.events[-1]
        assert last["kind"] == "RunEnded", last
        return last

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of one kind."""
        return [event for event in self.events if event["kind"] == kind]

    @property
    def one_line(self) -> str:
        """What it said on standard error, which must be one line for a person."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("kaizen: "), self.err
        return lines[0].removeprefix("kaizen: ")


class Kaizen:
    """The command in one data home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: object, cwd: Path = Path("/"), seconds: float = 180.0, **more: str) -> Done:
        """Run to the end; `more` are variables of its environment.

        It is forked from a warm interpreter; see there what that leaves as it is.
        """
        environment = self.environment() | more
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as out,
            tempfile.TemporaryFile("w+", encoding="utf-8") as err,
        ):
            status = warm().call([*map(str, arguments)], cwd, environment, out, err, seconds)
            out.seek(0)
            err.seek(0)
            return Done(status, out.read(), err.read())

    def run(self, repository: Path, *arguments: object, seconds: float = 180.0, **more: str) -> Done:
        """`kaizen run --json --no-page`."""
        return self("run", repository, "--json", "--no-page", *arguments, seconds=seconds, **more)

    def start(self, *arguments: object, cwd: Path = Path("/"), **more: str) -> subprocess.Popen[str]:
        """Start it in a session of its own, with pipes."""
        return subprocess.Popen(
            self.line(*arguments),
            cwd=cwd,
            env=self.environment() | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def beside(self, home: Path) -> Kaizen:
        """Return the command in a new home that borrows what was downloaded for this one."""
        home.mkdir(parents=True)
        for name in ("cache", "overlays"):
            (self.home / name).mkdir(exist_ok=True)
            (home / name).symlink_to(self.home / name)
        return Kaizen(home)

    def line(self, *arguments: object) -> list[str]:
        """Return the command line."""
        return [sys.executable, "-P", "-m", "director", *map(str, arguments)]

    def environment(self) -> dict[str, str]:
        """Return the variables it gets: nothing of the developer's own settings."""
        return clean() | {"KAIZEN_HOME": str(self.home), "PYTHONPATH": str(ROOT)}


def clean() -> dict[str, str]:
    """Return this process's variables without the developer's own settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("KAIZEN_", "GIT_"))}


@functools.cache
def warm() -> Warm:
    """Return the warm interpreter of this process, started at the first call."""
    started = Warm(clean() | {"PYTHONPATH": str(ROOT)})
    atexit.register(started.close)
    return started
