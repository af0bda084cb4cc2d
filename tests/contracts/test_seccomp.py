"""The filter of system calls, read as the kernel reads it, for machines these tests do not run on as well."""

from __future__ import annotations

import struct

import pytest

from agents.sandbox.seccomp import MACHINES, program
from agents.sandbox.supervisor.order import ASKED as SUPERVISED

ALLOWED = 0x7FFF0000
REFUSED = 0x00050000
ASKED = 0x7FC00000


def verdict(filter_: bytes, tag: int, number: int, *arguments: int) -> int:
    """What the kernel would answer to one system call."""
    seen = struct.pack("<iIQ6Q", number, tag, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    code = list(struct.iter_unpack("HBBI", filter_))
    at = loaded = 0
    while True:
        operation, yes, no, value = code[at]
        at += 1
        match operation:
            case 0x20:
                loaded = struct.unpack_from("<I", seen, value)[0]
            case 0x54:
                loaded &= value
            case 0x06:
                return int(value)
            case 0x15 | 0x35 | 0x45:
                holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[operation]
                at += yes if holds else no
            case _:
                raise ValueError(f"unknown instruction {operation:#x}")


RULES = (
    ("ptrace", (), REFUSED | 1),
    ("io_uring_setup", (), REFUSED | 1),
    ("clone3", (), REFUSED | 38),
    ("openat2", (), REFUSED | 38),
    ("memfd_create", (), REFUSED | 38),
    ("vmsplice", (), REFUSED | 38),
    ("fallocate", (), REFUSED | 95),
    ("ioctl", (0, 0x5412), REFUSED | 1),
    ("ioctl", (0, 0x5401), ALLOWED),
    ("ioctl", (3, 0x40305828), REFUSED | 95),
    ("prlimit64", (0, 4, 0x1000), REFUSED | 0),
    ("prlimit64", (0, 4, 0x1000 << 32), REFUSED | 0),
    ("prlimit64", (0, 4, 0, 0x1000), ALLOWED),
    ("prlimit64", (0, 7, 0x1000), ALLOWED),
    ("setrlimit", (4, 0x1000), REFUSED | 0),
    ("clone", (0x10000000 | 17,), REFUSED | 1),
    ("clone", (0x3D0F00,), ALLOWED),
    ("fchmodat", (0, 0, 0o4755), REFUSED | 1),
    ("fchmodat", (0, 0, 0o755), ALLOWED),
    ("openat", (0, 0, 0o101, 0o2644), REFUSED | 1),
    ("openat", (0, 0, 0o101, 0o644), ALLOWED),
    ("socket", (1, 1, 0), ALLOWED),
    ("socket", (2, 1, 6), ALLOWED),
    ("socket", (10, 1, 6), ALLOWED),
    ("socket", (16, 3, 0), ALLOWED),
    ("socket", (16, 3, 15), REFUSED | 97),
    ("socket", (40, 1, 0), REFUSED | 97),
    ("socketpair", (1, 1, 0), ALLOWED),
)


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_each_rule_answers_as_it_should(machine: str) -> None:
    tag, numbers = MACHINES[machine]
    filter_ = program(machine, memory_is_counted=False)

    wrong = [row for row in RULES if verdict(filter_, tag, numbers[row[0]], *row[1]) != row[2]]

    assert wrong == []


SHARED = (
    ("socket", (1, 1, 0), REFUSED | 1),
    ("connect", (), REFUSED | 1),
    ("socketpair", (1, 0x80001, 0), ALLOWED),
    ("socketpair", (1, 5, 0), ALLOWED),
    ("socketpair", (1, 2, 0), REFUSED | 97),
    ("socketpair", (1, 3, 0), REFUSED | 97),
    ("socketpair", (2, 1, 0), REFUSED | 97),
    ("fchmodat", (0, 0, 0o755), ASKED),
    ("fchmodat", (0, 0, 0o4755), REFUSED | 1),
    ("utimensat", (), ASKED),
    ("fchownat", (), REFUSED | 1),
    ("setxattr", (), REFUSED | 95),
    ("shmat", (), REFUSED | 1),
    ("prlimit64", (0,), ALLOWED),
    ("prlimit64", (77,), REFUSED | 1),
    ("setpriority", (0, 0), ALLOWED),
    ("setpriority", (0, 77), REFUSED | 1),
    ("setpriority", (2, 0), REFUSED | 1),
    ("inotify_add_watch", (), REFUSED | 1),
)


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_without_name_spaces_more_is_refused_and_changes_of_files_are_asked_about(machine: str) -> None:
    tag, numbers = MACHINES[machine]
    numbers = numbers | SUPERVISED[machine]
    filter_ = program(machine, memory_is_counted=True, shared=True)

    wrong = [row for row in SHARED if verdict(filter_, tag, numbers[row[0]], *row[1]) != row[2]]

    assert wrong == []


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_memory_outside_of_processes_is_allowed_where_a_control_group_counts_it(machine: str) -> None:
    tag, numbers = MACHINES[machine]

    assert verdict(program(machine, memory_is_counted=True), tag, numbers["memfd_create"]) == ALLOWED


def test_a_system_call_newer_than_the_filter_is_answered_as_on_an_older_kernel() -> None:
    for machine, (tag, _) in MACHINES.items():
        assert verdict(program(machine, memory_is_counted=True), tag, 470) == REFUSED | 38


def test_numbers_of_another_architecture_end_the_program() -> None:
    x86, arm = MACHINES["x86_64"], MACHINES["aarch64"]

    assert verdict(program("x86_64", memory_is_counted=True), arm.tag, 0) == 0x80000000
    assert verdict(program("x86_64", memory_is_counted=True), x86.tag, 0x40000000) == REFUSED | 38


def test_a_machine_whose_numbers_are_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="riscv64"):
        program("riscv64", memory_is_counted=True)
