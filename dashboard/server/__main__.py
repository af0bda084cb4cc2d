"""`python -P -m dashboard.server`: the page alone, on the ledgers of a data home that exist already."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dashboard.server.app import create_app, mint_start_token, new_token
from dashboard.server.ledgers import ProjectName
from dashboard.server.listening import PortTaken, bind, port_of
from dashboard.server.logs import configure_logs
from dashboard.server.runner import serve
from dashboard.server.settings import Alone, BadSetting, ServerSettings, from_environment
from ledger.blobs import FileBlobs
from ledger.errors import LedgerError, Missing
from ledger.signals import Signals
from ledger.sql import SqliteStore

_ENDING = "_ledger.db"


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A project's ledger, opened from its file."""

    name: ProjectName
    store: SqliteStore
    blobs: FileBlobs
    signals: Signals


class HomeLedgers:
    """The ledgers of a data home, found by their files and opened when they are first asked for."""

    def __init__(self, home: Path, closing: ExitStack) -> None:
        self._home, self._closing = home, closing
        self._opening = threading.Lock()  # guards the two below: requests open ledgers from several threads
        self._home_store: SqliteStore | None = None
        self._opened: dict[ProjectName, OpenedFile] = {}

    @property
    def home(self) -> SqliteStore:
        """The home's own ledger, made when it is not there."""
        with self._opening:
            if self._home_store is None:
                self._home_store = self._open(self._home / f"home{_ENDING}")
            return self._home_store

    @property
    def opening(self) -> bool:
        """Never: a project is here as soon as its file is."""
        return False

    def names(self) -> Sequence[ProjectName]:
        """Return the projects whose ledger stands in the home now."""
        return sorted(self._files())

    def open(self, project: ProjectName) -> OpenedFile:
        """Return a project's ledger; raise Missing for an unknown name."""
        with self._opening:
            if project not in self._opened:
                file = self._files().get(project)
                if file is None:
                    raise Missing("project", project)
                blobs = FileBlobs(file.parent / "blobs")
                self._opened[project] = OpenedFile(project, self._open(file), blobs, Signals())
            return self._opened[project]

    def _open(self, file: Path) -> SqliteStore:
        store = SqliteStore.open(file)
        self._closing.callback(store.close)
        return store

    def _files(self) -> dict[ProjectName, Path]:
        """Return ledgers by project; a home gives no name twice."""
        files = sorted(self._home.glob(f"projects/*/*{_ENDING}"))
        return {ProjectName(file.name.removesuffix(_ENDING)): file for file in files}


async def _serve(alone: Alone, ledgers: HomeLedgers) -> None:
    listening = bind(alone.host, alone.port)
    port = port_of(listening)
    settings = ServerSettings(port=port, token=alone.token or new_token(), names=alone.names, version=_version())
    app = create_app(ledgers, settings, clock=time.time)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print(f"dashboard  http://127.0.0.1:{port}/#t={mint_start_token(app)}", flush=True)  # noqa: T201
    await serve(app, listening, stop=stop)


def _version() -> str:
    try:
        return version("kaizen-director")
    except PackageNotFoundError:
        return "unpackaged"


def main() -> int:
    """Serve until Ctrl-C; return the exit code."""
    try:
        alone = from_environment(os.environ)
        configure_logs(alone.level, sys.stderr)
        if not alone.home.is_dir():
            raise BadSetting(f"there is no data home at {alone.home}: set KAIZEN_HOME, or start with `kaizen run PATH`")
        with ExitStack() as closing:
            asyncio.run(_serve(alone, HomeLedgers(alone.home, closing)))
    except (BadSetting, PortTaken, LedgerError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
