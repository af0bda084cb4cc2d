"""What belongs to the user beside the tree: attributes of files, limits of processes, queues, what starts by itself."""

import array
import ctypes
import fcntl
import os
import resource
import signal
import socket
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)


def _append(path):
    with open(path, "a") as file:
        file.write("\ntouch /tmp/kaizen-escaped\n")
    return path


def times_of_a_file_outside(stage):
    os.utime(stage["outside"] + "/file", (1, 1))
    return "times changed"


def times_of_a_readable_file(stage):
    fd = os.open(stage["readable"] + "/file", os.O_RDONLY)
    os.utime(fd, (1, 1))
    return "times changed"


def mode_of_a_file_outside(stage):
    os.chmod(stage["outside"] + "/file", 0o777)
    return "mode changed"


def mode_through_a_link_in_the_tree(stage):
    os.symlink(stage["outside"], stage["tree"] + "/modes")
    os.chmod(stage["tree"] + "/modes/file", 0o777)
    return "mode changed"


def mode_by_dots_from_a_descriptor(stage):
    fd = os.open(stage["tree"], os.O_RDONLY)
    os.chmod("../outside/file", 0o777, dir_fd=fd)
    return "mode changed"


def mode_of_an_open_readable_file(stage):
    os.fchmod(os.open(stage["readable"] + "/file", os.O_RDONLY), 0o777)
    return "mode changed"


def mode_while_a_folder_is_swapped(stage):
    # A check of the name, and a change by the name, would meet two different folders.
    os.mkdir("swapped")
    open("swapped/file", "w").close()
    os.symlink(stage["outside"], "away")
    if os.fork() == 0:
        end = time.monotonic() + 1
        while time.monotonic() < end:
            try:
                LIBC.syscall(316 if os.uname().machine == "x86_64" else 276, -100, b"swapped", -100, b"away", 2)
            except OSError:
                continue
        os._exit(0)
    before = os.stat(stage["outside"] + "/file").st_mode
    end = time.monotonic() + 1
    while time.monotonic() < end:
        try:
            os.chmod("swapped/file", 0o777)
        except OSError:
            continue
    return "mode changed" if os.stat(stage["outside"] + "/file").st_mode != before else None


def owner_of_a_file_outside(stage):
    os.chown(stage["outside"] + "/file", os.getuid(), -1)
    os.chown(stage["outside"] + "/file", 12345, -1)
    return "owner changed"


def attribute_of_a_file_outside(stage):
    os.setxattr(stage["outside"] + "/file", "user.kaizen", b"x")
    return "attribute set"


def lease_of_a_readable_file(stage):
    # Whoever opens it for writing outside waits for its breaking.
    fcntl.fcntl(os.open(stage["readable"] + "/file", os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)
    return "leased"


def file_opened_for_reading_opened_again_for_writing(stage):
    fd = os.open(stage["readable"] + "/file", os.O_RDONLY)
    os.write(os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_APPEND), b"changed")
    return "written"


def truncation_of_a_file_outside(stage):
    os.truncate(stage["outside"] + "/file", 1)
    return "truncated"


def renaming_of_a_readable_file_into_the_tree(stage):
    os.rename(stage["readable"] + "/file", stage["tree"] + "/taken")
    return "moved"


def limits_of_another_process(stage):
    resource.prlimit(stage["victim"], resource.RLIMIT_NOFILE, (0, 0))
    return "limited"


def limits_of_the_launcher(stage):
    resource.prlimit(os.getppid(), resource.RLIMIT_CPU)
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (64, 64))
    return "limited" if os.getppid() > 1 else None


def priority_of_another_process(stage):
    os.setpriority(os.PRIO_PROCESS, stage["victim"], 19)
    return "slowed"


def priority_of_everything_of_the_user(stage):
    # Own processes alone are harmless: the victim must have become slower.
    os.setpriority(os.PRIO_USER, os.getuid(), 5)
    return os.getpriority(os.PRIO_PROCESS, stage["victim"]) == 5


def first_to_go_no_longer(stage):
    # When the machine runs out of memory, commands end before the user's own programs.
    with open("/proc/self/oom_score_adj") as file:
        before = int(file.read())
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("0")
    return before > 0


def processors_of_another_process(stage):
    os.sched_setaffinity(stage["victim"], {0})
    return "bound"


def own_limits_raised(stage):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return "raised"


def queue_of_messages_of_the_user(stage):
    LIBC.syscall.restype = ctypes.c_long
    number = 240 if os.uname().machine == "x86_64" else 180
    if LIBC.syscall(number, stage["queue"].encode(), os.O_WRONLY, 0, None) < 0:
        raise OSError(ctypes.get_errno(), "no such queue")
    return "opened"


def datagram_to_a_socket_at_a_path(stage):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", stage["datagram"])
    return "sent"


def datagram_out_of_a_pair_of_sockets(stage):
    one, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.sendto(b"x", stage["datagram"])
    return "sent"


def datagram_of_a_pair_by_an_older_name(stage):
    # A raw unix socket is a datagram socket by another name.
    one, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW)
    one.sendmsg([b"x"], [], 0, stage["datagram"])
    return "sent"


def file_that_the_shell_runs_by_itself(stage):
    return _append(stage["tree"] + "/.envrc")


def file_that_the_editor_runs_by_itself(stage):
    return _append(stage["tree"] + "/.vscode/tasks.json")


def folder_that_the_editor_looks_into_replaced(stage):
    os.rename(stage["tree"] + "/.vscode", stage["tree"] + "/other")
    os.mkdir(stage["tree"] + "/.vscode")
    return _append(stage["tree"] + "/.vscode/tasks.json")


def toolchain_poisoned(stage):
    places = [path for path in sys.path if os.path.isdir(path)] + [os.path.dirname(os.path.realpath(sys.executable))]
    for place in places:
        path = os.path.join(place, f"kaizen-{os.getpid()}.pth")
        try:
            with open(path, "w") as file:
                file.write("import os")
        except OSError:
            continue
        os.unlink(path)
        return path
    return None


def site_of_the_user_poisoned(stage):
    place = stage["home"] + "/.local/lib/python3/site-packages"
    os.makedirs(place)
    _append(place + "/usercustomize.py")
    # What is written to a home of the sandbox's own is gone with it.
    return os.path.exists(stage["home"] + "/.ssh/id_rsa")


def everything_signalled(stage):
    # Signal 0 asks only whether it might: who can see nobody but oneself may.
    os.kill(stage["victim"], 0)
    with open(f"/proc/{stage['victim']}/cmdline", "rb") as file:
        return stage["mark"].encode() in file.read()


def group_of_the_launcher_signalled(stage):
    group = os.getpgid(os.getppid()) if os.getppid() > 0 else 0
    if group in (0, 1, os.getpgid(0)):
        return None
    os.killpg(group, 0)
    return f"group {group}"


def launcher_stopped(stage):
    parent = os.getppid()
    if parent in (0, 1):
        return None
    os.kill(parent, 0)
    return f"process {parent}"


def end_of_the_launchers_pipe(stage):
    # Whatever is open beyond the three usual ones and can be written to could carry a forged report.
    found = []
    for name in os.listdir("/proc/self/fd"):
        number = int(name)
        if number > 2:
            try:
                kind = os.readlink(f"/proc/self/fd/{name}")
                os.write(number, b'{ "exit-code": 0 }')
            except OSError:
                continue
            found.append(kind)
    return found


def files_kept_in_flight(stage):
    # A file that has no name and no descriptor, only a message that nobody reads.
    one, _other = socket.socketpair()
    total = 0
    for number in range(16):
        fd = os.open(f"flight{number}", os.O_CREAT | os.O_RDWR)
        os.unlink(f"flight{number}")
        for _ in range(8):
            total += os.write(fd, bytes(1 << 20))
        one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])
        os.close(fd)
    time.sleep(4 if total > stage["written"] * 1.5 else 0)
    return total if total > stage["written"] * 1.5 else None


def silent_child_that_outlives_its_parent(stage):
    if os.fork() == 0:
        os.setsid()
        for number in range(3):
            os.close(number)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            os.execv("/bin/sleep", ["sleep", stage["survivor"]])
        os._exit(0)
    time.sleep(0.3)
