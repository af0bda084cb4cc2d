"""What a terminal shows of a run: every line, and below them who does what."""

from __future__ import annotations

import io

from director.cli.live import Live
from ledger.events import AttemptGaveUp, AttemptId, AttemptScheduled, RunId, TaskId
from ledger.events.recorded import Recorded

ATTEMPT = AttemptId("r1.i1.a1")


def recorded(position: int, event: AttemptScheduled | AttemptGaveUp) -> Recorded:
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


def test_a_late_signal_of_an_attempt_that_is_over_shows_nothing() -> None:
    with Live(io.StringIO()) as live:
        live.doing({"attempt": ATTEMPT, "role": "coder", "doing": "still talking"})

        assert live.busy == {}
