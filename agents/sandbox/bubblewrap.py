"""Commands confined by bubblewrap: namespaces of their own, no network, no secrets, limits that were probed."""

from __future__ import annotations

import asyncio
import shutil

from agents.ports import Command, Completed, SandboxLevel
from agents.sandbox.cgroups import ControlGroups
from agents.sandbox.confinement import argv, plan
from agents.sandbox.defaults import limits_of
from agents.sandbox.etc import Etc
from agents.sandbox.launch import Launcher, bounded
from agents.sandbox.probe import probe
from agents.sandbox.probed import ProbedSandbox, filter_of
from agents.sandbox.standing import Listeners


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
        planned = await asyncio.to_thread(plan, command, allowance, self._listeners)
        metered = self._groups.uncounted(allowance)
        order = bounded(command, metered)._replace(
            argv=argv(planned, self._bwrap, str(etc)),
            cwd="/",
            env={},
            namespaced=True,
            inputs=[filter_of(self._groups)],
            processes=metered.processes,
            groups=self._groups.for_one_command(allowance.memory, allowance.processes),
            places=list(planned.writable),
            volatile=list(planned.volatile),
            volatile_size=planned.volatile_size,
            meant=planned.meant,
        )
        return await self._launcher.carry_out(order, command)
