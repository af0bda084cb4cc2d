"""What the core makes of tests that are set aside."""

from __future__ import annotations

import msgspec

from director.core.commands import Report
from director.core.decide import decide
from director.core.evolve import fold
from director.core.state import State
from ledger.events import FlakyTestQuarantined, RunId
from tests.core.world import World, play, start


def test_a_flaky_test_is_told_once_in_its_run_and_known_after_a_restart() -> None:
    state = fold(State(), play(World(), [start()], stop_after=2))
    assert state.run is not None
    flaky = FlakyTestQuarantined(run=state.run.id, test="t::a", said="now and then")

    told = decide(state, Report(1.0, (flaky, flaky, msgspec.structs.replace(flaky, run=RunId("r9")))))

    assert list(told) == [flaky]
    run = fold(state, told).run
    assert run is not None and run.quarantined == {"t::a": "now and then"}
