"""What the confining sandboxes have in common: probed once, by hitting their limits, before any command is run."""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod

from agents.ports import Command, Completed, SandboxBroken, SandboxLevel
from agents.sandbox.cgroups import ControlGroups
from agents.sandbox.seccomp import program


def filter_of(groups: ControlGroups, *, shared: bool = False) -> bytes:
    """Return the filter of system calls for this machine; raise SandboxBroken where none is known."""
    try:
        return program(os.uname().machine, memory_is_counted=groups.count_memory, shared=shared)
    except ValueError as error:
        raise SandboxBroken(f"{error}; run Kaizen on x86_64 or aarch64") from error


class ProbedSandbox(ABC):
    """A sandbox that runs nothing below the level it was found to hold; nothing is decided per command."""

    _level: SandboxLevel | None = None

    @property
    def level(self) -> SandboxLevel:
        """What the probe found; the first time it takes a second, a container some more."""
        return self.probe()

    def probe(self) -> SandboxLevel:
        """Run real commands into each limit with the very rules used later; the answer holds for this process."""
        level = self._level
        if level is None:
            level = self._level = self._found()
        return level

    async def run(self, command: Command) -> Completed:
        """Run to the end or to a limit; raise SandboxBroken when the sandbox does not hold or cannot be built."""
        level = self._level
        if level is None:
            level = await asyncio.to_thread(self.probe)
        if not level.sandboxed:
            raise SandboxBroken(f"{level.detail}; {level.remedy}")
        return await self._confined(command)

    @abstractmethod
    def _found(self) -> SandboxLevel:
        """Probe; blocks."""

    @abstractmethod
    async def _confined(self, command: Command) -> Completed:
        """Run one command with the rules of this sandbox, whatever the probe found."""
