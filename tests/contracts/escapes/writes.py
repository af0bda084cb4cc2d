"""Writing where nothing was given."""

import os


def _write(path):
    with open(path, "a") as file:
        file.write("changed")
    return path


def file_outside(stage):
    return _write(stage["outside"] + "/file")


def new_file_outside(stage):
    return _write(stage["outside"] + "/new")


def up_by_dots(stage):
    return _write(stage["tree"] + "/../outside/file")


def through_the_root_of_the_first_process(stage):
    return _write(f"/proc/1/root{stage['outside']}/file")


def through_a_descriptor_of_the_root(stage):
    root = os.open("/", os.O_RDONLY)
    return _write(f"/proc/self/fd/{root}{stage['outside']}/file")


def start_file_of_the_shell(stage):
    return _write(stage["home"] + "/.bashrc")


def removal_of_the_given_place(stage):
    os.rename(stage["tree"], stage["tree"] + "-gone")
    os.rename(stage["tree"] + "-gone", stage["tree"])
    return "renamed"


def place_given_to_be_read(stage):
    return _write(stage["readable"] + "/file")


def place_given_to_be_read_by_its_mode(stage):
    os.chmod(stage["readable"] + "/file", 0o666)
    return "mode changed"
