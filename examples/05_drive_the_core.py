"""Drive the core by hand: commands in, events out, and what is owed to the world. No clock, no disk, no git.

python examples/05_drive_the_core.py
"""

from __future__ import annotations

from collections.abc import Sequence

from director.core.commands import Ask, Command, Report, Start
from director.core.decide import decide
from director.core.effects import key_of, pending
from director.core.evolve import fold
from director.core.state import State
from ledger.events import (
    AnyEvent,
    BaselineMeasured,
    Budget,
    Finding,
    GateSpec,
    Reading,
    RequestId,
    RunId,
    StopRequested,
    TargetPrepared,
)

RUN = RunId("r1")
LINT = GateSpec(name="lint", better="lower", target=0, tolerance=0)
UNUSED = Finding(rule="F401", message="unused import", path="a.py", line=1, fixable=True)

COMMANDS: Sequence[Command] = (
    Start(at=0, commit="c0", tree="t0", gates=(LINT,), budget=Budget(), seed=7),
    Report(at=1, facts=(TargetPrepared(run=RUN, python="python3", source="base"),)),
    Report(at=2, facts=(BaselineMeasured(run=RUN, tree="t0", readings=(Reading(gate="lint", value=1, findings=(UNUSED,)),),
                                         score=50),)),
    Ask(at=3, request=StopRequested(request=RequestId("q1"), by="you")),
)  # fmt: skip


def step(state: State, command: Command) -> State:
    """Decide, fold, and show both and what is owed now."""
    events: Sequence[AnyEvent] = decide(state, command)
    state = fold(state, events)
    print(f"{type(command).__name__} ->")
    for event in events:
        print(f"    {type(event).__name__}")
    print("  owed:", [key_of(effect) for effect in pending(state)] or "nothing")
    return state


state = State()
for command in COMMANDS:
    state = step(state, command)
again = [decide(state, command) for command in COMMANDS[1:]]
print("asked the same again:", again)
