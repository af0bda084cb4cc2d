"""A sandbox that confines nothing: it runs the tests' own small projects and keeps the limits of the port."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from agents.ports import Command, Completed, SandboxLevel
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import Environment


class PlainSandbox:
    """Runs commands as they are."""

    level = SandboxLevel(adapter="none", sandboxed=False, detail="nothing is confined")

    async def run(self, command: Command) -> Completed:
        """Run to the end or the wall limit; output beyond the limit is dropped."""
        reading, writing = os.pipe()
        began = time.monotonic()
        # The shell moves the channel to descriptor 3: what the port promises.
        argv = ["/bin/bash", "-c", f'exec 3>&{writing} {writing}>&-; exec "$@"', "sh", *command.argv]
        child = await asyncio.create_subprocess_exec(
            *(argv if command.channel else command.argv), cwd=command.cwd, env=dict(command.env),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            pass_fds=[writing] if command.channel else [], start_new_session=True,
        )  # fmt: skip
        os.close(writing)
        assert child.stdin and child.stdout and child.stderr
        channel = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(channel), os.fdopen(reading, "rb")
        )
        child.stdin.write(command.stdin)
        child.stdin.close()
        streams = asyncio.gather(
            drained(child.stdout, command.limits.output),
            drained(child.stderr, command.limits.output),
            drained(channel, 1 << 30),
        )
        outcome = "exited"
        try:
            await asyncio.wait_for(child.wait(), command.limits.wall)
        except TimeoutError:
            outcome = "wall"
        finally:
            if child.returncode is None:
                os.killpg(child.pid, signal.SIGKILL)
        out, err, sent = await streams
        exit_status = await child.wait()
        if outcome == "exited" and exit_status < 0:
            outcome = "killed"
        return Completed(outcome, exit_status, out, err, sent, seconds=time.monotonic() - began)  # type: ignore[arg-type]


async def drained(stream: asyncio.StreamReader, limit: int) -> bytes:
    """Read to the end, keep at most `limit` bytes."""
    kept = bytearray()
    while chunk := await stream.read(1 << 20):
        kept += chunk[: max(0, limit - len(kept))]
    return bytes(kept)


def own_python() -> Environment:
    """The interpreter of these tests: it has pytest and coverage."""
    return Environment(python=Path(sys.executable), version=sys.version.split()[0], source="base")


def project(folder: Path, files: dict[str, str]) -> SandboxedTarget:
    """Write a small project and return it as a target."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return SandboxedTarget(PlainSandbox(), own_python(), folder)
