"""Taking more than was granted: each returns evidence only when it holds more than the limit."""

import ctypes
import mmap
import os
import signal
import time

PIECE = b"\0" * (1 << 20)
LIBC = ctypes.CDLL(None, use_errno=True)


def _fill(open_file, count):
    # Bytes of `count` files that could be filled with 8 MiB each; all stay open.
    held = total = 0
    files = []
    for number in range(count):
        try:
            fd = open_file(number)
            files.append(fd)
            for _ in range(8):
                total += os.write(fd, PIECE)
            held += 1
        except OSError:
            continue
    return total


def _held(total, limit):
    # Whoever measures has time to notice, on a busy machine too; what never got so far does not wait here.
    if total <= limit:
        return None
    time.sleep(4)
    return total


def fork_bomb(stage):
    alive = 0
    for _ in range(stage["processes"] * 3):
        try:
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
        except OSError:
            break
        alive += 1
    return alive if alive > stage["processes"] else None


def fork_bomb_of_threads(stage):
    import threading

    started = 0
    for _ in range(stage["processes"] * 3):
        try:
            threading.Thread(target=time.sleep, args=(3,), daemon=True).start()
        except RuntimeError:
            break
        started += 1
    return started if started > stage["processes"] else None


def memory_over_several_processes(stage):
    share = stage["memory"] // 3
    for _ in range(6):
        if os.fork() == 0:
            held = b"x" * share
            time.sleep(30 if held else 0)
            os._exit(0)
    time.sleep(2)
    return "all alive"


def shared_anonymous_memory(stage):
    held = []
    for _ in range(stage["memory"] * 2 >> 20):
        piece = mmap.mmap(-1, 1 << 20)
        piece.write(PIECE)
        held.append(piece)
    time.sleep(1)
    return len(held)


def memory_in_unmapped_files(stage):
    files = stage["memory"] * 3 >> 23
    total = _fill(lambda number: os.memfd_create("x"), files)
    return _held(total, stage["memory"])


def memory_in_old_shared_segments(stage):
    total = 0
    for _ in range(stage["memory"] * 3 >> 23):
        segment = LIBC.shmget(0, 8 << 20, 0o1600)
        if segment < 0:
            break
        LIBC.shmat.restype = ctypes.c_void_p
        address = LIBC.shmat(segment, None, 0)
        ctypes.memset(address, 1, 8 << 20)
        LIBC.shmdt(ctypes.c_void_p(address))
        total += 8 << 20
    return _held(total, stage["memory"])


def filling_the_memory_file_systems(stage):
    total = 0
    for place in ("/tmp", "/dev/shm", "/var/tmp", "/home/kaizen"):
        if os.path.isdir(place):
            total += _fill(lambda number, place=place: _unlinked(f"{place}/kaizen-{number}"), 8)
    return _held(total, stage["written"] * 1.25)


def filling_the_disk(stage):
    total = _fill(lambda number: os.open(f"f{number}", os.O_CREAT | os.O_WRONLY), 16)
    return _held(total, stage["written"] * 1.5)


def _unlinked(number):
    fd = os.open(str(number), os.O_CREAT | os.O_RDWR)
    os.unlink(str(number))
    return fd


def filling_the_disk_with_unlinked_files(stage):
    total = _fill(_unlinked, 16)
    return _held(total, stage["written"] * 1.5)


def filling_the_disk_in_an_unreadable_directory(stage):
    os.mkdir("dark", 0o300)
    total = _fill(lambda number: os.open(f"dark/f{number}", os.O_CREAT | os.O_WRONLY), 16)
    return _held(total, stage["written"] * 1.5)


def filling_the_disk_without_writing(stage):
    total = 0
    for number in range(16):
        fd = os.open(f"a{number}", os.O_CREAT | os.O_RDWR)
        if LIBC.fallocate(fd, 0, ctypes.c_long(0), ctypes.c_long(8 << 20)) == 0:
            total += 8 << 20
    return _held(total, stage["written"] * 1.5)


def filling_the_disk_through_mapped_files(stage):
    total = 0
    for number in range(16):
        fd = _unlinked(f"m{number}")
        os.ftruncate(fd, 8 << 20)
        piece = mmap.mmap(fd, 8 << 20)
        for _ in range(8):
            piece.write(PIECE)
        piece.flush()
        total += 8 << 20
    return _held(total, stage["written"] * 1.5)


def _many_files(place, stage):
    made = 0
    while made < stage["inodes"] * 2:
        os.close(os.open(f"{place}/{made}", os.O_CREAT | os.O_WRONLY))
        made += 1
    time.sleep(1)
    return made


def many_empty_files(stage):
    os.mkdir("many")
    return _many_files("many", stage)


def many_empty_files_in_an_unreadable_directory(stage):
    os.mkdir("hidden", 0o300)
    return _many_files("hidden", stage)


def many_empty_files_in_memory(stage):
    os.mkdir(stage["many"])
    return _many_files(stage["many"], stage)


def very_deep_directories(stage):
    for _ in range(3000):
        os.mkdir("deeper")
        os.chdir("deeper")
    total = _fill(lambda number: os.open(f"f{number}", os.O_CREAT | os.O_WRONLY), 16)
    return _held(total, stage["written"] * 1.5)


def processor_time_of_many_processes(stage):
    for _ in range(3):
        os.fork()
    while time.process_time() < 1.5:
        pass
    return "still running"


def time_without_an_end(stage):
    time.sleep(stage["wall"] + 2)
    return "still running"


def processor_time_of_processes_nobody_waits_for(stage):
    # The kernel adds the seconds of a child to its parent's only when the parent asks for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    burnt = 0.0
    while burnt < 2.5:
        if os.fork() == 0:
            while time.process_time() < 0.03:
                pass
            os._exit(0)
        try:
            os.wait()
        except ChildProcessError:
            burnt += 0.03
    return burnt
