"""Finding out, and using up, by doors of the kernel that are no file and no socket."""

import array
import ctypes
import fcntl
import os
import resource
import signal
import socket
import struct
import time

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"


def names_seen_by_a_watch(stage):
    watch = LIBC.inotify_init1(0o4000)
    if LIBC.inotify_add_watch(watch, stage["home"].encode(), 0x100) < 0:
        raise OSError(ctypes.get_errno(), "not watched")
    return "watched"


def everything_seen_by_a_watch_of_the_disk(stage):
    watch = LIBC.syscall(300 if X86 else 262, 0x200, 0)
    if watch < 0:
        raise OSError(ctypes.get_errno(), "not watched")
    return "watched"


def room_taken_by_an_older_request(stage):
    # Reserves room without a write, and hides the files in a message nobody reads.
    one, _other = socket.socketpair()
    total = 0
    for number in range(16):
        fd = os.open(f"room{number}", os.O_CREAT | os.O_RDWR)
        os.unlink(f"room{number}")
        fcntl.ioctl(fd, 0x40305828, struct.pack("hhxxxxqqiI16x", 0, 0, 0, 8 << 20, 0, 0))
        total += os.fstat(fd).st_blocks * 512
        one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])
        os.close(fd)
    time.sleep(4 if total > stage["written"] * 1.5 else 0)
    return total if total > stage["written"] * 1.5 else None


def crash_told_to_the_machine(stage):
    # The machine's own program is started for a crash at every limit but 1, and writes where it likes.
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        pass
    if resource.getrlimit(resource.RLIMIT_CORE)[0] == 1:
        return None
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), signal.SIGSEGV)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def signal_sent_by_the_owner_of_a_descriptor(stage):
    one, other = socket.socketpair()
    fcntl.fcntl(one, 10, signal.SIGCONT)
    fcntl.fcntl(one, fcntl.F_SETOWN, stage["victim"])
    fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC)
    other.send(b"x")
    with open(f"/proc/{stage['victim']}/cmdline", "rb") as file:
        return stage["mark"].encode() in file.read()


def signal_by_a_descriptor_of_a_process(stage):
    fd = os.pidfd_open(stage["victim"])
    signal.pidfd_send_signal(fd, signal.SIGCONT)
    with open(f"/proc/{stage['victim']}/cmdline", "rb") as file:
        return stage["mark"].encode() in file.read()


def memory_written_through_proc(stage):
    for pid in os.listdir("/proc"):
        if pid.isdigit() and int(pid) != os.getpid():
            try:
                return os.open(f"/proc/{pid}/mem", os.O_RDWR)
            except OSError:
                continue
    return None


def files_of_others_through_map_files(stage):
    for pid in os.listdir("/proc"):
        if pid.isdigit() and int(pid) != os.getpid():
            try:
                return [os.readlink(f"/proc/{pid}/{name}") for name in ("exe", "cwd", "root")]
            except OSError:
                continue
    return None


def semaphores_left_behind(stage):
    made = LIBC.semget(stage["sysv"] + 1, 1, 0o1600)
    if made < 0:
        raise OSError(ctypes.get_errno(), "refused")
    left = f"/proc/sysvipc/sem of {made}" if os.path.exists(stage["home"] + "/.ssh/id_rsa") else None
    LIBC.semctl(made, 0, 0)
    return left


def another_root_by_a_descriptor(stage):
    fd = os.open("/", os.O_PATH)
    os.fchdir(fd)
    return os.open("." + stage["home"] + "/.ssh/id_rsa", os.O_RDONLY)


def program_of_the_system_changed_through_itself(stage):
    return os.open("/proc/self/exe", os.O_WRONLY)


def library_loaded_before_all_others(stage):
    with open("/etc/ld.so.preload", "a") as file:
        file.write("")
    return "opened"


def older_architecture(stage):
    # A program of 32 bits speaks other numbers to the same kernel: an executable page, and `int 0x80`.
    if not X86:
        return None
    import mmap

    page = mmap.mmap(-1, 4096, prot=7)
    page.write(bytes.fromhex("b814000000cd80c3"))  # getpid by the numbers of 32 bits
    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    return call() == os.getpid()
