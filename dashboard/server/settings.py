"""What the page's server is told: by the host as an argument, or from the environment when it runs alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_data_path

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Arguments of `create_app`."""

    port: int
    """The port browsers use; with port 0 bind first, then say which one it became."""
    token: str = field(repr=False)
    """Bearer token of the kaizen command, from `daemon.json`; empty: nobody bears it."""
    names: tuple[str, ...] = ()
    """More addresses that are this server: `host`, `host:port` or `https://host`."""
    session_key: str = field(default="", repr=False)
    """Signs the session cookies; kept by the host, sessions outlive a restart. Empty: a fresh one."""
    version: str = ""
    docs: bool = False
    """Whether `/docs` is served."""
    static: Path = STATIC
    """The built page."""
    heartbeat: float = 5.0
    """Seconds between two heartbeats of a stream."""
    hello_deadline: float = 5.0
    """Seconds a stream may stay silent before its first message."""
    pace: float = 0.05
    """Least seconds between two batches of a project."""
    ack_due: float = 2.0
    """Seconds after which a batch that is not acknowledged counts as owed."""
    per_caller: str = "1200/minute"
    """Requests of one session or API key; empty: no limit."""
    per_address: str = "2400/minute"
    """Requests from one address, whoever sends them."""
    most_clients: int = 256
    """Streams open at once."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What `python -P -m dashboard.server` needs beside the application's own settings."""

    home: Path
    host: str
    port: int
    token: str = field(repr=False)
    names: tuple[str, ...] = ()
    level: str = "info"


class BadSetting(Exception):
    """A variable of the environment has a value that makes no sense; one line says which."""


def from_environment(environment: Mapping[str, str]) -> Alone:
    """Return the settings of a server that runs alone; raise BadSetting."""
    port = environment.get("KAIZEN_PORT", "8000")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise BadSetting(f"KAIZEN_PORT={port!r} is not a port: give a number from 0 to 65535")
    home = environment.get("KAIZEN_HOME") or user_data_path("kaizen")
    return Alone(
        home=Path(home).expanduser(),
        host=environment.get("KAIZEN_HOST") or "127.0.0.1",
        port=int(port),
        token=environment.get("KAIZEN_TOKEN", ""),
        names=tuple(name.strip() for name in environment.get("KAIZEN_ALLOWED_HOSTS", "").split(",") if name.strip()),
        level=environment.get("KAIZEN_LOG_LEVEL") or "info",
    )
