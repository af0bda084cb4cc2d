"""Commands confined by Landlock where no name spaces can be had: less than bubblewrap, and it says so."""

from __future__ import annotations

import asyncio
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from agents.ports import Command, Completed, SandboxBroken, SandboxLevel
from agents.sandbox.cgroups import ControlGroups
from agents.sandbox.confinement import ETC, HOME, SYSTEM, Plan, plan
from agents.sandbox.defaults import limits_of
from agents.sandbox.guard import Guard
from agents.sandbox.launch import Launcher, bounded
from agents.sandbox.probe_fence import probe_fence
from agents.sandbox.probed import ProbedSandbox, filter_of
from agents.sandbox.supervisor.fence import DEVICE, READ, WRITE, version
from agents.sandbox.supervisor.order import Order
from agents.workspace.worktree import remove

_DEVICES = ("null", "zero", "full", "random", "urandom")
_OF_PROC = ("cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "sys/kernel/osrelease", "uptime", "version")
_READ_ONLY = READ & ~1
_TEMPORARY = ("/tmp", "/var/tmp", HOME)
"""Places that lie elsewhere in this layer: variables that name them are changed."""


class LandlockSandbox(ProbedSandbox):
    """The layer for machines where bubblewrap cannot work. It is probed once, like bubblewrap."""

    def __init__(self, known: int | None = None) -> None:
        """`known` is Landlock's version, when it is not to be asked of the kernel."""
        self._known = version() if known is None else known
        self._groups = ControlGroups.found()
        self._launcher = Launcher()
        self._busy: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    def _found(self) -> SandboxLevel:
        self._groups.remove_leftovers()
        return probe_fence(self._known, self._confined, self._groups)

    async def _confined(self, command: Command) -> Completed:
        async with AsyncExitStack() as held:
            # One after the other in one place: what is put back goes where it was only while nobody moves folders.
            for place in sorted({str(place) for place in command.writable}):
                await held.enter_async_context(self._busy.setdefault(place, asyncio.Lock()))
            return await self._guarded(command)

    async def _guarded(self, command: Command) -> Completed:
        planned = await asyncio.to_thread(plan, command, limits_of(command.limits))
        guard = await asyncio.to_thread(Guard, planned.writable, planned.standing)
        private = Path(tempfile.mkdtemp(prefix="kaizen-private-")).resolve()
        try:
            done = await self._launcher.carry_out(self._order(planned, private), command)
        finally:
            await asyncio.to_thread(remove, private)
            changed = await asyncio.to_thread(guard.restore)
        if changed:
            raise SandboxBroken(
                f"{command.argv[0]} changed {', '.join(changed[:3])}, which no command may; it was put back, and "
                "nothing of this command is believed"
            )
        return done

    def _order(self, planned: Plan, private: Path) -> Order:
        allowance = planned.allowance
        metered = self._groups.uncounted(allowance)
        return bounded(planned.command, metered)._replace(
            env=_environment(planned, private),
            processes=metered.processes,
            groups=self._groups.for_one_command(allowance.memory, allowance.processes),
            places=[*planned.writable, str(private)],
            fence=list(_rules(planned, private)),
            fence_filter=filter_of(self._groups, shared=True),
        )


def _rules(planned: Plan, private: Path) -> Iterator[tuple[str, int]]:
    for name in ("usr", *SYSTEM):
        if Path("/", name).is_dir():
            yield f"/{name}", READ
    for path in (*(f"/etc/{name}" for name in ETC), *(f"/proc/{name}" for name in _OF_PROC)):
        if Path(path).exists():
            yield path, _READ_ONLY
    for path in ("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts"):
        if Path(path).exists():
            yield path, _READ_ONLY
    for name in _DEVICES:
        yield f"/dev/{name}", DEVICE
    for path in planned.read_only:
        yield path, READ
    for path in (*planned.writable, str(private)):
        yield path, WRITE


def _environment(planned: Plan, private: Path) -> dict[str, str]:
    command = planned.command
    given = [Path(path) for path in (*planned.read_only, *planned.writable)]
    env = {name: _moved(value, private, given) for name, value in command.env.items()}
    # Git takes a configuration of the machine that it may not read for an error, one that is not there for none.
    return {"TMPDIR": str(private), "GIT_CONFIG_NOSYSTEM": "1", **env, "PWD": str(command.cwd)}


def _moved(value: str, private: Path, given: list[Path]) -> str:
    for place in _TEMPORARY:
        inside = value == place or value.startswith(place + "/")
        if inside and ":" not in value and not any(Path(value).is_relative_to(path) for path in given):
            return str(private) + value[len(place) :]
    return value
