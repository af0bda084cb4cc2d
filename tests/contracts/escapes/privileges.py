"""More rights than were given: setuid files, name spaces, mounts, kernel settings, devices."""

import ctypes
import os
import stat

LIBC = ctypes.CDLL(None, use_errno=True)
NEW_USER, NEW_MOUNT, NEW_NET = 0x10000000, 0x20000, 0x40000000


def _call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return "done"


def _is_setuid(path):
    return path if os.stat(path).st_mode & stat.S_ISUID else None


def setuid_by_chmod(stage):
    with open("tool", "w"):
        os.chmod("tool", 0o4755)
    return _is_setuid("tool")


def setuid_by_a_descriptor(stage):
    fd = os.open("tool2", os.O_CREAT | os.O_WRONLY)
    os.fchmod(fd, 0o4755)
    return _is_setuid("tool2")


def setuid_at_creation(stage):
    os.close(os.open("tool3", os.O_CREAT | os.O_WRONLY, 0o4755))
    return _is_setuid("tool3")


def setuid_by_mknod(stage):
    os.mknod("tool4", stat.S_IFREG | 0o4755)
    return _is_setuid("tool4")


def setuid_by_a_newer_call(stage):
    with open("tool5", "w"):
        LIBC.syscall(452, -100, b"tool5", 0o4755, 0)
    return _is_setuid("tool5")


def setuid_by_a_call_whose_arguments_lie_in_memory(stage):
    how = (ctypes.c_uint64 * 3)(os.O_CREAT | os.O_WRONLY, 0o4755, 0)
    LIBC.syscall(437, -100, b"tool6", how, 24)
    return _is_setuid("tool6")


def user_name_space(stage):
    return _call(LIBC.unshare(NEW_USER))


def user_name_space_by_clone(stage):
    child = LIBC.syscall(56 if os.uname().machine == "x86_64" else 220, NEW_USER | 17, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    return _call(child)


def user_name_space_by_a_newer_call(stage):
    arguments = (ctypes.c_uint64 * 8)(NEW_USER, 0, 0, 0, 17, 0, 0, 0)
    child = LIBC.syscall(435, arguments, 64)
    if child == 0:
        os._exit(0)
    return _call(child)


def network_name_space(stage):
    return _call(LIBC.unshare(NEW_USER | NEW_NET))


def name_space_of_another_process(stage):
    fd = os.open(f"/proc/{stage['victim']}/ns/net", os.O_RDONLY)
    return _call(LIBC.setns(fd, 0))


def mount_in_the_tree(stage):
    os.mkdir("point")
    return _call(LIBC.mount(b"none", b"point", b"tmpfs", 0, None))


def remount_of_the_root(stage):
    return _call(LIBC.mount(b"none", b"/usr", None, 32 | 4096, None))


def unmount_of_a_cover(stage):
    return _call(LIBC.umount2(stage["tree"].encode() + b"/.git", 2))


def mount_by_newer_calls(stage):
    return _call(LIBC.syscall(430, b"tmpfs", 0))


def other_root(stage):
    return _call(LIBC.chroot(stage["tree"].encode()))


def device_file(stage):
    os.mknod("memory", stat.S_IFCHR | 0o600, os.makedev(1, 1))
    return "made"


def core_pattern(stage):
    # Opened, never written: the machine is a real one.
    return os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY)


def any_setting_of_the_kernel(stage):
    found = []
    for folder, _, files in os.walk("/proc/sys"):
        found += [path for path in (os.path.join(folder, name) for name in files) if os.access(path, os.W_OK)]
    return found


def any_writable_file_of_proc_outside_its_own_processes(stage):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() or name in ("self", "thread-self", "pressure"):
            continue
        for folder, _, files in os.walk(f"/proc/{name}") if os.path.isdir(f"/proc/{name}") else [("/proc", [], [name])]:
            for file in files:
                path = os.path.join(folder, file)
                if os.access(path, os.W_OK) and stat.S_ISREG(os.stat(path).st_mode):
                    found.append(path)
    return found


def restart_of_the_machine(stage):
    # Opened, never written.
    return os.open("/proc/sysrq-trigger", os.O_WRONLY)


def any_setuid_program_of_the_system(stage):
    with open("/proc/self/status") as file:
        return "NoNewPrivs:\t0" in file.read()


def capabilities(stage):
    with open("/proc/self/status") as file:
        lines = file.readlines()
    # What bounds new privileges says nothing where none can be had.
    names = ("CapEff", "CapPrm") if "NoNewPrivs:\t1\n" in lines else ("CapEff", "CapPrm", "CapBnd")
    return [line for line in lines if line.startswith(names) and line.split()[1].strip("0")]
