"""Git metadata: what git on the host would read or run later."""

import os


def _append(path):
    with open(path, "a") as file:
        file.write("[core]\n\tfsmonitor = touch /tmp/kaizen-escaped\n")
    return path


def pointer_rewritten(stage):
    return _append(stage["tree"] + "/.git")


def pointer_removed(stage):
    os.remove(stage["tree"] + "/.git")
    return "removed"


def pointer_replaced(stage):
    with open(stage["tree"] + "/forged", "w") as file:
        file.write("gitdir: /tmp/elsewhere\n")
    os.replace(stage["tree"] + "/forged", stage["tree"] + "/.git")
    return "replaced"


def pointer_moved_away(stage):
    os.rename(stage["tree"] + "/.git", stage["tree"] + "/.git-old")
    return "moved"


def configuration(stage):
    return _append(stage["main"] + "/.git/config")


def hook(stage):
    with open(stage["main"] + "/.git/hooks/post-checkout", "w") as file:
        file.write("#!/bin/sh\n")
    return "hook written"


def reference(stage):
    with open(stage["main"] + "/.git/refs/heads/forged", "w") as file:
        file.write("0" * 40)
    return "reference written"


def metadata_of_the_worktree(stage):
    return _append(stage["gitdir"] + "/commondir")


def configuration_of_a_repository_inside(stage):
    return _append(stage["tree"] + "/vendor/inner/.git/config")


def configuration_inside_after_its_parent_was_moved(stage):
    os.rename(stage["tree"] + "/vendor", stage["tree"] + "/moved")
    try:
        return _append(stage["tree"] + "/moved/inner/.git/config")
    finally:
        os.rename(stage["tree"] + "/moved", stage["tree"] + "/vendor")


def token_of_the_remote(stage):
    with open(stage["main"] + "/.git/config") as file:
        return stage["secret"] in file.read()
