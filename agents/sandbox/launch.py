"""Give one order to a supervisor of its own and wait for its report."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import weakref
from pathlib import Path

from agents.ports import Command, Completed, SandboxBroken
from agents.sandbox.defaults import Allowance
from agents.sandbox.supervisor.order import Order, Report, pack, unpack_report
from agents.sandbox.supervisor.watch import hard_limits

CHANNEL_BYTES = 128 * 1024 * 1024
"""Bytes taken from descriptor 3; a command that sends more is ended, since half an answer is none."""
FLOOD_BYTES = 4 * 1024 * 1024 * 1024
"""Bytes of stdout and stderr, dropped ones included, after which a command is ended."""
OPEN_FILES = 4096

# Isolated and without `site`: nothing of the daemon's environment or of a repository is imported.
_NURSERY = (
    sys.executable,
    "-I",
    "-S",
    "-c",
    f"import sys; sys.path.append({str(Path(__file__).parent)!r}); from supervisor.nursery import main; main()",
)


def bounded(command: Command, allowance: Allowance) -> Order:
    """Return the order for a command that is limited and nothing else; sandboxes replace what they confine."""
    return Order(
        argv=[os.fspath(part) for part in command.argv],
        cwd=str(command.cwd),
        env={**command.env, "PWD": str(command.cwd)},
        stdin=command.stdin,
        channel=command.channel,
        namespaced=False,
        inputs=[],
        wall=allowance.wall,
        cpu=allowance.cpu,
        memory=allowance.memory,
        processes=0,
        written=allowance.written,
        inodes=allowance.inodes,
        output=allowance.output,
        flood=FLOOD_BYTES,
        channel_bytes=CHANNEL_BYTES,
        rlimits=hard_limits(allowance.cpu, allowance.memory, allowance.written, OPEN_FILES),
        groups=[],
        places=[str(place) for place in command.writable],
        volatile=[],
        volatile_size=0,
    )


class Launcher:
    """Hands orders to supervisors; they live and die apart from the daemon and from each other."""

    def __init__(self) -> None:
        self._requests: socket.socket | None = None

    async def carry_out(self, order: Order, command: Command) -> Completed:
        """Run the order; when this ends, also by cancellation, no process of the command is alive."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._adopt(theirs)
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        talk = asyncio.ensure_future(_talk(reader, writer, order))
        try:
            report = unpack_report(await asyncio.shield(talk))
        except asyncio.CancelledError:
            # The end of the order's stream tells the supervisor to end everything; only then may the caller go on.
            writer.write_eof()
            await _outlast(talk)
            raise
        finally:
            writer.close()
        if report is None:
            raise SandboxBroken(f"the supervisor of {command.argv[0]} died; run the command again")
        return _completed(report, command)

    def _adopt(self, connection: socket.socket) -> None:
        if self._requests is None:
            self._requests = self._nursery()
        try:
            socket.send_fds(self._requests, [b"+"], [connection.fileno()])
        except OSError:
            # Somebody has killed it; the commands it started before are not hurt.
            self._requests = self._nursery()
            socket.send_fds(self._requests, [b"+"], [connection.fileno()])

    def _nursery(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            nursery = subprocess.Popen(
                _NURSERY, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env={}, cwd="/", start_new_session=True
            )
        weakref.finalize(self, _dismiss, ours, nursery)
        return ours


def _dismiss(requests: socket.socket, nursery: subprocess.Popen[bytes]) -> None:
    requests.close()
    nursery.wait()


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, order: Order) -> bytes:
    try:
        writer.write(pack(order))
        await writer.drain()
        return await reader.read()
    except ConnectionError:
        return b""


async def _outlast(talk: asyncio.Future[bytes]) -> None:
    while not talk.done():
        try:
            await asyncio.shield(talk)
        except asyncio.CancelledError:
            continue


def _completed(report: Report, command: Command) -> Completed:
    match report.outcome:
        case "exited" | "wall" | "cpu" | "memory" | "output" | "killed":
            return Completed(
                outcome=report.outcome,
                exit=report.exit,
                stdout=report.stdout,
                stderr=report.stderr,
                channel=report.channel,
                truncated=report.truncated,
                seconds=report.seconds,
                cpu_seconds=report.cpu_seconds,
            )
        case _:
            reason = _last_line(report.stderr)
            raise SandboxBroken(f"{command.argv[0]} could not be started: {reason}; see `kaizen doctor`")


def _last_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it gave no reason"
