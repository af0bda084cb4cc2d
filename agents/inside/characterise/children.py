"""Runs a piece of work in a child process and reads what it sends; the child's end is never ours."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from typing import Any, Callable, Dict, Iterator, List, Sequence, Set

from ..forks import limit_memory

Send = Callable[[Dict[str, Any]], None]
PATIENCE = 6
"""How much longer than its CPU time a child may take on the clock, on a busy machine."""
MEMORY = 2 << 30
"""Bytes a child may take beyond what it had when it was forked."""


def in_child(work: Callable[[Send], None], seconds: float) -> Iterator[Dict[str, Any]]:
    """Yield what the work sends from a forked child; it ends after `seconds` of CPU at the latest."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing, seconds)
    os.close(writing)
    rest = b""
    until = time.monotonic() + PATIENCE * seconds
    try:
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([reading], [], [], left)[0]:
                break
            chunk = os.read(reading, 1 << 16)
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                message = json.loads(line)
                if message["kind"] == "end":
                    return
                yield message
        yield {"kind": "failed", "why": "the limit of %.0f seconds or of memory" % seconds}
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _work(work: Callable[[Send], None], writing: int, seconds: float) -> None:
    """Do the work in the child and leave without any exit hook of the target."""
    try:
        limit_memory(MEMORY)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    except (OSError, ValueError) as error:
        os.write(writing, json.dumps({"kind": "failed", "why": "no limits can be set: %s" % error}).encode() + b"\n")
        os._exit(1)

    def send(message: Dict[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[os.write(writing, data) :]

    try:
        work(send)
    except BaseException as error:
        # Not silently: a child that failed must not look like one that found nothing.
        send({"kind": "failed", "why": "%s: %s" % (type(error).__name__, str(error)[:200])})
    finally:
        send({"kind": "end"})
        os._exit(0)


def replayed(spec: Dict[str, Any], cases: List[Dict[str, Any]], hash_seeds: Sequence[str]) -> Set[int]:
    """Return the places of the cases that a fresh interpreter sees again under every other hash seed."""
    steady = set(range(len(cases)))
    for seed in hash_seeds if cases else ():
        steady &= _replayed_once({**spec, "replay": cases}, seed, 60.0 + len(cases))
    return steady


def _replayed_once(spec: Dict[str, Any], hash_seed: str, seconds: float) -> Set[int]:
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    flags = ["-P"] if sys.version_info >= (3, 11) else []
    argv = [sys.executable, *flags, "-B", "-s", os.path.join(folder, "__main__.py"), "testgen"]
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths}
    reading, writing = os.pipe()
    child = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
        preexec_fn=lambda: os.dup2(writing, 3), pass_fds=(3,),
    )  # fmt: skip
    os.close(writing)
    places: Set[int] = set()
    try:
        assert child.stdin is not None
        child.stdin.write(json.dumps(spec).encode())
        child.stdin.close()
        until = time.monotonic() + seconds
        data = b""
        while select.select([reading], [], [], max(0.0, until - time.monotonic()))[0]:
            chunk = os.read(reading, 1 << 16)
            if not chunk:
                break
            data += chunk
        for line in data.splitlines():
            message = json.loads(line)
            if message.get("kind") == "steady":
                places.add(int(message["place"]))
    finally:
        os.close(reading)
        child.kill()
        child.wait()
    return places
