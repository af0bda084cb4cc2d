"""The time a run goes by."""

from __future__ import annotations

from director.bootstrap import Clock


def test_the_time_goes_on_when_the_machines_clock_is_set_back() -> None:
    wall = iter([1000.0, 1010.0, 500.0, 510.0, 5000.0, 5001.0])
    passed = iter([0.0, 10.0, 20.0, 30.0, 40.0, 41.0])
    clock = Clock(lambda: next(wall), lambda: next(passed))

    told = [clock() for _ in range(5)]

    assert told == [1010.0, 1020.0, 1030.0, 5000.0, 5001.0]
