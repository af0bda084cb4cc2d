"""Answer the system calls that the filter asks about: modes and times of files, changed below writable places alone.

Landlock does not know these calls. The file is opened here first and judged by what was opened, so that no link that
is changed meanwhile leads the change elsewhere.
"""

# Importing pathlib would take longer than all else a supervisor does before the command runs.
# ruff: noqa: PTH101, PTH115, PTH116, PTH123

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import struct
import time
from typing import NamedTuple

from .order import ASKED

_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_NOTICE = struct.Struct("QIIiIQ6Q")
_ANSWER = struct.Struct("QqiI")
_AT_CWD = -100
_NOT_FOLLOWED = 0x100
_NOW, _KEPT = 0x3FFFFFFF, 0x3FFFFFFE
_LONGEST = 4096
_ONESELF = "/proc/self/"
"""Means whoever opens it: here the one who asks."""


class Call(NamedTuple):
    """One system call that waits for its answer."""

    id: int
    pid: int
    name: str
    arguments: tuple[int, ...]


class Asked:
    """The descriptor on which the kernel asks, and the places whose files may be changed."""

    def __init__(self, fd: int, places: list[str], machine: str) -> None:
        self.fd = fd
        self._places = [os.path.realpath(place) for place in places]
        self._names = {number: name for name, number in ASKED[machine].items()}

    def answer(self) -> bool:
        """Answer one call; False when nobody is left who could ask."""
        notice = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(self.fd, _RECEIVE, notice)
        except OSError as error:
            return error.errno in (errno.ENOENT, errno.EINTR)
        id_, pid, _, number, _, _, *arguments = _NOTICE.unpack(notice)
        try:
            self._carry_out(Call(id_, pid, self._names[number], tuple(arguments)))
            code = 0
        except OSError as error:
            code = -(error.errno or errno.EPERM)
        except (KeyError, ValueError):
            code = -errno.EPERM
        with contextlib.suppress(OSError):  # whoever asked has ended meanwhile
            fcntl.ioctl(self.fd, _SEND, bytearray(_ANSWER.pack(id_, 0, code, 0)))
        return True

    def _carry_out(self, call: Call) -> None:
        first, second, third, fourth = call.arguments[:4]
        match call.name:
            case "chmod":
                self._mode(self._open(call, _AT_CWD, first, 0), second)
            case "fchmod":
                self._mode(self._open(call, first, 0, 0), second)
            case "fchmodat":
                self._mode(self._open(call, first, second, 0), third)
            case "fchmodat2":
                self._mode(self._open(call, first, second, fourth), third)
            case _:
                self._times(self._open(call, first, second, fourth), call, third)

    def _open(self, call: Call, folder: int, address: int, flags: int) -> int:
        # A descriptor of the very file the call names, below a writable place; the caller closes it.
        text = _text(call.pid, address) if address else ""
        number = folder & 0xFFFFFFFF
        start = "cwd" if number == _AT_CWD & 0xFFFFFFFF else f"fd/{number}"
        base = os.open(f"/proc/{call.pid}/{start}", os.O_PATH | os.O_CLOEXEC)
        if not text:
            return self._below(base)
        if text.startswith(_ONESELF):
            text = f"/proc/{call.pid}/{text.removeprefix(_ONESELF)}"
        try:
            follow = os.O_NOFOLLOW if flags & _NOT_FOLLOWED else 0
            return self._below(os.open(text, os.O_PATH | os.O_CLOEXEC | follow, dir_fd=base))
        finally:
            os.close(base)

    def _below(self, fd: int) -> int:
        real = os.readlink(f"/proc/self/fd/{fd}")
        if not any(real == place or real.startswith(place + "/") for place in self._places):
            os.close(fd)
            raise PermissionError(errno.EPERM, "not below a writable place")
        return fd

    def _mode(self, fd: int, mode: int) -> None:
        try:
            os.chmod(f"/proc/self/fd/{fd}", mode & 0o1777)
        finally:
            os.close(fd)

    def _times(self, fd: int, call: Call, address: int) -> None:
        try:
            now = time.time_ns()
            if not address:
                wanted = (now, now)
            else:
                values = struct.unpack("4q", _memory(call.pid, address, 32))
                before = os.stat(f"/proc/self/fd/{fd}")
                wanted = (_time(values[:2], before.st_atime_ns, now), _time(values[2:], before.st_mtime_ns, now))
            os.utime(f"/proc/self/fd/{fd}", ns=wanted)
        finally:
            os.close(fd)


def _time(value: tuple[int, ...], before: int, now: int) -> int:
    seconds, nanoseconds = value
    if nanoseconds == _NOW:
        return now
    return before if nanoseconds == _KEPT else seconds * 1_000_000_000 + nanoseconds


def _text(pid: int, address: int) -> str:
    content = b""
    while len(content) < _LONGEST:
        # Up to the end of a page at a time: what lies behind it may not be there.
        piece = _memory(pid, address + len(content), 4096 - (address + len(content)) % 4096)
        content += piece
        if b"\0" in piece:
            return os.fsdecode(content.split(b"\0", 1)[0])
    raise OSError(errno.ENAMETOOLONG, "too long")


def _memory(pid: int, address: int, size: int) -> bytes:
    try:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            memory.seek(address)
            return memory.read(size)
    except (OSError, OverflowError, ValueError) as error:
        raise OSError(errno.EFAULT, "unreadable") from error
