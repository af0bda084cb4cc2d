"""Compare what a sandbox really mounted with what was meant: a path may have led elsewhere when it was followed."""

# Importing pathlib would take longer than all else a supervisor does before the command runs.
# ruff: noqa: PTH116

from __future__ import annotations

import os
import select
import time

_PAUSE = 0.0005
_SECONDS = 30.0


def led_astray(
    first: int, ended: int, meant: tuple[tuple[str, int, int], ...], seconds: float = _SECONDS
) -> str:  # fmt: skip
    """Wait until the sandbox's own root stands; return a path that shows another file than was meant, or nothing.

    `meant` are paths with device and inode; `ended` is readable once the first process is gone. Raise OSError when the
    root does not stand in time: what nobody could look at is not trusted.
    """
    root = f"/proc/{first}/root"
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    deadline = time.monotonic() + seconds
    while not _stands(root):
        if poll.poll(0):
            return ""  # it never will: whoever waits for its end learns why
        if time.monotonic() > deadline:
            raise OSError(f"the sandbox was not mounted within {seconds:g} s: the machine has too much to do")
        time.sleep(_PAUSE)
    for path, device, inode in meant:
        try:
            found = os.stat(root + path, follow_symlinks=False)
        except OSError:
            return path
        if (found.st_dev, found.st_ino) != (device, inode):
            return path
    return ""


def _stands(root: str) -> bool:
    # Bubblewrap builds it below a root of its own with these two folders, and leaves that last of all.
    try:
        now, ours = os.stat(f"{root}/"), os.stat("/")
    except OSError:
        return False
    building = os.path.lexists(f"{root}/newroot") and os.path.lexists(f"{root}/oldroot")
    return (now.st_dev, now.st_ino) != (ours.st_dev, ours.st_ino) and not building
