"""Any sequence of facts folds; what follows is settled after a few steps; a prompt can always be written and sent."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.brains.conversation.decide import decide, pending
from agents.brains.conversation.facts import Answered, Condensed, Fact, Faulted, Nudged, Observed, Opened
from agents.brains.conversation.record import events_of, facts_of
from agents.brains.conversation.state import State, fold
from agents.brains.conversation.wording import messages
from agents.ports import Message, ModelAnswer, ToolCall
from ledger.blobs import MemoryBlobs
from ledger.events import AttemptId
from tests.brains.said import OPENING, terms

WORDS = st.sampled_from(["", "x", "done", "1 failed in 0.2s", "clamp " * 300, "ä€🙂", "</data>", "\x00"])
NAMES = st.sampled_from(["read_file", "edit_file", "run_tests", "finish", "Finish", "nothing", ""])
ARGUMENTS = st.sampled_from(
    ['{"path": "a.py"}', "{}", "", "{", "[1]", '{"summary": 3}', "null", '{"new": "' + "y" * 1500 + '"}']
)
CALLS = st.builds(ToolCall, st.sampled_from(["", "a", "b", "call_1"]), NAMES, ARGUMENTS)
ANSWERS = st.builds(
    ModelAnswer, WORDS, st.lists(CALLS, max_size=3).map(tuple), finish=st.sampled_from(["stop", "tool_calls", "length"])
)
KEYS = st.integers(1, 6).map(lambda nth: f"act-{nth}")
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(Opened, st.just(OPENING.messages)),
    st.builds(Answered, KEYS, ANSWERS),
    st.builds(Answered, st.just("condense-9"), ANSWERS),
    st.builds(Faulted, KEYS, st.sampled_from(["cut", "context_overflow", "bad_tool_call"]), WORDS),
    st.builds(Faulted, st.just("condense-9"), st.just("overloaded"), WORDS),
    st.builds(
        Observed, st.tuples(KEYS, st.sampled_from(["1", "2", "check"])).map(".".join), NAMES, st.booleans(), WORDS,
        tree=st.sampled_from(["", "t1", "t2"]), stage=st.sampled_from(["run", "schema", "repeated", "approval"]),
        counts=st.sampled_from([{}, {"passed": 1.0, "wanted": 2.0}]),
    ),
    st.builds(Nudged, st.sampled_from(["same action", "few left"]), WORDS),
    st.builds(Condensed, st.integers(0, 9000), st.integers(0, 9000), st.sampled_from(["cut", "summary"])),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(FACTS, max_size=20), st.integers(300, 20_000))
def test_any_facts_fold_to_a_state_that_knows_what_to_do(facts: list[Fact], tokens: int) -> None:
    state = fold(State(terms(tokens=tokens)), [OPENING, *facts])

    for _ in range(20):
        following = decide(state)
        state = fold(state, following)
        if not following:
            break

    assert decide(state) == ()
    assert pending(state) == pending(state)
    answerable(messages(state))


def answerable(said: tuple[Message, ...]) -> None:
    """What every provider demands: each call is answered right behind it, nobody speaks twice in a row as the user."""
    open_calls: list[str] = []
    for before, each in zip((None, *said), said, strict=False):
        if each.role == "tool":
            assert each.answers == open_calls.pop(0)
        else:
            assert open_calls == []
        if each.role == "user" and before is not None:
            assert before.role != "user"
        if each.role == "assistant":
            assert each.text.strip() or each.tool_calls
            open_calls = [call.id for call in each.tool_calls]
            assert len(set(open_calls)) == len(open_calls) and all(open_calls)
    assert open_calls == []


@settings(max_examples=60, deadline=None)
@given(st.lists(FACTS, max_size=12), st.lists(FACTS, max_size=12))
def test_folded_in_two_halves_is_folded_at_once(first: list[Fact], then: list[Fact]) -> None:
    begun = State(terms(tokens=3000))

    assert fold(fold(begun, first), then) == fold(begun, [*first, *then])


@settings(max_examples=60, deadline=None)
@given(st.lists(FACTS, max_size=8))
def test_what_the_loop_records_is_read_back_as_it_was(facts: list[Fact]) -> None:
    blobs = MemoryBlobs()
    own = [each for each in facts if isinstance(each, Nudged | Condensed) or _is_looked(each)]

    events = [event for fact in own for event in events_of(fact, AttemptId("a"), blobs)]

    assert list(facts_of(events, blobs)) == own


def _is_looked(fact: Any) -> bool:
    return isinstance(fact, Observed) and fact.stage == "run"
