"""Job `zygote`: waits with the test runner and its plugins imported, and runs the suite in a fork for each order.

Spec: `orders` a named pipe to read from, one line for each order: the name of a file with it, or nothing to end.
An order is a spec of the job `suite` with `answer`, the named pipe to answer on, and `wall` and `cpu` seconds. After
each order every process it left is ended.
The project is imported in the fork only. What an order says is a hint: a candidate could have harmed those after it,
so a failure counts when a fresh interpreter shows it too, and success when the whole suite does.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from typing import Any, Callable, Dict, List

from . import suite
from .mapping import preload

SET_DUMPABLE, SET_CHILD_SUBREAPER = 4, 36
PAUSE = 0.002
Told = Dict[str, Any]


def main(spec: Told, send: Callable[[Told], None]) -> None:
    """Carry out orders until the pipe is closed or an empty line comes."""
    preload(os.path.realpath(os.getcwd()))
    suite.no_chance(suite.Recorder(send, ""))
    gc.freeze()  # pytest collects garbage at its end: what is here is none, and would be copied by being looked at
    libc = ctypes.CDLL(None)
    libc.prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(SET_DUMPABLE, 0, 0, 0, 0)  # no fork of ours may look into this one
    with open(spec["orders"], encoding="utf-8") as orders:
        for line in orders:
            if not line.strip():
                return
            with open(line.rstrip("\n"), encoding="utf-8") as order:
                _carry_out(json.load(order))


def _carry_out(order: Told) -> None:
    answer = os.open(order["answer"], os.O_WRONLY | os.O_CLOEXEC)
    place = tempfile.mkdtemp(prefix="order-")
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _run(order, answer, place)
    why, status, used = "", None, 0.0
    while status is None:
        ended, waited, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            status, used = waited, usage.ru_utime + usage.ru_stime
        elif time.monotonic() - began > order["wall"]:
            why = "wall"
            os.kill(pid, signal.SIGKILL)
            _, status, _ = os.wait4(pid, 0)
        else:
            time.sleep(PAUSE)
    _end_all()
    shutil.rmtree(place, ignore_errors=True)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        why = "cpu"
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    told = {"kind": "ended", "why": why, "exit": code, "cpu": used, "seconds": time.monotonic() - began}
    _write(answer, b"\n" + json.dumps(told).encode() + b"\n")
    os.close(answer)


def _run(order: Told, answer: int, place: str) -> None:
    try:
        os.setsid()
        os.environ["TMPDIR"] = tempfile.tempdir = place
        if order["cpu"]:
            resource.setrlimit(resource.RLIMIT_CPU, (int(order["cpu"]) + 1, int(order["cpu"]) + 6))
        importlib.invalidate_caches()

        def send(message: Told) -> None:
            _write(answer, json.dumps(message, ensure_ascii=True, default=str).encode() + b"\n")

        suite.main(order, send)
        send({"kind": "done"})
    except BaseException as error:
        sys.stderr.write("the order failed: %r\n" % (error,))
        os._exit(1)
    finally:
        os._exit(0)


def _write(out: int, content: bytes) -> None:
    while content:
        content = content[os.write(out, content) :]


def _end_all() -> None:
    """End every process that an order left: orphans come to this one, so in the end all are its children."""
    for _ in range(1000):
        children = _children()
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(PAUSE)


def _children() -> List[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == os.getpid():
                found.append(int(name))
    return found
