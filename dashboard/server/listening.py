"""The socket the page is served on, bound before anything else is loaded."""

from __future__ import annotations

import socket


class PortTaken(Exception):
    """The address cannot be bound; one line says which and what to do."""


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; with port 0 the system chooses, see `port_of`. Raise PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        why = error.strerror or str(error)
        raise PortTaken(
            f"cannot listen on {host}:{port}: {why}; choose another port with --port or KAIZEN_PORT"
        ) from error
    listening.setblocking(False)
    return listening


def port_of(listening: socket.socket) -> int:
    """Return the port a socket is bound to."""
    port: int = listening.getsockname()[1]
    return port
