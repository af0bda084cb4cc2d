"""Doors of the kernel that no test suite needs: key rings, io_uring, bpf, tracing, typing into a terminal."""

import ctypes
import fcntl
import os

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"


def _call(number_x86, number_arm, *arguments):
    result = LIBC.syscall(number_x86 if X86 else number_arm, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return f"result {result}"


def key_ring_of_the_session(stage):
    return _call(250, 219, 0, -3, 1)


def key_added(stage):
    return _call(248, 217, b"user", b"kaizen-escape", b"x", 1, -2)


def rings_of_input_and_output(stage):
    return _call(425, 425, 4, (ctypes.c_char * 120)())


def program_in_the_kernel(stage):
    return _call(321, 280, 0, (ctypes.c_uint32 * 12)(2, 4, 4, 1), 48)


def performance_events(stage):
    attributes = (ctypes.c_uint32 * 28)(1, 112, 0, 0)
    return _call(298, 241, attributes, 0, -1, -1, 0)


def faults_served_by_the_user(stage):
    return _call(323, 282, 1)


def file_by_number(stage):
    return _call(303, 264, -100, stage["tree"].encode(), (ctypes.c_uint32 * 40)(128), (ctypes.c_int * 1)(), 0)


def typing_into_the_terminal(stage):
    for path in ("/dev/tty", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"):
        try:
            fd = os.open(path, os.O_RDWR)
            fcntl.ioctl(fd, 0x5412, b"x")
        except OSError:
            continue
        return path
    return None


def typing_into_a_terminal_of_its_own(stage):
    # Its own terminal is harmless; that it works would say that the filter does not stand.
    _master, slave = os.openpty()
    os.setsid()
    fcntl.ioctl(slave, 0x540E, 0)
    fcntl.ioctl(slave, 0x5412, b"x")
    return "typed"


def console_of_the_machine(stage):
    found = []
    for path in ("/dev/console", "/dev/kmsg", "/dev/mem", "/dev/vda", "/dev/sda", "/dev/fuse", "/dev/kvm"):
        try:
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        except OSError:
            continue
        found.append(path)
    return found
