"""A candidate hangs when it uses up its time, not when the machine is busy with something else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from agents.inside.clock import Clock, Watch, processor_seconds


@pytest.mark.slow
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


def test_standing_in_line_on_a_busy_machine_is_no_time_of_the_search() -> None:
    """A search that may take ten seconds of work gets them, however many others want the machine."""
    wall, line = iter([0.0, 30.0, 31.0, 200.0]), iter([2.0, 7.0, 9.0, 201.0])
    clock = Clock(wall=lambda: next(wall), line=lambda: next(line))

    clock.lose(15.0)  # a fork that was waited for

    assert clock.seconds() == 30.0 - 15.0, "it may have stood in line while the fork did"
    clock.lose(20.0)
    assert clock.seconds() == 15.0, "it never runs back"
    assert clock.seconds() == 200.0 / 8, "the longest line ends"


@pytest.mark.parametrize(
    ("line", "used", "counted"),
    [
        ([1.0, 5.0], [0.0, 2.0], 2.0),
        ([1.0, 1.0], [0.0, 0.0], 6.0),
        ([None, None], [1.0, 3.0], 2.0),
        ([None, None], [None, None], 6.0),
    ],
    ids=["it stood in line", "it slept", "only its processor time is known", "nothing is known"],
)
def test_a_watch_counts_what_a_child_did(line: list[float | None], used: list[float | None], counted: float) -> None:
    lines, uses, wall = iter(line), iter(used), iter([0.0, 6.0])

    watch = Watch(1, wall=lambda: next(wall), line=lambda _: next(lines), used=lambda _: next(uses))

    assert watch.seconds() == counted
