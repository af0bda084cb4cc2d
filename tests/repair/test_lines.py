"""Tracing a test sees what it runs, and takes no part in it."""

from __future__ import annotations

from agents.inside.lines import Recorder


class Proxy:
    """An object whose attributes its own code gives, and fails to."""

    def __init__(self) -> None:
        self.asked = 0

    @property
    def __dict__(self) -> dict[str, object]:  # type: ignore[override]
        raise KeyError("asked too early")


class Plain:
    """An object like most."""

    def __init__(self) -> None:
        self.colour = "red"


def handled(proxy: Proxy, plain: Plain) -> int:
    first = proxy
    second = plain
    return len([first, second])


def test_an_object_that_cannot_be_looked_into_does_not_end_the_tracing() -> None:
    """What it holds is read without running its code; what other objects hold is still known."""
    recorder = Recorder(lambda name: name == __file__, types=True)

    count = recorder.record(lambda: handled(Proxy(), Plain()))

    first = handled.__code__.co_firstlineno
    assert count == 2
    assert recorder.lines[__file__] >= {first + 1, first + 2, first + 3}
    assert recorder.attributes["Plain"] == {"colour"}
