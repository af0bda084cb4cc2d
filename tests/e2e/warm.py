"""An interpreter that has imported what `kaizen` imports, and forks for every call of it.

What comes of a fork is a process like any other, with its own arguments, directory, variables, output and exit
status; it only saves the second that a start costs. What is started to be killed or watched, and every daemon, starts
for itself.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

ROOMS = ("director", "agents", "ledger", "knowledge_graph", "dashboard.server")
LATE = ("networkx", "httpx", "uvicorn.loops.auto", "uvicorn.protocols.http.auto", "uvicorn.lifespan.on")
"""What is imported only when it is needed, which for these is in most commands."""

MOST = 1 << 17
"""Bytes of a packet."""
STARTING = 300.0
"""Seconds it may take to be ready on a machine that is busy with other things."""


class Warm:
    """The interpreter, seen from the tests: one call after the other."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start it; `environment` is what its imports see, not what the calls get."""
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "tests.e2e.warm", str(theirs.fileno())],
                env=dict(environment),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    def call(
        self,
        arguments: list[str],
        cwd: Path,
        environment: Mapping[str, str],
        out: IO[str],
        err: IO[str],
        seconds: float,
    ) -> int:
        """Run `kaizen` to its end and return its status; raise TimeoutExpired after killing it."""
        asked = json.dumps({"arguments": arguments, "cwd": str(cwd), "environment": dict(environment)}).encode()
        assert len(asked) < MOST, "more than one packet holds"
        self._channel.settimeout(STARTING)
        socket.send_fds(self._channel, [asked], [out.fileno(), err.fileno()])
        pid = int(self._heard())
        self._channel.settimeout(seconds)
        try:
            return int(self._heard())
        except TimeoutError as error:
            os.kill(pid, 9)
            self._channel.settimeout(STARTING)
            self._heard()
            raise subprocess.TimeoutExpired(arguments, seconds) from error

    def close(self) -> None:
        """End it: it goes when nobody can ask it any more."""
        self._channel.close()
        self._child.wait(30)

    def _heard(self) -> bytes:
        said = self._channel.recv(64)
        assert said, f"the interpreter that forks is gone (status {self._child.poll()})"
        return said


def serve(channel: socket.socket) -> None:
    """Fork for each packet until there are no more."""
    while True:
        asked, descriptors, _, _ = socket.recv_fds(channel, MOST, 2)
        if not asked:
            return
        pid = os.fork()
        if pid == 0:
            channel.close()
            become(json.loads(asked), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        channel.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())


def become(asked: dict[str, object], out: int, err: int) -> None:
    """Be the command that was asked for; leaves by SystemExit."""
    os.chdir(str(asked["cwd"]))
    environment = asked["environment"]
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    for descriptor, place in ((out, 1), (err, 2)):
        os.dup2(descriptor, place)
        os.close(descriptor)
    arguments = asked["arguments"]
    assert isinstance(arguments, list)
    sys.argv = ["kaizen", *arguments]
    runpy.run_module("director", run_name="__main__", alter_sys=True)
    sys.exit(0)


def prepare() -> None:
    """Import everything of ours that runs in the daemon's own process, and what that imports late."""
    for room in map(importlib.import_module, ROOMS):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not {"__main__", "inside", "migrations"} & set(module.name.split(".")):
                importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(name)
    assert threading.active_count() == 1, "a thread would not live on in a fork"
    gc.freeze()


if __name__ == "__main__":
    prepare()
    with socket.socket(fileno=int(sys.argv[1])) as channel, contextlib.suppress(BrokenPipeError):
        serve(channel)
