"""Waits in the background, all modules loaded, and forks one supervisor per command: a fresh start takes far longer."""

from __future__ import annotations

import os
import signal
import socket

from .main import main as supervise


def main() -> None:
    """Serve the socket on standard input until its other end is closed."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_IGN)  # the end of the daemon's socket is the only word that counts
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel forgets supervisors that have ended
    with socket.socket(fileno=0) as requests:
        while True:
            word, connections, _, _ = socket.recv_fds(requests, 1, 1)
            if not word:
                return
            for connection in connections:
                if os.fork() == 0:
                    _become_supervisor(connection)
                os.close(connection)


def _become_supervisor(connection: int) -> None:
    # Never returns: whatever happens, the loop above is not entered a second time.
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(connection, 0)
        os.dup2(connection, 1)
        os.close(connection)
        supervise()
    finally:
        os._exit(0)
