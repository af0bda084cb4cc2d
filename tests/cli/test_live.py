"""What a terminal shows of a run: every line, and below them who does what."""

from __future__ import annotations

import io

from msgspec.structs import replace

from director.cli.errors import STALLED, UNDELIVERED, status_of
from director.cli.live import Live
from director.cli.report import Lines
from ledger.events import (
    AnyEvent,
    AttemptGaveUp,
    AttemptId,
    AttemptScheduled,
    RunEnded,
    RunId,
    TaskId,
)
from ledger.events.recorded import Recorded

ATTEMPT = AttemptId("r1.i1.a1")


RUN = RunId("r1")


def recorded(position: int, event: AnyEvent) -> Recorded:
    return Recorded(
        position=position, stream="director", version=position, at=0.0, actor="director", cause=0, event=event, link=""
    )


def scheduled() -> AttemptScheduled:
    return AttemptScheduled(
        run=RunId("r1"), iteration=1, attempt=ATTEMPT, task=TaskId("lint"), role="coder", base="c", seed=1
    )


def test_a_signal_shows_what_an_attempt_does_until_it_is_over() -> None:
    out = io.StringIO()

    with Live(out) as live:
        live.show(recorded(1, scheduled()))
        live.doing({"attempt": ATTEMPT, "role": "coder", "doing": "sorting imports"})
        busy = dict(live.busy)
        live.show(recorded(2, AttemptGaveUp(attempt=ATTEMPT, why="nothing to sort")))

    assert busy == {ATTEMPT: "coder  sorting imports"}
    assert live.busy == {}
    assert "no answer: nothing to sort" in out.getvalue()


def test_a_branch_that_was_not_delivered_is_the_last_line_and_no_success() -> None:
    said: list[str] = []
    lines = Lines(said.append)
    ended = RunEnded(
        run=RUN, at=0.0, state="completed", why="all gates pass", gates=(), landed=1, rejected=0, left=(), cost=0.0,
        seconds=1.0, branch="", undelivered="read-only file system",
    )  # fmt: skip

    lines.show(recorded(1, ended))

    assert said[-2].startswith("completed")
    assert said[-1] == "error        the branch was not delivered: read-only file system"
    assert status_of(ended) == UNDELIVERED
    assert status_of(replace(ended, state="stalled")) == STALLED


def test_a_late_signal_of_an_attempt_that_is_over_shows_nothing() -> None:
    with Live(io.StringIO()) as live:
        live.doing({"attempt": ATTEMPT, "role": "coder", "doing": "still talking"})

        assert live.busy == {}
