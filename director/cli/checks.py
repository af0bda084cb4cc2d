"""Commands that check: verify a ledger, and whether this machine has what Kaizen needs."""

from __future__ import annotations

import importlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from agents.ports import SandboxBroken, SandboxLevel
from agents.workspace.git import OLDEST, version_of_git
from director.bootstrap import sandbox_of, tool, verify_file
from director.cli.door import choose_project, find_daemon
from director.cli.errors import INTERNAL, one_line_errors
from director.cli.output import write, write_json
from director.cli.reading import JsonOption, ProjectOption
from director.settings import Settings, load

OURS = ("agents", "dashboard", "director", "knowledge_graph", "ledger")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    what: str
    ok: bool
    said: str


def verify(project: ProjectOption = None, *, json: JsonOption = False) -> None:
    """Recompute the chain of a project's ledger; exit status 1 when it is not what was appended."""
    with one_line_errors():
        known = choose_project(load(os.environ), project)
        verdict = verify_file(known.ledger)
    if json:
        write_json(asdict(verdict))
    elif verdict.intact:
        write(f"intact: {verdict.events} events, head {verdict.link[:16]}")
    else:
        where = f" at position {verdict.position}" if verdict.position else ""
        write(f"DAMAGED{where}: {verdict.why}; restore a backup of {known.ledger}")
    if not verdict.intact:
        raise typer.Exit(INTERNAL)


def doctor(*, json: JsonOption = False) -> None:
    """Look whether this machine has what Kaizen needs; exit status 1 when something is missing."""
    with one_line_errors():
        settings = load(os.environ)
        found = list(_checks(settings))
    if json:
        write_json([asdict(check) for check in found])
    else:
        for check in found:
            write(f"{'ok' if check.ok else 'MISSING':<8} {check.what:<10} {check.said}")
    if not all(check.ok for check in found):
        raise typer.Exit(INTERNAL)


def _checks(settings: Settings) -> Iterator[Check]:
    yield Check("python", sys.version_info >= (3, 11), sys.version.split()[0])
    git = version_of_git()
    oldest = ".".join(map(str, OLDEST))
    yield Check("git", git >= OLDEST, ".".join(map(str, git)) or f"not found: install git {oldest} or later")
    yield _sandbox(settings)
    for name in ("ruff", "uv"):
        yield _command(name)
    yield _packages()
    yield _home(settings.home)
    yield _page()
    daemon = find_daemon(settings.home)
    said = f"process {daemon.pid} on port {daemon.port}" if daemon else "none at work"
    yield Check("daemon", True, said)


def _sandbox(settings: Settings) -> Check:
    try:
        level = sandbox_of(settings, example=False).level
    except SandboxBroken as error:
        return Check("sandbox", False, str(error))
    return Check("sandbox", level.sandboxed, f"{level.adapter} ({level.rank}): {level.detail}{_remedy(level)}")


def _remedy(level: SandboxLevel) -> str:
    return f"; {level.remedy}" if level.rank != "full" and level.remedy else ""


def _command(name: str) -> Check:
    path = tool(name)
    if not path.exists():
        return Check(name, False, f"not found beside {sys.executable}: `make setup`")
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return Check(name, done.returncode == 0, done.stdout.strip() or done.stderr.strip())


def _packages() -> Check:
    """`agents` and `director` are common names: another package may have taken their place."""
    here = Path(__file__).resolve().parents[2]
    places = {name: Path(importlib.import_module(name).__file__ or "").resolve() for name in OURS}
    foreign = [f"{name} from {place}" for name, place in places.items() if here not in place.parents]
    return Check("packages", not foreign, "; ".join(foreign) or f"all from {here}")


def _home(home: Path) -> Check:
    try:
        home.mkdir(parents=True, exist_ok=True)
        writable = os.access(home, os.W_OK)
        free = shutil.disk_usage(home).free // 2**20
    except OSError as error:
        return Check("home", False, f"{home}: {error.strerror}; set KAIZEN_HOME")
    return Check("home", writable and free > 200, f"{home}, {free} MiB free, SQLite {sqlite3.sqlite_version}")


def _page() -> Check:
    static = Path(importlib.import_module("dashboard").__file__ or "").parent / "server" / "static" / "index.html"
    return Check("page", static.is_file(), "built" if static.is_file() else "not built: `make setup`")
