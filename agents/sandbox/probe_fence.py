"""Find out what the Landlock layer really stops on this machine, by one program that tries to get over each wall."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from agents.ports import Command, Completed, Limits, SandboxBroken, SandboxLevel
from agents.sandbox.cgroups import ControlGroups
from agents.sandbox.probe import ROOT, Confined, beside, gaps, limits_held, refused
from agents.sandbox.supervisor.fence import OLDEST, SCOPES

_KERNEL = (
    "a kernel of version 6.7 or later with Landlock switched on (`lsm=landlock,...` on its command line) is needed"
)
_END = "the end"
_TRIES = f"""
import os, resource, socket, sys
outside, daemon = sys.argv[1], int(sys.argv[2])
def sockets(family):
    socket.socket(family, socket.SOCK_STREAM)
def writing():
    os.open(outside + "/new", os.O_CREAT | os.O_WRONLY)
def reading():
    os.open(outside + "/file", os.O_RDONLY)
def state():
    lines = dict(line.split(":", 1) for line in open("/proc/self/status"))
    if (lines["Seccomp"].strip(), lines["NoNewPrivs"].strip()) == ("2", "1") and not lines["CapEff"].strip().strip("0"):
        raise OSError
tries = {{
    "the refusal of sockets": lambda: sockets(socket.AF_INET),
    "the refusal of unix sockets": lambda: sockets(socket.AF_UNIX),
    "the wall against writing outside": writing,
    "the wall against reading outside": reading,
    "the wall against changing modes outside": lambda: os.chmod(outside + "/file", 0o777),
    "the wall against changing limits of the daemon": lambda: resource.prlimit(daemon, resource.RLIMIT_NOFILE),
    "the wall around signals": lambda: os.kill(daemon, 0),
    "the filter of system calls or the loss of privileges": state,
}}
for name, attempt in tries.items():
    try:
        attempt()
    except OSError:
        continue
    print(name)
os.chmod("own", 0o600)
print({_END!r})
"""
_SIGNALS = "the wall around signals"


def probe_fence(known: int, confined: Confined, groups: ControlGroups) -> SandboxLevel:
    """Blocks for about a second; `known` is Landlock's version here."""
    if known < OLDEST:
        found = f"version {known}" if known else "no Landlock"
        return refused("landlock", f"this kernel has {found}, version {OLDEST} is needed", _KERNEL)
    return beside(_probe(known, confined, groups))


async def _probe(known: int, confined: Confined, groups: ControlGroups) -> SandboxLevel:
    try:
        found = await gaps(confined, _walls, _holes)
    except SandboxBroken as broken:
        return refused("landlock", f"Landlock cannot confine a command here: {broken}", _KERNEL)
    open_signals = known < SCOPES and _SIGNALS in found
    if open_signals:
        found.remove(_SIGNALS)  # told in the level: a kernel this old cannot
    if found:
        return refused("landlock", f"Landlock starts, but does not hold: {', '.join(found)}", ROOT)
    signals = "SIGNALS TO YOUR OTHER PROCESSES PASS (Linux before 6.12); " if open_signals else ""
    detail = f"Landlock {known}; seccomp; no sockets; {signals}limits hold: {limits_held(groups, 'user')}"
    return SandboxLevel("landlock", True, detail, "install bubblewrap for the full level", "reduced")


def _walls(place: Path) -> Command:
    outside = place.parent / "outside"
    outside.mkdir()
    (outside / "file").touch()
    (place / "own").touch()
    base = Path(sys.base_prefix).resolve()
    return Command(
        argv=[os.path.realpath(sys.executable), "-I", "-S", "-c", _TRIES, str(outside), str(os.getpid())],
        cwd=place,
        env={"PATH": "/usr/bin:/bin"},
        readable=[] if base.is_relative_to("/usr") else [base],
        writable=[place],
        limits=Limits(wall=15.0),
    )


def _holes(tried: Completed) -> list[str]:
    lines = tried.stdout.decode().splitlines()
    return lines[:-1] if lines[-1:] == [_END] else [*lines, "the walls (a program could not try them)"]
