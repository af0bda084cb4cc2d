"""Find out what the sandbox really does on this machine, by running commands into each of its walls."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from agents.ports import Command, Completed, Limits, SandboxBroken, SandboxLevel
from agents.sandbox.cgroups import ControlGroups

Confined = Callable[[Command], Awaitable[Completed]]

PREFIX = "kaizen-probe-"
_BEGINS = 0.5
"""Seconds between making a folder and locking it, at most."""
_ENV = {"PATH": "/usr/bin:/bin"}
_MIB = 1024 * 1024
_FORKS = 80
_STATE = "cat /proc/self/status /proc/net/dev"
_FORK = f"i=0; while [ $i -lt {_FORKS} ]; do sleep 20 & i=$((i+1)); echo $i; done"
# Each part stays below the limit of one process; together they are above it.
_SHARE = "head -c 20000000 /dev/zero | tail -c 20000000 | sleep 20"
_REMEMBER = f"({_SHARE}) & ({_SHARE}) & ({_SHARE}) & ({_SHARE}) & wait"
_FILL = "head -c 8388608 /dev/zero > full; head -c 8388608 /dev/zero > /tmp/full"

_INSTALL = "install it: apt-get install bubblewrap (dnf install bubblewrap, pacman -S bubblewrap)"
_APPARMOR = (
    "AppArmor forbids it user namespaces: put `abi <abi/4.0>, include <tunables/global> profile bwrap /usr/bin/bwrap "
    "flags=(unconfined) { userns, include if exists <local/bwrap> }` in /etc/apparmor.d/bwrap, then "
    "`systemctl reload apparmor` (docs/sandbox.md)"
)
_SYSCTL = (
    "user namespaces are switched off: sysctl -w user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1"
)
_CONTAINER = (
    "in a container, start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--security-opt systempaths=unconfined, or outside of it (docs/sandbox.md)"
)
ROOT = "run Kaizen as an ordinary user, or with /sys/fs/cgroup writable"


def probe(bwrap: str, confined: Confined, groups: ControlGroups) -> SandboxLevel:
    """Blocks for about a second; works inside a running event loop and outside of one."""
    if not bwrap:
        return refused("bubblewrap", "bubblewrap is not installed", _INSTALL)
    return beside(_probe(confined, groups))


def probe_container(engine: str, image: str, confined: Confined) -> SandboxLevel:
    """Blocks for some seconds; `engine` is the program of docker or podman, empty when there is none."""
    if not engine:
        return refused(
            "container", "no container engine is installed", "install podman or docker, or use another layer"
        )
    return beside(_probe_container(engine, image, confined))


async def _probe_container(engine: str, image: str, confined: Confined) -> SandboxLevel:
    name = Path(engine).name
    try:
        found = await gaps(confined, lambda place: _shell(_STATE, place), _isolation_gaps)
    except SandboxBroken as broken:
        start = f"start its service, allow it to this user, and have the image: `{name} pull {image}`"
        return refused("container", f"{name} cannot run {image}: {broken}".removesuffix("; see `kaizen doctor`"), start)
    if found:
        return refused("container", f"{name} runs {image}, but does not hold: {', '.join(found)}", ROOT)
    detail = (
        f"{name}, image {image}; no network; read-only system; the engine's own filter of system calls; limits hold: "
    )
    return SandboxLevel("container", True, detail + "memory and processes by control group, written bytes, time")


def beside(probing: Coroutine[None, None, SandboxLevel]) -> SandboxLevel:
    """Wait for a probe, whether or not an event loop runs in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(probing)).result()


async def _probe(confined: Confined, groups: ControlGroups) -> SandboxLevel:
    try:
        found = await gaps(confined, lambda place: _shell(_STATE, place), _isolation_gaps)
    except SandboxBroken as broken:
        return refused("bubblewrap", f"bubblewrap cannot confine a command here: {broken}", _why_not())
    if found:
        return refused("bubblewrap", f"bubblewrap starts, but does not hold: {', '.join(found)}", ROOT)
    detail = "own user, process, network, mount, ipc and host name space; seccomp; no network; limits hold: "
    return SandboxLevel("bubblewrap", True, detail + limits_held(groups, "user namespace"))


async def gaps(
    confined: Confined, walls: Callable[[Path], Command], read: Callable[[Completed], list[str]]
) -> list[str]:
    """Run into each limit, and with the command of `walls` into the walls; return what does not hold."""
    _remove_leftovers()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name, _held(Path(name)):
        place = Path(name).resolve() / "place"
        place.mkdir()
        tried, forked, remembered, filled = await asyncio.gather(
            confined(walls(place)),
            confined(_shell(_FORK, place, processes=30)),
            confined(_shell(_REMEMBER, place, memory=48 * _MIB)),
            confined(_shell(_FILL, place, written=2 * _MIB)),
        )
        sizes = [path.stat().st_size for path in place.iterdir()]
    return [
        *read(tried),
        *(["the limit on processes"] if _count(forked) >= _FORKS or _count(forked) == 0 else []),
        *(["the limit on memory"] if remembered.outcome != "memory" else []),
        *(["the limit on file sizes"] if filled.exit == 0 or sum(sizes) > 2 * _MIB else []),
    ]


def limits_held(groups: ControlGroups, users: str) -> str:
    """Say by what memory and processes are limited."""
    memory = "by control group" if groups.count_memory else "by process and meter"
    processes = "by control group" if groups.count_processes else f"by {users}"
    return f"memory {memory}, processes {processes}, written bytes, time"


@contextmanager
def _held(place: Path) -> Iterator[None]:
    """Lock the folder: the kernel lets go of it when its owner dies."""
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove_leftovers() -> None:
    """Remove what a probe has left behind that was killed; one that begins just now is left alone."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - place.stat().st_mtime > _BEGINS:
                with _held(place):
                    shutil.rmtree(place)
        except OSError:
            continue  # somebody's own, or at work


def _shell(script: str, place: Path, **limits: int) -> Command:
    return Command(
        argv=["/bin/sh", "-c", script],
        cwd=place,
        env=_ENV,
        writable=[place],
        limits=Limits(
            wall=15.0,
            processes=limits.get("processes"),
            memory=limits.get("memory"),
            written=limits.get("written"),
        ),
    )


def _isolation_gaps(state: Completed) -> list[str]:
    text = state.stdout.decode()
    words = {name.strip(): rest.strip() for name, _, rest in (line.partition(":") for line in text.splitlines())}
    gaps = []
    if words.get("Seccomp") != "2":
        gaps.append("the filter of system calls")
    if words.get("NoNewPrivs") != "1" or set(words.get("CapEff", "?")) != {"0"}:
        gaps.append("the loss of privileges")
    interfaces = [name for name, rest in words.items() if len(rest.split()) == 16]
    if interfaces != ["lo"]:
        gaps.append("the network's absence")
    return gaps


def _count(completed: Completed) -> int:
    return len(completed.stdout.split())


def _why_not() -> str:
    if _reads("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        return _APPARMOR
    if "0" in (_reads("/proc/sys/user/max_user_namespaces"), _reads("/proc/sys/kernel/unprivileged_userns_clone")):
        return _SYSCTL
    return _CONTAINER


def _reads(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def refused(adapter: str, detail: str, remedy: str) -> SandboxLevel:
    """Return the level of an adapter that does not hold here."""
    return SandboxLevel(adapter, False, detail, remedy, "none")
