"""What an attempt found out about its models is told with what it came to, and in time for the next choice."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from agents.ports import ModelFault
from director.core.commands import Report
from director.core.decide import decide
from director.core.effects import Work, pending
from director.core.evolve import fold
from director.core.state import State
from director.executors.thinking import Minds, Thinkers
from ledger.blobs import MemoryBlobs
from ledger.events import AnyEvent, AttemptFailed, AttemptGaveUp, CallFailed, NoticeRaised, attempt_stream
from ledger.memory import MemoryStore
from tests.core.thinking_world import CHEAP, ThinkingWorld, thinking
from tests.core.world import play


async def breaks(fault: str) -> AnyEvent:
    raise ModelFault(fault, f"{fault}: said so")  # type: ignore[arg-type]


async def gives_up(work: Work) -> AnyEvent:
    return AttemptGaveUp(attempt=work.attempt, why="no idea")


def at_work() -> tuple[State, Work]:
    """Return a run in which an attempt thinks with the cheap model."""
    state = State()
    for event in play(ThinkingWorld(), [thinking(parallel=1)]):
        state = fold(state, [event])
        for effect in pending(state):
            if isinstance(effect, Work) and effect.model == CHEAP:
                return state, effect
    raise AssertionError("nobody thinks")


async def told(state: State, work: Work, fault: str, ended: Awaitable[AnyEvent]) -> tuple[AnyEvent, ...]:
    store = MemoryStore(clock=lambda: 0.0)
    failed = CallFailed(attempt=work.attempt, key="act-0", model=CHEAP, nth=1, fault=fault, why="said so")
    store.append(attempt_stream(work.attempt), [failed]).result()
    assert state.run is not None
    minds = Minds(agent=lambda role: None, tools=lambda role: {}, calls=None)  # type: ignore[arg-type]
    return await Thinkers(minds, store, MemoryBlobs(), lambda signal: None).outcome(state.run, work, ended)


async def test_a_refused_key_ends_the_attempt_at_once_and_strikes_the_model_off() -> None:
    state, work = at_work()

    facts = await told(state, work, "unauthorized", breaks("unauthorized"))
    events = decide(state, Report(2000.0, facts))

    assert [e.subject for e in events if isinstance(e, NoticeRaised)] == [CHEAP]
    assert [e.retry_at for e in events if isinstance(e, AttemptFailed)] == [None]
    run = fold(state, events).run
    assert run is not None and CHEAP not in run.models


async def test_what_passes_is_tried_again() -> None:
    state, work = at_work()

    with pytest.raises(ModelFault, match="overloaded"):
        await told(state, work, "overloaded", breaks("overloaded"))


async def test_a_model_that_another_stood_in_for_is_struck_off_too() -> None:
    state, work = at_work()

    facts = await told(state, work, "quota", gives_up(work))

    assert isinstance(facts[0], NoticeRaised) and facts[0].subject == CHEAP
    assert isinstance(facts[-1], AttemptGaveUp)
