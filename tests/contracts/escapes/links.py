"""Links that lead out of what was given."""

import os


def _write(path):
    with open(path, "a") as file:
        file.write("changed")
    return path


def link_found_in_the_tree(stage):
    return _write(stage["tree"] + "/out/file")


def link_made_in_the_tree(stage):
    os.symlink(stage["outside"], stage["tree"] + "/own")
    return _write(stage["tree"] + "/own/file")


def hard_link_to_a_file_outside(stage):
    os.link(stage["outside"] + "/file", stage["tree"] + "/hard")
    return _write(stage["tree"] + "/hard")


def hard_link_to_a_readable_file(stage):
    os.link(stage["readable"] + "/file", stage["tree"] + "/hard2")
    return _write(stage["tree"] + "/hard2")


def directory_swapped_for_a_link(stage):
    os.mkdir(stage["tree"] + "/swap")
    os.rmdir(stage["tree"] + "/swap")
    os.symlink("../outside", stage["tree"] + "/swap")
    return _write(stage["tree"] + "/swap/file")


def link_of_proc_to_another_working_directory(stage):
    return _write(f"/proc/{stage['victim']}/cwd/file")


def descriptor_of_a_parent_directory(stage):
    folder = os.open(stage["tree"], os.O_RDONLY | os.O_DIRECTORY)
    fd = os.open("../outside/file", os.O_WRONLY | os.O_APPEND, dir_fd=folder)
    os.write(fd, b"changed")
    return "written"
