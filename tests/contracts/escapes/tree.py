"""What stands in the tree and leads out of it: repositories named by a pointer, sockets, pipes, closed folders."""

import os
import socket
import subprocess


def _forge(path):
    with open(path, "a") as file:
        file.write("[core]\n\tfsmonitor = touch /tmp/kaizen-escaped\n")
    return path


def repository_inside_replaced_with_its_parent(stage):
    os.rename(stage["tree"] + "/vendor", stage["tree"] + "/aside")
    os.makedirs(stage["tree"] + "/vendor/inner/.git")
    return _forge(stage["tree"] + "/vendor/inner/.git/config")


def repository_inside_exchanged_with_its_parent(stage):
    import ctypes

    os.makedirs("forged/inner/.git")
    _forge("forged/inner/.git/config")
    number = 316 if os.uname().machine == "x86_64" else 276
    if ctypes.CDLL(None, use_errno=True).syscall(number, -100, b"forged", -100, b"vendor", 2) < 0:
        raise OSError(ctypes.get_errno(), "not exchanged")
    return "exchanged"


def metadata_that_a_pointer_names(stage):
    return _forge(stage["tree"] + "/linked/store/config")


def metadata_that_a_link_names(stage):
    return _forge(stage["tree"] + "/kept/config")


def metadata_behind_a_closed_folder(stage):
    os.chmod(stage["tree"] + "/closed", 0o700)
    return _forge(stage["tree"] + "/closed/.git/config")


def hook_left_behind_in_a_closed_folder(stage):
    hooks = stage["tree"] + "/vendor/inner/.git/hooks"
    with open(hooks + "/post-checkout", "w") as file:
        file.write("#!/bin/sh\n")
    os.chmod(hooks, 0)
    return "hook written"


def pointer_changed_behind_a_closed_folder(stage):
    _forge(stage["tree"] + "/vendor/inner/.git/config")
    os.chmod(stage["tree"] + "/vendor", 0)
    return "changed"


def hook_of_a_repository_written_by_git_itself(stage):
    words = ["git", "-C", stage["tree"] + "/vendor/inner", "config", "core.fsmonitor", "/tmp/x"]
    subprocess.run(words, check=True, capture_output=True)
    return "configured"


def socket_in_the_tree(stage):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        connection.connect("server.sock")
        return connection.recv(100).decode()


def pipe_in_the_tree(stage):
    return os.write(os.open("pipe", os.O_WRONLY | os.O_NONBLOCK), b"an order")


def link_to_a_file_that_was_shared(stage):
    # A second name of a file outside is a file outside; that there is one cannot be undone from here.
    os.link(stage["outside"] + "/file", "second", follow_symlinks=False)
    return "linked"


def handle_of_the_parent_kept_over_a_rename(stage):
    up = os.open("..", os.O_RDONLY | os.O_DIRECTORY)
    fd = os.open("outside/file", os.O_WRONLY | os.O_APPEND, dir_fd=up)
    return os.write(fd, b"changed")


def rename_out_by_two_descriptors(stage):
    up = os.open(stage["tree"] + "/..", os.O_PATH | os.O_DIRECTORY)
    with open("mine", "w") as file:
        file.write("x")
    os.rename("mine", "outside/mine", dst_dir_fd=up)
    return "moved out"


def name_made_for_a_nameless_file_outside(stage):
    import ctypes

    fd = os.open(stage["tree"], os.O_TMPFILE | os.O_RDWR, 0o644)
    path = f"/proc/self/fd/{fd}".encode()
    to = (stage["outside"] + "/named").encode()
    if ctypes.CDLL(None, use_errno=True).linkat(-100, path, -100, to, 0x400) < 0:
        raise OSError(ctypes.get_errno(), "not linked")
    return "named"


def folders_without_end_left_in_a_protected_one(stage):
    # Whoever puts back what was there has to walk through them.
    os.chdir(".vscode")
    for _ in range(1500):
        os.mkdir("a")
        os.chdir("a")
    return "made"
