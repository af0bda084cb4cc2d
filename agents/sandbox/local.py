"""Commands without isolation: limited, ended as a whole, but free to read, write and connect as the user can."""

from __future__ import annotations

from agents.ports import Command, Completed, SandboxLevel
from agents.sandbox.defaults import limits_of
from agents.sandbox.launch import Launcher, bounded


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
        return await self._launcher.carry_out(bounded(command, limits_of(command.limits)), command)
