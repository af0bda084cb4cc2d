"""Give one order to a supervisor of its own and wait for its report."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from agents.ports import Command, Completed, SandboxBroken
from agents.sandbox.supervisor.order import Order, Report, pack, unpack_report

CHANNEL_BYTES = 128 * 1024 * 1024
"""Bytes taken from descriptor 3; a command that sends more is ended, since half an answer is none."""
FLOOD_BYTES = 4 * 1024 * 1024 * 1024
"""Bytes of stdout and stderr, dropped ones included, after which a command is ended."""
OPEN_FILES = 4096

# Isolated and without `site`: nothing of the daemon's environment or of a repository is imported.
_PROGRAM = (
    sys.executable,
    "-I",
    "-S",
    "-c",
    f"import sys; sys.path.append({str(Path(__file__).parent)!r}); from supervisor.main import main; main()",
)


async def carry_out(order: Order, command: Command) -> Completed:
    """Run the order under a supervisor; when this ends, also by cancellation, no process of the command is alive."""
    supervisor = await asyncio.create_subprocess_exec(
        *_PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={},
        start_new_session=True,
    )
    assert supervisor.stdin is not None
    talk = asyncio.ensure_future(_talk(supervisor, order))
    try:
        answer, complaint = await asyncio.shield(talk)
    except asyncio.CancelledError:
        supervisor.stdin.close()
        # The cancelled caller may go on only when everything has ended.
        await _outlast(talk)
        raise
    report = unpack_report(answer)
    if report is None:
        raise SandboxBroken(f"the supervisor of {command.argv[0]} died: {_last_line(complaint)}; run the command again")
    return _completed(report, command)


async def _talk(supervisor: asyncio.subprocess.Process, order: Order) -> tuple[bytes, bytes]:
    assert supervisor.stdin is not None and supervisor.stdout is not None and supervisor.stderr is not None
    supervisor.stdin.write(pack(order))
    answer, complaint = await asyncio.gather(supervisor.stdout.read(), supervisor.stderr.read())
    # Only now: a closed standard input tells the supervisor to end everything.
    supervisor.stdin.close()
    await supervisor.wait()
    return answer, complaint


async def _outlast(talk: asyncio.Future[tuple[bytes, bytes]]) -> None:
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
