"""The daemon and other processes of the user."""

import ctypes
import os
import signal
import time

LIBC = ctypes.CDLL(None, use_errno=True)


def _call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return "done"


def sight_of_another_process(stage):
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    if stage["mark"].encode() in file.read():
                        return pid
            except OSError:
                continue
    return None


def signal_to_another_process(stage):
    # Numbers mean other processes in a name space of one's own: only what is seen to be the victim counts.
    with open(f"/proc/{stage['victim']}/cmdline", "rb") as file:
        if stage["mark"].encode() in file.read():
            os.kill(stage["victim"], signal.SIGCONT)
            return "signalled"
    return None


def tracing_another_process(stage):
    return _call(LIBC.ptrace(0x4206, stage["victim"], 0, 0))


def tracing_the_first_process(stage):
    return _call(LIBC.ptrace(0x4206, 1, 0, 0))


def memory_of_the_first_process(stage):
    with open("/proc/1/mem", "r+b", buffering=0) as memory, open("/proc/1/maps") as maps:
        for line in maps:
            if " rw-p " in line:
                memory.seek(int(line.split("-")[0], 16))
                return len(memory.read(16))
    return None


def event_of_the_first_process(stage):
    for name in os.listdir("/proc/1/fd"):
        if "eventfd" in os.readlink(f"/proc/1/fd/{name}"):
            return os.write(os.open(f"/proc/1/fd/{name}", os.O_WRONLY), (1).to_bytes(8, "little"))
    return None


def descriptor_taken_from_the_first_process(stage):
    fd = LIBC.syscall(434, 1, 0)
    return _call(LIBC.syscall(438, fd, 1, 0))


def pipes_of_the_supervisor(stage):
    found = []
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    if b"nursery" in file.read():
                        found += [os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")]
            except OSError:
                continue
    return found


def inherited_descriptors(stage):
    found = []
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            try:
                found.append(os.read(int(name), 1000).decode())
            except OSError:
                continue
    return [text for text in found if stage["secret"] in text]


def shared_memory_of_the_user(stage):
    with open("/dev/shm/" + stage["shm"]) as file:
        return stage["secret"] in file.read()


def old_shared_memory_of_the_user(stage):
    LIBC.shmat.restype = ctypes.c_void_p
    segment = LIBC.shmget(stage["sysv"], 0, 0)
    if segment < 0:
        raise OSError(ctypes.get_errno(), "no such segment")
    return ctypes.string_at(LIBC.shmat(segment, None, 0o10000), 64).decode(errors="replace").startswith(stage["secret"])


def processes_that_fork_and_end_without_rest(stage):
    # Whoever is looked up and killed has ended already, and its child goes on.
    counter = os.open("beat", os.O_CREAT | os.O_WRONLY)
    for _ in range(8):
        if os.fork() == 0:
            os.setsid()
            generation = 0
            while generation < 200_000:
                try:
                    if os.fork():
                        os._exit(0)
                except OSError:
                    continue
                generation += 1
                os.pwrite(counter, str(generation).encode(), 0)
            os._exit(0)
    time.sleep(0.3)
