"""What is not known to be mounted as it was meant lets no command begin."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from agents.sandbox.supervisor.mounted import led_astray

MEANT = (("/etc/hostname", 0, 0),)


@pytest.fixture
def first() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process that never gets a root of its own, and what tells of its end."""
    with subprocess.Popen(["sleep", "60"]) as process:
        ended = os.pidfd_open(process.pid)
        yield process, ended
        os.close(ended)
        process.kill()


def test_a_root_that_does_not_stand_in_time_is_an_error(first: tuple[subprocess.Popen[bytes], int]) -> None:
    process, ended = first

    with pytest.raises(OSError, match="was not mounted within"):
        led_astray(process.pid, ended, MEANT, seconds=0.05)


def test_a_sandbox_that_ended_says_itself_why(first: tuple[subprocess.Popen[bytes], int]) -> None:
    process, ended = first
    process.kill()

    assert led_astray(process.pid, ended, MEANT) == ""
