"""Secrets of the user: in the home directory, in environments, in /proc, in /etc."""

import os


def _read(path, secret):
    with open(path, errors="replace") as file:
        text = file.read()
    return path if secret in text else None


def key_in_the_home_directory(stage):
    return _read(stage["home"] + "/.ssh/id_rsa", stage["secret"])


def listing_of_the_real_home(stage):
    # The ways to the toolchain and to this code may lead through it; what else is there may not be seen.
    return [name for name in os.listdir(stage["real_home"]) if name not in stage["ways"]]


def key_found_by_a_walk_from_the_root(stage):
    for folder, folders, files in os.walk(os.path.dirname(stage["home"])):
        folders[:] = [name for name in folders if name not in ("proc", "sys")]
        if "id_rsa" in files:
            return _read(os.path.join(folder, "id_rsa"), stage["secret"])
    return None


def environment_of_the_daemon(stage):
    return [name for name, value in os.environ.items() if stage["secret"] in value]


def environments_in_proc(stage):
    found = []
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if stage["secret"].encode() in file.read():
                        found.append(pid)
            except OSError:
                continue
    return found


def home_through_the_root_of_another_process(stage):
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                return _read(f"/proc/{pid}/root{stage['home']}/.ssh/id_rsa", stage["secret"])
            except OSError:
                continue
    return None


def home_through_a_working_directory_in_proc(stage):
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            for way in ("cwd/../../../../../../..", "cwd/.."):
                try:
                    return _read(f"/proc/{pid}/{way}{stage['home']}/.ssh/id_rsa", stage["secret"])
                except OSError:
                    continue
    return None


def names_of_the_machines_users(stage):
    with open("/etc/passwd") as file:
        return stage["user"] in [line.split(":")[0] for line in file if not line.startswith("root:")]


def neighbouring_project(stage):
    return _read(stage["neighbour"] + "/file", stage["secret"])
