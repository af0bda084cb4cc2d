"""A candidate hangs when it uses up its time, not when the machine is busy with something else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from agents.inside.forks import processor_seconds


@pytest.mark.skipif(sys.platform != "linux", reason="the clock of another process is Linux's")
def test_processor_time_of_a_stopped_child_does_not_run_on() -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as child:
        while (processor_seconds(child.pid) or 0.0) < 0.1:
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGSTOP)
        time.sleep(0.1)

        before = processor_seconds(child.pid)
        time.sleep(0.3)

        assert before is not None and before > 0.0
        assert processor_seconds(child.pid) == before
        child.kill()


def test_a_process_that_is_gone_has_no_time() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    assert processor_seconds(child.pid) is None
