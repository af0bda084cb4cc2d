"""The meters of a running command."""

from __future__ import annotations

import os

from agents.sandbox.supervisor.meters import volatile_inodes


def test_a_sandbox_that_has_not_mounted_yet_is_not_charged_with_the_machines_files() -> None:
    not_confined = os.getpid()

    used = volatile_inodes(not_confined, ["/tmp", "/dev/shm", "/nowhere"])

    assert used == 0
