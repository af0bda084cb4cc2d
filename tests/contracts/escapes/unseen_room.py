"""Room taken where no meter looks: memory that belongs to no process, files that no walk and no look meets."""

import array
import ctypes
import mmap
import os
import shutil
import signal
import socket
import time

PIECE = b"\0" * (1 << 20)
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.mmap.restype = ctypes.c_void_p
LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]


def _held(total, limit):
    if total <= limit:
        return None
    time.sleep(3)
    return total


def shared_memory_that_is_mapped_and_not_touched(stage):
    held = []
    for _ in range(stage["memory"] * 3 >> 23):
        piece = mmap.mmap(-1, 8 << 20)
        for _ in range(8):
            piece.write(PIECE)
        piece.madvise(mmap.MADV_DONTNEED)
        held.append(piece)
    return _held(len(held) << 23, stage["memory"])


def memory_given_away_to_pipes(stage):
    # One page of a pipe keeps the whole huge page it is a part of, and no process has it mapped any more.
    total, huge, pipes = 0, 2 << 20, []
    for _ in range(stage["memory"] * 3 // huge // 8):
        pipes.append(os.pipe())
        for _ in range(8):
            address = LIBC.mmap(None, 2 * huge, 3, 0x22, -1, 0)
            aligned = (address + huge - 1) // huge * huge
            LIBC.madvise(ctypes.c_void_p(aligned), ctypes.c_size_t(huge), 14)
            ctypes.memset(aligned, 1, huge)
            part = (ctypes.c_size_t * 2)(aligned, 4096)
            if LIBC.vmsplice(pipes[-1][1], part, 1, 0) < 0:
                raise OSError(ctypes.get_errno(), "not taken")
            LIBC.munmap(ctypes.c_void_p(address), ctypes.c_size_t(2 * huge))
            total += huge
    return _held(total, stage["memory"])


def memory_of_the_tables_of_pages(stage):
    # Every two megabytes of addresses that are looked at cost the kernel a page, and the process none.
    total, span = 0, 1 << 30
    while total < stage["memory"] * 2:
        address = LIBC.mmap(None, span, 1, 0x4022, -1, 0)
        if address in (None, ctypes.c_void_p(-1).value):
            raise OSError(ctypes.get_errno(), "no addresses")
        LIBC.madvise(ctypes.c_void_p(address), ctypes.c_size_t(span), 15)
        for offset in range(0, span, 2 << 20):
            total += 4096 + len(ctypes.string_at(address + offset, 1)) - 1
    return _held(total, stage["memory"])


def memory_of_semaphores(stage):
    made = []
    try:
        while len(made) * 32000 * 64 < stage["memory"] * 2:
            one = LIBC.semget(0, 32000, 0o1600)
            if one < 0:
                raise OSError(ctypes.get_errno(), "refused")
            made.append(one)
        return _held(len(made) * 32000 * 64, stage["memory"])
    finally:
        for one in made:
            LIBC.semctl(one, 0, 0)


def _write_by_others(path, count):
    # Each of them is gone before anybody looks, and nobody asks what it did.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for number in range(count):
        if os.fork() == 0:
            fd = os.open(path(number), os.O_CREAT | os.O_WRONLY, 0o644)
            os.write(fd, PIECE * 2)
            os._exit(0)
        try:
            os.wait()
        except ChildProcessError:
            pass


def disk_filled_by_those_nobody_waits_for(stage):
    os.mkdir("dim", 0o700)
    os.chmod("dim", 0o300)
    count = stage["written"] * 3 >> 21
    _write_by_others(lambda number: f"dim/{number}", count)
    total = sum(os.stat(f"dim/{number}").st_blocks * 512 for number in range(count))
    return _held(total, stage["written"] * 1.5)


def disk_filled_through_files_in_flight_by_those_nobody_waits_for(stage):
    one, _other = socket.socketpair()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    total = 0
    for number in range(stage["written"] * 3 >> 21):
        if os.fork() == 0:
            fd = os.open(f"gone{number}", os.O_CREAT | os.O_RDWR)
            os.unlink(f"gone{number}")
            os.write(fd, PIECE * 2)
            one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])
            os._exit(0)
        try:
            os.wait()
        except ChildProcessError:
            total += 2 << 20
    return _held(total, stage["written"] * 1.5)


def disk_filled_through_mappings_of_files_without_a_name(stage):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    held = []
    for number in range(stage["written"] * 3 >> 21):
        fd = os.open(f"mapped{number}", os.O_CREAT | os.O_RDWR)
        os.ftruncate(fd, 2 << 20)
        address = LIBC.mmap(None, 4096, 1, 1, fd, 0)
        held.append(address)
        if os.fork() == 0:
            os.write(fd, PIECE * 2)
            os._exit(0)
        try:
            os.wait()
        except ChildProcessError:
            pass
        os.unlink(f"mapped{number}")
        os.close(fd)
    return _held(len(held) << 21, stage["written"] * 1.5)


def disk_filled_by_one_who_cannot_be_looked_at(stage):
    # Whoever may not be dumped shows neither what it wrote nor what it has open.
    LIBC.prctl(4, 0, 0, 0, 0)
    total, files = 0, []
    for number in range(stage["written"] * 3 >> 21):
        fd = os.open(f"shy{number}", os.O_CREAT | os.O_RDWR)
        os.unlink(f"shy{number}")
        total += os.write(fd, PIECE * 2)
        files.append(fd)
    return _held(total, stage["written"] * 1.5)


def disk_filled_by_a_program_that_cannot_be_read(stage):
    # The kernel shows nobody the inside of one who runs what it may not read.
    shutil.copy("/bin/sh", "blind")
    os.chmod("blind", 0o111)
    script = "exec 5<>shadow; rm shadow; while printf %01000000d 0 >&5; do echo; done"
    told, teller = os.pipe()
    if os.fork() == 0:
        os.dup2(teller, 1)
        os.execv("./blind", ["blind", "-c", script])
    os.close(teller)
    total = 0
    while total <= stage["written"] * 3 and os.read(told, 1):
        total += 1_000_000
    return _held(total, stage["written"] * 1.5)
