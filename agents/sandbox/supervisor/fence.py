"""Fence the calling process in, for ever and with all it starts: Landlock, no privileges, a filter of system calls."""

from __future__ import annotations

import ctypes
import os
import stat
import struct

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_CAPSET = {"x86_64": 126, "aarch64": 91}
_SET_FILTER, _NEW_LISTENER = 1, 8
_NO_NEW_PRIVS, _CAPBSET_DROP, _CAP_AMBIENT, _CLEAR_ALL = 38, 24, 47, 4
_CAPABILITY_VERSION = 0x20080522

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _IOCTL_DEV
OLDEST = 4
"""The first version of Landlock that refuses TCP."""
SCOPES = 6
"""The first version that keeps signals and abstract sockets inside."""

READ = READ_FILE | READ_DIR | EXECUTE
DEVICE = READ_FILE | WRITE_FILE
WRITE = ((1 << 15) - 1) & ~(_MAKE_CHAR | _MAKE_BLOCK)


def version() -> int:
    """Landlock's version in this kernel, 0 when there is none."""
    return max(0, int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)))


def fence(rules: list[tuple[str, int]], filter_: bytes) -> int:
    """Allow the rules' rights below their paths and nothing else; return the descriptor on which the filter asks."""
    libc = ctypes.CDLL(None, use_errno=True)
    _drop_privileges(libc)
    _check(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    _restrict(libc, rules)
    return _filter(libc, filter_)


def _drop_privileges(libc: ctypes.CDLL) -> None:
    libc.prctl(_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    number = 0
    while libc.prctl(_CAPBSET_DROP, number, 0, 0, 0) == 0:
        number += 1  # ends at the first the kernel does not know, or at once for an ordinary user
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    _check(libc.syscall(_CAPSET[os.uname().machine], ctypes.c_char_p(header), ctypes.c_char_p(bytes(24))), "capset")


def _restrict(libc: ctypes.CDLL, rules: list[tuple[str, int]]) -> None:
    known = version()
    if known < OLDEST:
        raise OSError(0, f"Landlock has version {known} here, {OLDEST} is needed")
    handled = (1 << (16 if known >= 5 else 15)) - 1
    attributes = struct.pack("QQQ", handled, 3, 3 if known >= SCOPES else 0)
    ruleset = _check(
        libc.syscall(_CREATE_RULESET, ctypes.c_char_p(attributes), 24 if known >= SCOPES else 16, 0), "ruleset"
    )
    for path, rights in rules:
        _allow(libc, ruleset, path, rights & handled)
    _check(libc.syscall(_RESTRICT_SELF, ruleset, 0), "restrict")
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, place)
        _check(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.c_char_p(rule), 0), path)
    finally:
        os.close(place)


def _filter(libc: ctypes.CDLL, filter_: bytes) -> int:
    code = ctypes.create_string_buffer(filter_, len(filter_))
    program = struct.pack("HxxxxxxQ", len(filter_) // 8, ctypes.addressof(code))
    number = _SECCOMP[os.uname().machine]
    return _check(libc.syscall(number, _SET_FILTER, _NEW_LISTENER, ctypes.c_char_p(program)), "filter")


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
