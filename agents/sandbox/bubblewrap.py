"""Commands confined by bubblewrap: namespaces of their own, no network, no secrets, limits that were probed."""

from __future__ import annotations

import asyncio
import os
import shutil

from agents.ports import Command, Completed, SandboxBroken, SandboxLevel
from agents.sandbox.cgroups import ControlGroups
from agents.sandbox.confinement import argv, plan
from agents.sandbox.defaults import limits_of
from agents.sandbox.etc import Etc
from agents.sandbox.launch import CHANNEL_BYTES, FLOOD_BYTES, OPEN_FILES, Launcher
from agents.sandbox.probe import probe
from agents.sandbox.probed import ProbedSandbox
from agents.sandbox.seccomp import program
from agents.sandbox.standing import Listeners
from agents.sandbox.supervisor.order import Order
from agents.sandbox.supervisor.watch import hard_limits


class BubblewrapSandbox(ProbedSandbox):
    """The default sandbox on Linux. It is probed once, before its first command or when `level` is asked for."""

    def __init__(self, bwrap: str | None = None) -> None:
        self._bwrap = bwrap or shutil.which("bwrap", path="/usr/local/bin:/usr/bin:/bin") or ""
        self._groups = ControlGroups.found()
        self._launcher = Launcher()
        self._etc: Etc | None = None
        self._listeners = Listeners()

    def _found(self) -> SandboxLevel:
        self._groups.remove_leftovers()
        self._etc = Etc()
        return probe(self._bwrap, self._confined, self._groups)

    async def _confined(self, command: Command) -> Completed:
        assert self._etc is not None, "the probe comes first"
        etc = self._etc.folder
        allowance = limits_of(command.limits)
        groups = self._groups.for_one_command(allowance.memory, allowance.processes)
        planned = await asyncio.to_thread(plan, command, allowance, self._listeners)
        try:
            filter_ = program(os.uname().machine, memory_is_counted=self._groups.count_memory)
        except ValueError as error:
            raise SandboxBroken(f"{error}; run Kaizen on x86_64 or aarch64") from error
        metered_memory = 0 if self._groups.count_memory else allowance.memory
        order = Order(
            argv=argv(planned, self._bwrap, str(etc)),
            cwd="/",
            env={},
            stdin=command.stdin,
            channel=command.channel,
            namespaced=True,
            inputs=[filter_],
            wall=allowance.wall,
            cpu=allowance.cpu,
            memory=metered_memory,
            processes=0 if self._groups.count_processes else allowance.processes,
            written=allowance.written,
            inodes=allowance.inodes,
            output=allowance.output,
            flood=FLOOD_BYTES,
            channel_bytes=CHANNEL_BYTES,
            rlimits=hard_limits(allowance.cpu, metered_memory, allowance.written, OPEN_FILES),
            groups=groups,
            places=list(planned.writable),
            volatile=list(planned.volatile),
            volatile_size=planned.volatile_size,
            meant=planned.meant,
        )
        return await self._launcher.carry_out(order, command)
