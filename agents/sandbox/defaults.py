"""What one command may use when it does not say."""

from __future__ import annotations

import os
from typing import NamedTuple

from agents.ports import Limits

GIB = 1024**3


class Allowance(NamedTuple):
    """`Limits` with nothing left open."""

    wall: float
    cpu: float
    """0: as long as the clock allows."""
    memory: int
    processes: int
    written: int
    inodes: int
    output: int


def limits_of(limits: Limits) -> Allowance:
    """Fill in the defaults: three quarters of the machine's memory but at most 4 GiB, 512 processes, 2 GiB written."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    written = 2 * GIB if limits.written is None else limits.written
    return Allowance(
        wall=limits.wall,
        cpu=limits.cpu or 0.0,
        memory=limits.memory or min(4 * GIB, machine * 3 // 4),
        processes=limits.processes or 512,
        written=written,
        inodes=max(4096, written // 8192),
        output=limits.output,
    )
