"""The page inside the host's process: its socket, its tokens, and the file that tells commands where it is."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

from dashboard.server.ledgers import OpenLedger
from dashboard.server.ledgers import ProjectName as ProjectName
from dashboard.server.listening import bind, port_of
from dashboard.server.settings import ServerSettings
from director.bootstrap import masker_of
from director.settings import Settings
from ledger.blobs import Blobs
from ledger.errors import Missing
from ledger.masking import Masker
from ledger.signals import Signals
from ledger.store import KeepingStore

DAEMON = "daemon.json"
EVERYWHERE = "0.0.0.0"
"""Bound only where the user said that the port is published on loopback alone."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One project's ledger, as the page sees it."""

    name: ProjectName
    store: KeepingStore
    blobs: Blobs
    signals: Signals


class Shown:
    """The ledgers of a home, as the page sees them: `projects` says what is open, `opening` whether more will be."""

    def __init__(
        self, home: KeepingStore, projects: Callable[[], Iterable[Opened]], opening: Callable[[], bool] = lambda: False
    ) -> None:
        self._home, self._projects, self._opening = home, projects, opening

    @property
    def home(self) -> KeepingStore:
        """What belongs to no project."""
        return self._home

    @property
    def opening(self) -> bool:
        """Whether projects of the home are still being opened."""
        return self._opening()

    def names(self) -> Sequence[ProjectName]:
        """Return the names of the open projects."""
        return tuple(self._named())

    def open(self, project: ProjectName) -> OpenLedger:
        """Return a project's ledger; raise Missing."""
        found = self._named().get(project)
        if found is None:
            raise Missing("project", project)
        return found

    def _named(self) -> dict[ProjectName, Opened]:
        return {opened.name: opened for opened in self._projects()}


class Page:
    """Serves the page until closed."""

    def __init__(
        self, settings: Settings, ledgers: Shown, *, version: str, clock: Callable[[], float], announced: bool
    ) -> None:
        """Bind the socket at once; raise PortTaken. `announced`: other commands may come in by it."""
        from dashboard.server.app import create_app
        from dashboard.server.runner import serve

        user = settings.user
        self._listening = bind(EVERYWHERE if user.behind_loopback else user.host, user.port)
        self.port = port_of(self._listening)
        self.token = secrets.token_urlsafe(32)
        self._app = create_app(
            ledgers,
            ServerSettings(
                port=self.port,
                token=self.token,
                names=user.allowed_hosts,
                session_key=_session_key(settings.home),
                version=version,
                per_caller=_per_minute(user.requests_per_caller),
                per_address=_per_minute(user.requests_per_address),
            ),
            clock=clock,
        )
        self._stop = asyncio.Event()
        self._file = settings.home / DAEMON if announced else None
        if self._file is not None:
            found = {"pid": os.getpid(), "port": self.port, "token": self.token, "version": version}
            _write_private(self._file, json.dumps(found))
        self._task = asyncio.create_task(serve(self._app, self._listening, stop=self._stop), name="page")

    @property
    def address(self) -> str:
        """A fresh address to open: its token works once."""
        from dashboard.server.app import mint_start_token

        return f"http://127.0.0.1:{self.port}/#t={mint_start_token(self._app)}"

    @property
    def base(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.port}"

    async def close(self) -> None:
        """Say goodbye to the streams and let requests finish."""
        self._stop.set()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._file is not None:
            self._file.unlink(missing_ok=True)


def _per_minute(most: int) -> str:
    return f"{most}/minute" if most else ""


def _session_key(home: Path) -> str:
    """Return the key that signs session cookies; kept, so that a restart does not log anybody out."""
    file = home / "session.key"
    if not file.exists():
        _write_private(file, secrets.token_hex(32))
    return file.read_text()


def _write_private(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    beside.replace(file)


def start_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Write logs as JSON lines to the stream, or to `logs/kaizen.log` in the data home."""
    from dashboard.server.logs import configure_logs

    if stream is None:
        folder = settings.home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / "kaizen.log").open("a", encoding="utf-8")
    configure_logs(settings.user.log_level, cast("TextIO", _MaskedLog(stream, masker_of(settings))))


class _MaskedLog:
    """A stream of log lines without secrets."""

    def __init__(self, stream: TextIO, masker: Masker) -> None:
        self._stream, self._masker = stream, masker

    def write(self, text: str) -> int:
        return self._stream.write(self._masker.text(text))

    def flush(self) -> None:
        self._stream.flush()
