"""What a confined command sees: the command line of bubblewrap, and the refusal of places nobody may be given."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from agents.ports import Command, SandboxBroken
from agents.sandbox.defaults import Allowance
from agents.sandbox.standing import Listeners, Standing, identity, is_below, standing
from agents.sandbox.supervisor.order import FIRST_INPUT, GATE, STATUS

HOME = "/home/kaizen"
_VOLATILE = ("/dev/shm", "/tmp", "/var/tmp", HOME)
SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
ETC = (
    "alternatives",
    "ca-certificates.conf",
    "debian_version",
    "host.conf",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "os-release",
    "protocols",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "terminfo",
    "timezone",
)
_PROC_HIDDEN = ("acpi", "asound", "kcore", "keys", "kmsg", "latency_stats", "scsi", "timer_list", "timer_stats")
UID = 1000
_MOUNTS = 1000
"""Mounts of one command; each costs the kernel more the more there are."""


class Mount(NamedTuple):
    """One place of the disk as the command sees it."""

    source: str
    path: str
    writable: bool


class Plan(NamedTuple):
    """One command with its places examined."""

    command: Command
    allowance: Allowance
    read_only: tuple[str, ...]
    writable: tuple[str, ...]
    standing: Standing
    """What no command may change or talk through inside writable places."""
    home: str
    meant: tuple[tuple[str, int, int], ...] = ()
    """Paths another command at work in the same place could swap, with the device and inode each must show."""

    @property
    def volatile(self) -> tuple[str, ...]:
        """Every memory file system of the sandbox."""
        return tuple(dict.fromkeys((*_VOLATILE, self.home)))

    @property
    def volatile_size(self) -> int:
        """Bytes each of them may hold: together about what may be written."""
        return max(1 << 20, self.allowance.written // len(_VOLATILE))


def plan(command: Command, allowance: Allowance, listeners: Listeners | None = None) -> Plan:
    """Examine the places on disk; raise SandboxBroken for one that may not be given.

    `listeners` finds whom one could talk to in the places that are only read; None where nobody could.
    """
    read_only = tuple(_allowed(path) for path in command.readable)
    writable = tuple(_allowed(path) for path in command.writable)
    for path in writable:
        _not_redirected(path, (*read_only, *writable))
    stands = standing(writable)
    if listeners is not None:
        stands = stands._replace(talking=tuple(dict.fromkeys((*stands.talking, *listeners.below(read_only, writable)))))
    found = Plan(command, allowance, read_only, writable, stands, _home_of(command))
    return found._replace(meant=tuple(_meant(found)))


def argv(plan: Plan, bwrap: str, etc: str) -> list[str]:
    """The whole command line; later mounts lie over earlier ones. `etc` is shown as /etc."""
    size = str(plan.volatile_size)
    words = [bwrap, *_isolation(), *_environment(plan)]
    words += ["--ro-bind", "/usr", "/usr", *_system_directories(), "--ro-bind", etc, "/etc"]
    # Settings of the kernel, and what a process could say of itself: that it shall not be the first to go.
    words += ["--proc", "/proc", "--remount-ro", "/proc", *_proc_covers()]
    words += ["--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
    words += ["--perms", "1777", "--size", size, "--tmpfs", "/tmp"]
    words += ["--perms", "1777", "--size", size, "--tmpfs", "/var/tmp", "--dir", "/run"]
    for home in dict.fromkeys((HOME, plan.home)):
        words += ["--perms", "0700", "--size", size, "--tmpfs", home]
    for mount in mounts(plan):
        words += ["--bind" if mount.writable else "--ro-bind", mount.source, mount.path]
    words += ["--remount-ro", "/", "--chdir", str(plan.command.cwd), "--seccomp", str(FIRST_INPUT)]
    return [*words, "--", *(os.fspath(part) for part in plan.command.argv)]


def mounts(plan: Plan) -> list[Mount]:
    """What is shown of the disk, later ones over earlier ones."""
    given = {path: Mount(path, path, writable=False) for path in plan.read_only}
    given |= {path: Mount(path, path, writable=True) for path in plan.writable}
    found = sorted(given.values(), key=lambda mount: mount.path.count("/"))
    # What is mounted cannot be renamed: no forged folder takes the place of one that leads to what is covered.
    found += [Mount(path, path, writable=True) for path in plan.standing.ways(plan.writable)]
    found += [Mount(path, path, writable=False) for path in plan.standing.covered]
    found += [Mount("/dev/null", path, writable=False) for path in plan.standing.talking]
    if len(found) > _MOUNTS:
        raise SandboxBroken(f"{len(found)} repositories, sockets, pipes and closed folders to cover; remove some")
    return found


def _meant(plan: Plan) -> Iterator[tuple[str, int, int]]:
    null = Path("/dev/null").stat()
    for mount in mounts(plan):
        place = next((place for place in sorted(plan.writable) if is_below(mount.path, place)), None)
        if place is not None:
            own = mount.source == mount.path
            yield mount.path, *(identity(place, mount.path) if own else (null.st_dev, null.st_ino))


def _isolation() -> list[str]:
    words = (
        "--unshare-user --unshare-ipc --unshare-pid --unshare-uts --unshare-cgroup-try --unshare-net --disable-userns"
    )
    words += f" --uid {UID} --gid {UID} --die-with-parent --new-session --cap-drop ALL --hostname kaizen"
    words += f" --json-status-fd {STATUS} --block-fd {GATE} --clearenv"
    return words.split()


def _environment(plan: Plan) -> Iterator[str]:
    for name, value in plan.command.env.items():
        yield from ("--setenv", name, value)


def _system_directories() -> Iterator[str]:
    for name in SYSTEM:
        path = Path("/", name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))


def _proc_covers() -> Iterator[str]:
    # The sandbox's first process reports the exit status: nothing of it may be read or written.
    for name in (*_PROC_HIDDEN, "1"):
        path = Path("/proc", name)
        if path.is_dir():
            yield from ("--size", "4096", "--tmpfs", str(path), "--remount-ro", str(path))
        elif path.exists():
            yield from ("--ro-bind", "/dev/null", str(path))


def _allowed(path: Path) -> str:
    text = os.path.normpath(path)
    if not path.is_absolute():
        raise SandboxBroken(f"{path} is not absolute; name the place by its whole path")
    if not path.exists():
        raise SandboxBroken(f"{path} does not exist; make it before a command is given it")
    for name in {text, os.path.realpath(text)}:
        for private in _private_places():
            if f"{private}/".startswith(f"{name.rstrip('/')}/"):
                raise SandboxBroken(
                    f"{path} would show {private} to the command; name the directories below it instead"
                )
    if text.split("/")[1] in ("proc", "sys", "dev"):
        raise SandboxBroken(f"{path} belongs to the kernel; a command gets its own")
    return text


def _private_places() -> Iterator[str]:
    import pwd

    yield from ("/", "/etc/shadow", "/run", "/var/run")
    try:
        home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        return
    if home.is_dir():
        yield from (str(home), str(home.resolve()))


def _not_redirected(path: str, given: Sequence[str]) -> None:
    # Whoever could write a parent earlier could have put a link there that leads out.
    if Path(path).is_symlink():
        raise SandboxBroken(f"{path} is a symbolic link; name the directory it leads to")
    for parent in given:
        inside = parent != path and Path(path).is_relative_to(parent)
        if inside and not Path(path).resolve().is_relative_to(Path(parent).resolve()):
            raise SandboxBroken(f"{path} leads out of {parent} by a symbolic link; name the directory it leads to")


def _home_of(command: Command) -> str:
    home = os.path.normpath(command.env.get("HOME", HOME))
    given = [Path(path) for path in (*command.readable, *command.writable)]
    elsewhere = not any(Path(home).is_relative_to(path) for path in given)
    return home if home.startswith(("/home/", "/tmp/", "/root")) and elsewhere else HOME
