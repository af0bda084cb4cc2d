"""What the daemon asks of a supervisor, and what it answers: one marshalled order in, one report out."""

from __future__ import annotations

import marshal
import os
from typing import NamedTuple

STATUS, GATE, FIRST_INPUT = 10, 11, 12
"""Descriptors of the started program: where bubblewrap reports, where it waits, and the first of `Order.inputs`."""

FIRST_TO_GO = 500
"""When the machine itself runs out of memory, commands end before the user's own programs."""

ASKED = {
    "x86_64": {"chmod": 90, "fchmod": 91, "fchmodat": 268, "utimensat": 280, "fchmodat2": 452},
    "aarch64": {"fchmod": 52, "fchmodat": 53, "utimensat": 88, "fchmodat2": 452},
}
"""System calls that the supervisor carries out for a fenced command, by machine: name and number."""


class Order(NamedTuple):
    """One command, ready to be started."""

    argv: list[str]
    cwd: str
    env: dict[str, str]
    stdin: bytes
    channel: bool
    namespaced: bool
    """Whether `argv` is bubblewrap: it reports on STATUS and waits at GATE."""
    inputs: list[bytes]
    """Each is readable by the started program on FIRST_INPUT and up."""
    wall: float
    cpu: float
    memory: int
    processes: int
    """Set inside the new user namespace, once it stands; 0 when a control group counts instead."""
    written: int
    inodes: int
    output: int
    """Bytes kept of each of stdout and stderr."""
    flood: int
    """Bytes of both together after which the command is ended."""
    channel_bytes: int
    rlimits: list[tuple[int, int]]
    groups: list[tuple[str, dict[str, str]]]
    """Control groups to make, as directory and settings; removed at the end."""
    places: list[str]
    """Writable directories whose growth is metered."""
    volatile: list[str]
    """Memory file systems inside the sandbox whose inodes are counted."""
    volatile_size: int
    """Bytes of each of them."""
    meant: tuple[tuple[str, int, int], ...] = ()
    """Paths below writable places that are mounted, each with the device and inode it must show."""
    fence: list[tuple[str, int]] | None = None
    """Landlock's rules, paths with rights; None without a fence."""
    fence_filter: bytes = b""
    """The filter of system calls inside the fence."""


class Report(NamedTuple):
    """How the command ended, as far as the supervisor can know."""

    outcome: str
    """As `Completed.outcome`, or `broken` with the reason in `stderr`."""
    exit: int
    truncated: bool
    seconds: float
    cpu_seconds: float
    stdout: bytes
    stderr: bytes
    channel: bytes


def pack(values: Order | Report) -> bytes:
    """Length and content, for one pipe between two of our own programs of the same interpreter."""
    content = marshal.dumps(tuple(values))
    return len(content).to_bytes(8, "big") + content


def read_order(fd: int) -> Order | None:
    """Read one order; None when the daemon is gone before it was complete."""
    content = _exactly(fd, int.from_bytes(_exactly(fd, 8), "big"))
    return Order(*marshal.loads(content)) if content else None


def unpack_report(content: bytes) -> Report | None:
    """The report in `content`, or None when it is not complete."""
    if len(content) < 8 or len(content) - 8 != int.from_bytes(content[:8], "big"):
        return None
    return Report(*marshal.loads(content[8:]))


def _exactly(fd: int, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        piece = os.read(fd, min(size - len(content), 1 << 20))
        if not piece:
            return b""
        content += piece
    return bytes(content)
