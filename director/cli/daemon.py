"""Commands about the daemon itself: up, down, open."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from director.bootstrap import sandbox_of
from director.cli.door import Daemon, Door, find_daemon, take_home
from director.cli.errors import Refused, one_line_errors, say_error
from director.cli.output import write
from director.host import Host, start_logs
from director.settings import Settings, load
from ledger.errors import Unwritable

STARTING = 30.0
"""Seconds a daemon has to serve its page."""
ENDING = 30.0


def up(
    *,
    foreground: Annotated[bool, typer.Option("--foreground", help="Stay in this terminal; logs go to stderr.")] = False,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = None,
    accept_no_sandbox: Annotated[
        bool, typer.Option("--i-accept-no-sandbox", help="Run the projects' code with your own rights.")
    ] = False,
) -> None:
    """Start the daemon: every unfinished run goes on, and the page is served."""
    with one_line_errors():
        settings = load(os.environ, {"port": port, "accept_no_sandbox": accept_no_sandbox or None})
        if foreground:
            asyncio.run(_serve(settings))
        else:
            running = find_daemon(settings.home)
            daemon = running or _start(settings, port, accept_no_sandbox)
            write(f"{'up already' if running else 'up'}: process {daemon.pid}, {_fresh_address(daemon)}")


def down() -> None:
    """Stop the daemon in good order; unfinished runs go on at the next `kaizen up`."""
    with one_line_errors():
        daemon = find_daemon(load(os.environ).home)
        if daemon is None:
            write("down: no daemon is running")
            return
        os.kill(daemon.pid, signal.SIGTERM)
        until = time.monotonic() + ENDING
        while _alive(daemon.pid):
            if time.monotonic() > until:
                raise Refused(f"process {daemon.pid} did not end within {ENDING:.0f} s; `kill -9 {daemon.pid}` is safe")
            time.sleep(0.05)
        write("down")


def open_page() -> None:
    """Print a fresh address of the page; it works once."""
    with one_line_errors():
        daemon = find_daemon(load(os.environ).home)
        if daemon is None:
            raise Refused("no daemon is running: start it with `kaizen up`")
        write(_fresh_address(daemon))


async def _serve(settings: Settings) -> None:
    start_logs(settings, sys.stderr)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    sandbox = await asyncio.to_thread(sandbox_of, settings, False)
    async with await take_home(settings, sandbox, "kaizen up") as host:
        write(f"dashboard    {host.serve().address}")
        for project, why in (await host.open_all()).items():
            say_error(f"project {project} is not served: {why}")
        await _until_over(host, ended)


async def _until_over(host: Host, ended: asyncio.Event) -> None:
    """Wait for the signal to end; raise Refused when the host can no longer hear wishes."""
    signalled, deaf = asyncio.create_task(ended.wait()), asyncio.create_task(host.deaf())
    revive = asyncio.create_task(host.revive())
    await asyncio.wait({signalled, deaf, revive}, return_when=asyncio.FIRST_COMPLETED)
    for task in (signalled, revive):
        task.cancel()
    if not ended.is_set():
        why = deaf.result() if deaf.done() else str(revive.exception())
        raise Refused(f"the daemon cannot go on: {why}")
    deaf.cancel()


def _start(settings: Settings, port: int | None, accept_no_sandbox: bool) -> Daemon:
    """Start a detached process, wait until it serves its projects; raise Refused with its own last line."""
    command = [sys.executable, "-P", "-m", "director", "up", "--foreground"]
    command += [] if port is None else ["--port", str(port)]
    command += ["--i-accept-no-sandbox"] if accept_no_sandbox else []
    said = settings.home / "logs" / "daemon.log"
    try:
        said.parent.mkdir(parents=True, exist_ok=True)
        log = said.open("ab")
    except OSError as error:
        raise Unwritable(str(said), error.strerror or str(error)) from error
    with log:
        began = log.tell()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/"
        )
    until, daemon = time.monotonic() + STARTING, None
    while time.monotonic() < until:
        daemon = find_daemon(settings.home)
        if daemon is not None and daemon.pid == child.pid and not daemon.opening:
            return daemon
        if child.poll() is not None:
            raise Refused(_last_line(said, began) or f"the daemon ended at once with status {child.returncode}")
        time.sleep(0.05)
    if daemon is not None and daemon.pid == child.pid:
        return daemon
    raise Refused(f"the daemon does not serve after {STARTING:.0f} s: see {said}")


def _fresh_address(daemon: Daemon) -> str:
    async def mint() -> str:
        async with daemon.client() as client:
            answer = await Door(client).post("/api/v1/start-token", {})
        return str(answer["token"])

    return f"http://127.0.0.1:{daemon.port}/#t={asyncio.run(mint())}"


def _last_line(log: Path, began: int) -> str:
    with log.open("rb") as file:
        file.seek(began)
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("kaizen: ") if lines else ""


def _alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
