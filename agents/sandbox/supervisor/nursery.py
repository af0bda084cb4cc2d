"""Waits in the background, all modules loaded, with one supervisor forked already: a fresh start takes far longer."""

from __future__ import annotations

import os
import signal
import socket

from .main import main as supervise
from .main import prepare


def main() -> None:
    """Serve the socket on standard input until its other end is closed."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_IGN)  # the end of the daemon's socket is the only word that counts
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel forgets supervisors that have ended
    while _fork_the_next():
        pass


def _fork_the_next() -> bool:
    # True once it has taken a command; False when the daemon is gone, or somebody has killed the one that waited.
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(reading)
        _become_supervisor(writing)
    os.close(writing)
    taken = os.read(reading, 1)
    os.close(reading)
    return bool(taken)


def _become_supervisor(taken: int) -> None:
    # Never returns: whatever happens, the loop above is not entered a second time.
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        prepare()
        with socket.socket(fileno=os.dup(0)) as requests:
            _, connections, _, _ = socket.recv_fds(requests, 1, 1)
        for connection in connections:
            os.write(taken, b"+")
            os.close(taken)
            os.dup2(connection, 0)
            os.dup2(connection, 1)
            os.close(connection)
            supervise()
    finally:
        os._exit(0)
