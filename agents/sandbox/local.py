"""Commands without isolation: limited, ended as a whole, but free to read, write and connect as the user can."""

from __future__ import annotations

import os

from agents.ports import Command, Completed, SandboxLevel
from agents.sandbox.defaults import limits_of
from agents.sandbox.launch import CHANNEL_BYTES, FLOOD_BYTES, OPEN_FILES, Launcher
from agents.sandbox.supervisor.order import Order
from agents.sandbox.supervisor.watch import hard_limits


class LocalSandbox:
    """No sandbox at all, said so: only limits, and an end of every process of the command."""

    def __init__(self) -> None:
        self._launcher = Launcher()

    @property
    def level(self) -> SandboxLevel:
        """None, always."""
        return SandboxLevel(
            adapter="none",
            sandboxed=False,
            detail="no isolation: commands can read, write and connect as you can; limits of time and memory only",
            remedy="install bubblewrap: apt-get install bubblewrap",
            rank="none",
        )

    async def run(self, command: Command) -> Completed:
        """Run to the end or to a limit."""
        limits = limits_of(command.limits)
        order = Order(
            argv=[os.fspath(part) for part in command.argv],
            cwd=str(command.cwd),
            env={**command.env, "PWD": str(command.cwd)},
            stdin=command.stdin,
            channel=command.channel,
            namespaced=False,
            inputs=[],
            wall=limits.wall,
            cpu=limits.cpu,
            memory=limits.memory,
            processes=0,
            written=limits.written,
            inodes=limits.inodes,
            output=limits.output,
            flood=FLOOD_BYTES,
            channel_bytes=CHANNEL_BYTES,
            rlimits=hard_limits(limits.cpu, limits.memory, limits.written, OPEN_FILES),
            groups=[],
            places=[str(place) for place in command.writable],
            volatile=[],
            volatile_size=0,
        )
        return await self._launcher.carry_out(order, command)
