"""Start the ordered program with exactly the descriptors, limits and groups it may have."""

# Importing pathlib would take longer than all else a supervisor does before the command runs.
# ruff: noqa: PTH102, PTH106, PTH110, PTH123

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import functools
import os
import resource
import select
import signal
import socket
import time

from .asked import Asked
from .fence import fence
from .meters import descendants, tasks_of
from .mounted import led_astray
from .order import FIRST_INPUT, FIRST_TO_GO, GATE, STATUS, Order

_SET_PDEATHSIG = 1
_ADDR_NO_RANDOMIZE = 0x0040000
_HIGH = 256
"""Our own descriptors are kept above the ones the program gets, so that giving never overwrites."""
_STANDS_SECONDS = 30
_READ_PROC = 4 | 8
_ALLOW_SEALING, _ADD_SEALS, _ALL_SEALS = 2, 1033, 0xF


@functools.cache
def libc() -> ctypes.CDLL:
    """The C library, found once: that takes longer than most calls of it."""
    return ctypes.CDLL(None)


class Reader:
    """The reading end of one pipe: keeps the first bytes, drops the rest, never blocks the writer."""

    def __init__(self, fd: int, keep: int) -> None:
        self.fd = fd
        self.content = bytearray()
        self.total = 0
        self._keep = keep
        os.set_blocking(fd, False)

    @property
    def dropped(self) -> bool:
        """Whether more came than was kept."""
        return self.total > len(self.content)

    def take(self) -> bool:
        """Read what is there; False at the end of the pipe."""
        try:
            piece = os.read(self.fd, 1 << 18)
        except BlockingIOError:
            return True
        self.total += len(piece)
        self.content += piece[: max(0, self._keep - len(self.content))]
        return bool(piece)

    def drain(self, seconds: float) -> None:
        """Read to the end; its writers are dead, so only a descriptor that left the command could delay it."""
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self.fd, select.POLLIN)
        while poll.poll(max(0.0, deadline - time.monotonic()) * 1000) and self.take():
            pass


class Group:
    """One control group of the command."""

    def __init__(self, path: str, settings: dict[str, str]) -> None:
        self.path = path
        os.mkdir(path)
        for name, value in settings.items():
            if os.path.exists(f"{path}/{name}"):
                _write(f"{path}/{name}", value)

    def take_in(self, pid: int) -> None:
        """Put a process in; those it starts from now on are in as well."""
        _write(f"{self.path}/cgroup.procs", str(pid))

    def members(self) -> list[int]:
        """Processes in it now."""
        with open(f"{self.path}/cgroup.procs", encoding="ascii") as lines:
            return [int(line) for line in lines]

    def out_of_memory(self) -> bool:
        """Whether the kernel has ended a process here for want of memory."""
        for name in ("memory.events", "memory.oom_control"):
            try:
                with open(f"{self.path}/{name}", encoding="ascii") as lines:
                    return any(line.startswith("oom_kill ") and int(line.split()[1]) > 0 for line in lines)
            except FileNotFoundError:
                continue
        return False

    def cpu_seconds(self) -> float:
        """Processor seconds of all that was ever in it; 0 where nothing counts them."""
        for name, unit in (("cpuacct.usage", 1e9), ("cpu.stat", 1e6)):
            try:
                with open(f"{self.path}/{name}", encoding="ascii") as lines:
                    return int(lines.readline().split()[-1]) / unit
            except FileNotFoundError:
                continue
        return 0.0

    def remove(self) -> None:
        """Remove it, empty as it is; the kernel may need a moment after the last process has gone."""
        for _ in range(50):
            try:
                os.rmdir(self.path)
                return
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.01)


class Started:
    """A program that runs, with everything we hold of it."""

    def __init__(self, order: Order) -> None:
        self.pid = 0
        self.first = 0
        """The first process of the sandbox as seen from here; the program itself when there is no namespace."""
        self.exited = -1
        """Readable once the program has ended."""
        self.emptied = -1
        """Readable once the first process has ended, and with it all of its name space; -1 without one."""
        self.groups: list[Group] = []
        self.out_of_memory = False
        """Whether the kernel ended a process of it for want of memory; known at the latest when all has ended."""
        self.readers: dict[int, Reader] = {}
        self.texts: list[int] = []
        self.channel = -1
        self.asked: Asked | None = None
        self.reaped_cpu = 0.0
        self._namespaced = order.namespaced
        self._status_pipe: Reader | None = None
        self._waited: int | None = None
        self._mounts = -1

    def living(self) -> list[int]:
        """Every process of the command that has not ended."""
        found = {task.pid for task in descendants(os.getpid()) if not task.ended}
        for group in self.groups:
            found.update(group.members())
        return sorted(found - {os.getpid()})

    def has_children(self) -> bool:
        """Whether anything of the command is left, ended or not: orphans come to the supervisor."""
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        return True

    def reap(self, *pids: int) -> None:
        """Wait for those of the processes that have ended, -1 for all; remember how the program itself did."""
        for wanted in pids:
            pid = wanted
            while pid:
                try:
                    pid, wait_status, usage = os.wait4(wanted, os.WNOHANG)
                except ChildProcessError:
                    break
                if pid:
                    self.reaped_cpu += usage.ru_utime + usage.ru_stime
                if pid == self.pid:
                    self._waited = os.waitstatus_to_exitcode(wait_status)

    def status(self) -> int | None:
        """Exit status or minus the signal; None when the program never came to start the command."""
        if not self._namespaced:
            return self._waited
        if self._status_pipe is None:
            return None
        self._status_pipe.drain(0)
        code = _number(bytes(self._status_pipe.content), b'"exit-code": ')
        # The sandbox reports a signal as shells do.
        return 128 - code if code is not None and code > 128 and code - 128 < signal.NSIG else code

    def open_gate(self, order: Order, status: Reader, gate: int) -> None:
        """Wait until the namespaces stand, set what can only be set inside them, and let the command start."""
        self._status_pipe = status
        poll = select.poll()
        poll.register(status.fd, select.POLLIN)
        poll.register(0, select.POLLIN)
        while self.first == 0:
            ready = poll.poll(_STANDS_SECONDS * 1000)
            if not ready or any(fd == 0 for fd, _ in ready) or not status.take():
                break
            self.first = _number(bytes(status.content), b'"child-pid": ') or 0
        if not self.first:
            return  # the closed gate lets nothing start: whoever waits for the end learns why
        self.emptied = _high(os.pidfd_open(self.first))
        self._keep_mounts()
        # Bubblewrap mounts meanwhile: making and entering a group takes the kernel some milliseconds.
        for path, settings in order.groups:
            self.groups.append(Group(path, settings))
            self.groups[-1].take_in(self.first)
        if order.processes:
            # Counted from here on in the new user namespace alone.
            resource.prlimit(self.first, resource.RLIMIT_NPROC, (order.processes, order.processes))
        wrong = led_astray(self.first, self.emptied, order.meant) if order.meant else ""
        if wrong:
            raise OSError(f"{wrong} was swapped for something else while it was mounted")
        os.write(gate, b"g")

    def _keep_mounts(self) -> None:
        # Taking the mounts down takes the kernel some milliseconds: done by our own end, not by the command's.
        try:
            self._mounts = _high(os.open(f"/proc/{self.first}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            return  # it only saves time

    def cpu_seconds(self) -> float:
        """Processor seconds of what was waited for, or of all where a group counts: not everybody waits."""
        return max(self.reaped_cpu, *(group.cpu_seconds() for group in self.groups), 0.0)

    def end_name_space(self, seconds: float) -> None:
        """Kill the first process, and with it all in its name space; return when they are gone, or after `seconds`."""
        if self.emptied >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.emptied, signal.SIGKILL)
            poll = select.poll()
            poll.register(self.emptied, select.POLLIN)
            poll.poll(seconds * 1000)

    def let_go(self) -> None:
        """Take down what is left of the ended command: its mounts and groups. The kernel takes some milliseconds."""
        if self._mounts >= 0:
            os.close(self._mounts)
        for group in self.groups:
            group.remove()


def start(order: Order, started: Started) -> None:
    """Start the program; when this returns it runs, or it has ended with the reason on its standard error."""
    given: dict[int, int] = {0: _content(order.stdin) if order.stdin else _high(os.open("/dev/null", os.O_RDONLY))}
    for number in (1, 2):
        ours, given[number] = _listen(started, order.output)
        started.texts.append(ours)
    if order.channel:
        started.channel, given[3] = _listen(started, order.channel_bytes)
    for number, content in enumerate(order.inputs, FIRST_INPUT):
        given[number] = _content(content)
    gate = status = -1
    if order.namespaced:
        status, given[STATUS] = _pipe()
        given[GATE], gate = _pipe()
    if not order.namespaced:
        started.groups += [Group(path, settings) for path, settings in order.groups]
    parent = os.getpid()
    ours_asked, theirs_asked = _pair() if order.fence is not None else (None, None)
    started.pid = os.fork()
    if started.pid == 0:
        _become(order, given, parent, started.groups, theirs_asked)
    for fd in given.values():
        os.close(fd)
    if ours_asked is not None and theirs_asked is not None:
        theirs_asked.close()
        started.asked = _listener(ours_asked, order)
    started.first = 0 if order.namespaced else started.pid
    started.exited = _high(os.pidfd_open(started.pid))
    if order.namespaced:
        started.open_gate(order, Reader(status, 1 << 16), gate)


def _become(order: Order, given: dict[int, int], parent: int, groups: list[Group], asked: socket.socket | None) -> None:
    # In the forked child: never returns.
    try:
        os.setsid()
        libc().prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
        if asked is not None:
            for group in groups:
                group.take_in(os.getpid())
        with contextlib.suppress(OSError):  # where /proc cannot be written the kernel chooses as it likes
            _write("/proc/self/oom_score_adj", str(FIRST_TO_GO))
        for limit, value in _limits(order):
            ceiling = resource.getrlimit(limit)[1]
            value = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
            resource.setrlimit(limit, (value, value))
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
            signal.signal(ignored, signal.SIG_DFL)
        # Python orders sets of `None`, classes and functions by their addresses, and tests are named by what sets give.
        libc().personality(_ADDR_NO_RANDOMIZE)
        os.umask(0o022)
        for number, fd in given.items():
            os.dup2(fd, number)
        os.chdir(order.cwd)
        if asked is not None:
            _fence_in(order, asked)
        os.execvpe(order.argv[0], order.argv, order.env)
    except OSError as error:
        os.write(2, f"{order.argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def _limits(order: Order) -> list[tuple[int, int]]:
    if order.fence is None or not order.processes:
        return order.rlimits
    # Without a name space of users the kernel counts whatever else this user runs as well.
    return [*order.rlimits, (resource.RLIMIT_NPROC, tasks_of(os.getuid()) + order.processes)]


def _fence_in(order: Order, asked: socket.socket) -> None:
    assert order.fence is not None
    try:
        listener = fence([*order.fence, (f"/proc/{os.getpid()}", _READ_PROC)], order.fence_filter)
        socket.send_fds(asked, [b"+"], [listener])
        os.close(listener)
    except OSError as error:
        asked.send(f"-{error.strerror}".encode()[:4000])
        os._exit(1)
    asked.close()


def _listener(connection: socket.socket, order: Order) -> Asked:
    # The end of the connection says that the program runs or will never run.
    with connection:
        word, listeners, _, _ = socket.recv_fds(connection, 4096, 1)
    if not listeners:
        raise OSError(word[1:].decode("utf-8", "replace") or "it ended before the fence stood")
    return Asked(_high(listeners[0]), order.places, os.uname().machine)


def _listen(started: Started, keep: int) -> tuple[int, int]:
    ours, theirs = _pipe()
    started.readers[ours] = Reader(ours, keep)
    return ours, theirs


def _pipe() -> tuple[int, int]:
    read, write = os.pipe()
    return _high(read), _high(write)


def _pair() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair()
    return socket.socket(fileno=_high(ours.detach())), socket.socket(fileno=_high(theirs.detach()))


def _content(content: bytes) -> int:
    # A sealed file in memory: the program may seek in it, and nobody has to feed a pipe.
    fd = os.memfd_create("input", _ALLOW_SEALING)
    with os.fdopen(os.dup(fd), "wb") as file:
        file.write(content)
    fcntl.fcntl(fd, _ADD_SEALS, _ALL_SEALS)
    os.lseek(fd, 0, os.SEEK_SET)
    return _high(fd)


def _high(fd: int) -> int:
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    os.close(fd)
    return moved


def _number(text: bytes, label: bytes) -> int | None:
    _, found, rest = text.partition(label)
    digits = rest[: len(rest) - len(rest.lstrip(b"0123456789"))]
    return int(digits) if found and digits else None


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
