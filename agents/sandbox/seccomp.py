"""PURE: the filter of system calls a confined command runs under, as the kernel reads it."""

from __future__ import annotations

import struct
from typing import NamedTuple

from agents.sandbox.supervisor.order import ASKED

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _ASK, _ERRNO, _KILL = 0x7FFF0000, 0x7FC00000, 0x00050000, 0x80000000
_EPERM, _ENOSYS, _EOPNOTSUPP, _EAFNOSUPPORT = 1, 38, 95, 97

_NEW_NAMESPACES = 0x7E020000
_SETUID_BITS = 0o6000
_TERMINAL_INPUT = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX: both type into the terminal of whoever started us."""
_FAMILIES = (1, 2, 10)
"""unix, IPv4 and IPv6; netlink only as far as listing one's own interfaces needs it."""
_NETLINK = 16

# fmt: off
_FORBIDDEN = (
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd", "mount", "umount2",
    "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    "open_tree_attr",
    "unshare", "setns", "add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "name_to_handle_at", "open_by_handle_at",
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "swapon", "swapoff", "reboot",
    "acct", "quotactl", "quotactl_fd", "syslog", "settimeofday", "clock_settime", "fanotify_init", "lookup_dcookie",
    "vhangup"
)
# fmt: on
_UNKNOWN = ("clone3", "openat2", "memfd_secret")
"""Answered as on an older kernel: their arguments lie in memory a filter cannot read, and libraries fall back."""
_UNCOUNTED = ("memfd_create", "shmget", "msgget", "semget", "vmsplice")
"""Memory outside of any process: only a control group counts it."""
_FILE_FLAGS = (0x40086602, 0x40046602, 0x401C5820)
"""FS_IOC_SETFLAGS and FS_IOC_FSSETXATTR: change a file by a descriptor that may only read it."""
_FILE_ROOM = (0x40305828, 0x4030582A, 0x40305839)
"""FS_IOC_RESVSP, FS_IOC_RESVSP64 and FS_IOC_ZERO_RANGE: take room as fallocate does."""
_SET_LEASE = 1024
"""F_SETLEASE: makes whoever opens the file outside wait, though it may only be read."""
_NEWEST = 469
"""The highest number that was looked at: what is newer is answered as on an older kernel."""
_CORE = 4
"""RLIMIT_CORE: at 1 alone a crash starts no program of the machine, so nobody changes it."""

# fmt: off
_SHARED = (
    "socket", "connect", "bind", "shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget",
    "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "migrate_pages", "move_pages", "chown", "fchown", "lchown",
    "fchownat", "removexattr", "lremovexattr", "fremovexattr", "removexattrat", "file_setattr", "process_mrelease",
    "inotify_add_watch",
)
# fmt: on
"""Reach the whole machine where the name spaces are the machine's own, and Landlock does not know them."""
_OLDER = ("utime", "utimes", "futimesat")
"""Answered as on a machine that never had them: libraries use the newer call, which is asked about."""
_NAMED_BESIDE = ("setxattr", "lsetxattr", "fsetxattr", "setxattrat")
"""Answered as on a disk that keeps no attributes: programs that copy files go on without."""
_OF_ONESELF = {
    "prlimit64": 0, "sched_setaffinity": 0, "sched_setscheduler": 0, "sched_setparam": 0, "sched_setattr": 0,
    "setpriority": 1, "ioprio_set": 1,
}  # fmt: skip
"""Which argument names the process; anybody but oneself is refused."""
_OF_A_USER = {"setpriority": 2, "ioprio_set": 3}
"""What would name every process of the user."""
_CONNECTED = (1, 5)
"""Kinds of unix sockets that send to their other end alone."""


class Machine(NamedTuple):
    """One processor architecture: its tag, and the numbers of its system calls."""

    tag: int
    numbers: dict[str, int]


def program(machine: str, *, memory_is_counted: bool, shared: bool = False) -> bytes:
    """The filter for `machine` as `os.uname` names it; refuse (ValueError) one whose numbers are not known.

    `memory_is_counted` says whether a control group bounds memory that belongs to no process, `shared` that the name
    spaces are the machine's own: then much more is refused, and changes of modes and times are asked about.
    """
    if machine not in MACHINES:
        raise ValueError(f"no system call numbers for {machine}")
    tag, numbers = MACHINES[machine]
    filter_ = _Filter(numbers)
    filter_.only(tag)
    filter_.up_to(_NEWEST)
    for name in _FORBIDDEN:
        filter_.refuse(name, _EPERM)
    for name in (*_UNKNOWN, *(() if memory_is_counted else _UNCOUNTED)):
        filter_.refuse(name, _ENOSYS)
    filter_.refuse("fallocate", _EOPNOTSUPP)  # takes room on the disk without a write that a meter would see
    for request in (*_TERMINAL_INPUT, *_FILE_FLAGS):
        filter_.refuse_if_equal("ioctl", 1, request)
    for request in _FILE_ROOM:
        filter_.refuse_if_equal("ioctl", 1, request, _EOPNOTSUPP)
    filter_.refuse_if_equal("fcntl", 1, _SET_LEASE)
    filter_.keep_limit(_CORE)
    filter_.refuse_bits("clone", 0, _NEW_NAMESPACES)
    for name, argument in _MODES.items():
        filter_.refuse_bits(name, argument, _SETUID_BITS)
    if shared:
        _share(filter_, machine)
    else:
        filter_.sockets()
    return filter_.end()


def _share(filter_: _Filter, machine: str) -> None:
    for name in _SHARED:
        filter_.refuse(name, _EPERM)
    for name in _NAMED_BESIDE:
        filter_.refuse(name, _EOPNOTSUPP)
    for name in _OLDER:
        filter_.refuse(name, _ENOSYS)
    for name, argument in _OF_ONESELF.items():
        filter_.refuse_unless_zero(name, argument)
    for name, everybody in _OF_A_USER.items():
        filter_.refuse_if_equal(name, 0, everybody)
    filter_.pairs()
    for name in ASKED[machine]:
        filter_.ask(name)


class _Filter:
    """Instructions in order; the number of the system call is loaded whenever a rule begins."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self._numbers = numbers
        self._code = bytearray()

    def _add(self, code: int, value: int, yes: int = 0, no: int = 0) -> None:
        self._code += struct.pack("HBBI", code, yes, no, value)

    def _answer(self, errno: int) -> None:
        self._add(_RETURN, _ERRNO | errno)

    def only(self, tag: int) -> None:
        """Kill what speaks another architecture's numbers, and load the number."""
        self._add(_LOAD, 4)
        self._add(_EQUAL, tag, 1, 0)
        self._add(_RETURN, _KILL)
        self._add(_LOAD, 0)
        if "arch_prctl" in self._numbers:
            self._add(_AT_LEAST, 0x40000000, 0, 1)  # x32: the same tag, other numbers
            self._answer(_ENOSYS)

    def refuse(self, name: str, errno: int) -> None:
        """Answer `errno` to every such call."""
        if name in self._numbers:
            self._add(_EQUAL, self._numbers[name], 0, 1)
            self._answer(errno)

    def up_to(self, newest: int) -> None:
        """Answer calls of a higher number as a kernel that does not have them."""
        self._add(_AT_LEAST, newest + 1, 0, 1)
        self._answer(_ENOSYS)

    def keep_limit(self, resource: int) -> None:
        """Leave a limit as it is, and say that it was set; asking for it is allowed."""
        if "setrlimit" in self._numbers:
            self._rule("setrlimit", 0, _EQUAL, resource, 0)
        self._add(_EQUAL, self._numbers["prlimit64"], 0, 8)
        self._add(_LOAD, 16 + 8)
        self._add(_EQUAL, resource, 0, 5)
        self._add(_LOAD, 16 + 16)
        self._add(_EQUAL, 0, 0, 2)
        self._add(_LOAD, 16 + 20)
        self._add(_EQUAL, 0, 1, 0)
        self._answer(0)
        self._add(_LOAD, 0)

    def refuse_if_equal(self, name: str, argument: int, value: int, errno: int = _EPERM) -> None:
        """Refuse the call with this argument."""
        self._rule(name, argument, _EQUAL, value, errno)

    def refuse_bits(self, name: str, argument: int, bits: int) -> None:
        """Refuse the call when any of the bits is set."""
        self._rule(name, argument, _ANY_BIT, bits)

    def _rule(self, name: str, argument: int, test: int, value: int, errno: int = _EPERM) -> None:
        if name not in self._numbers:
            return
        self._add(_EQUAL, self._numbers[name], 0, 4)
        self._add(_LOAD, 16 + 8 * argument)
        self._add(test, value, 0, 1)
        self._answer(errno)
        self._add(_LOAD, 0)

    def sockets(self) -> None:
        """Allow sockets of the known families alone."""
        for name in ("socket", "socketpair"):
            self._add(_EQUAL, self._numbers[name], 0, 9)
            self._add(_LOAD, 16)
            for left, family in zip((6, 5, 4), _FAMILIES, strict=True):
                self._add(_EQUAL, family, left, 0)
            self._add(_EQUAL, _NETLINK, 0, 2)
            self._add(_LOAD, 16 + 16)
            self._add(_EQUAL, 0, 1, 0)
            self._answer(_EAFNOSUPPORT)
            self._add(_LOAD, 0)

    def refuse_unless_zero(self, name: str, argument: int) -> None:
        """Refuse the call unless this argument is 0."""
        self._add(_EQUAL, self._numbers[name], 0, 4)
        self._add(_LOAD, 16 + 8 * argument)
        self._add(_EQUAL, 0, 1, 0)
        self._answer(_EPERM)
        self._add(_LOAD, 0)

    def pairs(self) -> None:
        """Allow pairs of unix sockets, but none that can send to an address."""
        stream, packets = _CONNECTED
        self._add(_EQUAL, self._numbers["socketpair"], 0, 8)
        self._add(_LOAD, 16)
        self._add(_EQUAL, 1, 0, 4)
        self._add(_LOAD, 16 + 8)
        self._add(_AND, 0xF)
        self._add(_EQUAL, stream, 2, 0)
        self._add(_EQUAL, packets, 1, 0)
        self._answer(_EAFNOSUPPORT)
        self._add(_LOAD, 0)

    def ask(self, name: str) -> None:
        """Let the supervisor carry out the call."""
        self._add(_EQUAL, self._numbers[name], 0, 1)
        self._add(_RETURN, _ASK)

    def end(self) -> bytes:
        """Allow the rest."""
        self._add(_RETURN, _ALLOW)
        return bytes(self._code)


_MODES = {
    "chmod": 1,
    "fchmod": 1,
    "fchmodat": 2,
    "fchmodat2": 2,
    "open": 2,
    "creat": 1,
    "openat": 3,
    "mknod": 1,
    "mknodat": 2,
}
"""Which argument of a call is the mode of a file."""

_EVERYWHERE = {
    "pidfd_getfd": 438,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "clone3": 435,
    "openat2": 437,
    "process_madvise": 440,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "fchmodat2": 452,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "process_mrelease": 448,
    "setxattrat": 463,
    "removexattrat": 466,
    "open_tree_attr": 467,
    "file_setattr": 469,
}


def _numbers(text: str) -> dict[str, int]:
    pairs = (pair.split("=") for pair in text.split())
    return _EVERYWHERE | {name: int(number) for name, number in pairs}


MACHINES = {
    "x86_64": Machine(
        0xC000003E,
        _numbers(
            "open=2 ioctl=16 shmget=29 socket=41 socketpair=53 clone=56 msgget=68 creat=85 chmod=90 fchmod=91 "
            "ptrace=101 syslog=103 mknod=133 vhangup=153 pivot_root=155 arch_prctl=158 chroot=161 acct=163 "
            "settimeofday=164 mount=165 umount2=166 swapon=167 swapoff=168 reboot=169 init_module=175 "
            "delete_module=176 quotactl=179 lookup_dcookie=212 clock_settime=227 kexec_load=246 add_key=248 "
            "request_key=249 keyctl=250 openat=257 mknodat=259 fchmodat=268 unshare=272 fallocate=285 "
            "perf_event_open=298 fanotify_init=300 name_to_handle_at=303 open_by_handle_at=304 setns=308 "
            "process_vm_readv=310 vmsplice=278 process_vm_writev=311 kcmp=312 finit_module=313 memfd_create=319 "
            "kexec_file_load=320 bpf=321 userfaultfd=323 utimensat=280 utime=132 utimes=235 futimesat=261 chown=92 "
            "fchown=93 lchown=94 fchownat=260 setxattr=188 lsetxattr=189 fsetxattr=190 removexattr=197 "
            "lremovexattr=198 fremovexattr=199 sched_setparam=142 sched_setscheduler=144 sched_setaffinity=203 "
            "sched_setattr=314 setpriority=141 ioprio_set=251 prlimit64=302 migrate_pages=256 move_pages=279 "
            "connect=42 bind=49 semget=64 semop=65 semctl=66 shmat=30 shmctl=31 msgsnd=69 msgrcv=70 msgctl=71 "
            "semtimedop=220 mq_open=240 mq_unlink=241 setrlimit=160 inotify_add_watch=254 "
            "fcntl=72"
        ),
    ),
    "aarch64": Machine(
        0xC00000B7,
        _numbers(
            "lookup_dcookie=18 ioctl=29 mknodat=33 umount2=39 mount=40 pivot_root=41 fallocate=47 chroot=51 fchmod=52 "
            "fchmodat=53 openat=56 vhangup=58 quotactl=60 acct=89 unshare=97 kexec_load=104 init_module=105 "
            "delete_module=106 clock_settime=112 syslog=116 ptrace=117 reboot=142 settimeofday=170 msgget=186 "
            "shmget=194 socket=198 socketpair=199 add_key=217 request_key=218 keyctl=219 clone=220 swapon=224 "
            "swapoff=225 perf_event_open=241 fanotify_init=262 name_to_handle_at=264 open_by_handle_at=265 setns=268 "
            "process_vm_readv=270 vmsplice=75 process_vm_writev=271 kcmp=272 finit_module=273 memfd_create=279 bpf=280 "
            "userfaultfd=282 kexec_file_load=294 utimensat=88 fchownat=54 fchown=55 setxattr=5 lsetxattr=6 fsetxattr=7 "
            "removexattr=14 lremovexattr=15 fremovexattr=16 ioprio_set=30 sched_setparam=118 sched_setscheduler=119 "
            "sched_setaffinity=122 setpriority=140 sched_setattr=274 prlimit64=261 msgctl=187 msgrcv=188 msgsnd=189 "
            "semget=190 semctl=191 semtimedop=192 semop=193 shmctl=195 shmat=196 bind=200 connect=203 mq_open=180 "
            "mq_unlink=181 migrate_pages=238 move_pages=239 setrlimit=164 inotify_add_watch=27 "
            "fcntl=25"
        ),
    ),
}
