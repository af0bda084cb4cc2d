"""What is sent stays bounded and begins as what was sent before, except where the conversation was condensed."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from agents.brains.conversation.decide import Over, Summarise, decide, pending
from agents.brains.conversation.facts import Answered, Condensed, Faulted, Observed
from agents.brains.conversation.state import WHOLE, State
from agents.brains.conversation.wording import messages
from agents.ports import Message, ToolCall
from tests.brains.said import began, call, calls, says, seen, settled, talk

OUTPUT = "def clamp(x, low, high): ...\n" * 70
"""About 2 kB, as a tool gives."""


def bytes_of(said: tuple[Message, ...]) -> int:
    return sum(len(each.text) + sum(len(c.arguments) for c in each.tool_calls) for each in said)


@cache
def worked(steps: int, output: str = OUTPUT, tokens: int = 12_000) -> tuple[State, list[tuple[Message, ...]]]:
    def world(made: ToolCall) -> Observed:
        return seen(made, f"{made.arguments}\n{output}")

    state, _, sent = talk(
        began(steps=steps, tokens=tokens, checks=False),
        lambda nth: calls(call("read_file", path=f"{nth}.py"), text=f"I look at {nth}.py next. " * 4),
        world,
    )
    return state, sent


def test_between_condensations_each_prompt_begins_with_the_one_before() -> None:
    state, sent = worked(60)
    broken = sum(now[: len(then)] != then for then, now in pairwise(sent))

    assert 0 < broken <= 60 * 2200 / (0.4 * 12_000 * 3) + 2
    assert state.cut > 0


def test_no_prompt_is_longer_than_what_fits() -> None:
    _, sent = worked(100)

    assert max(map(bytes_of, sent)) <= 12_000 * 3 + 2 * len(OUTPUT)


def test_the_bytes_sent_grow_with_the_steps_and_not_with_their_square() -> None:
    _, few = worked(20)
    _, many = worked(100)
    short, long = sum(map(bytes_of, few)), sum(map(bytes_of, many))

    assert long < 9 * short
    assert long < 0.25 * everything(100)


def test_the_bytes_no_cache_knows_are_a_small_part() -> None:
    """What a provider's cache does not find again: everything after the longest beginning two prompts share."""
    _, sent = worked(100)
    new = bytes_of(sent[0]) + sum(fresh(then, now) for then, now in pairwise(sent))
    said = 100 * (len(OUTPUT) + 150)

    assert new < 3 * said


def fresh(then: tuple[Message, ...], now: tuple[Message, ...]) -> int:
    same = next((n for n, (a, b) in enumerate(zip(then, now, strict=False)) if a != b), min(len(then), len(now)))
    return bytes_of(now[same:])


def everything(steps: int, output: str = OUTPUT) -> int:
    """Return the bytes that would be sent if each step sent all that was said before it."""
    return steps * (steps - 1) // 2 * (len(output) + 120)


def test_old_outcomes_go_first_and_recent_ones_stay() -> None:
    state, _ = worked(30)
    said = [each for each in messages(state) if each.role == "tool"]

    assert "left out here" in said[0].text and all(OUTPUT in each.text for each in said[-WHOLE:])
    assert "- read_file: done." in state.summary and '"I look at 1.py next.' in state.summary


def test_what_is_old_is_told_shorter_before_there_is_need_to() -> None:
    """It would be sent with every step. Rarely, so that between two times a provider's cache finds what was sent."""
    _, sent = worked(100, OUTPUT[:700], 24_000)
    broken = sum(now[: len(then)] != then for then, now in pairwise(sent))

    assert sum(map(bytes_of, sent)) < 0.4 * everything(100, OUTPUT[:700])
    assert broken <= 10


def test_what_cannot_be_cut_is_told_by_a_summary_of_the_model() -> None:
    """Long answers of the model itself are no outcomes of tools."""
    state, owed, sent = talk(
        began(steps=40, tokens=6_000, checks=False),
        lambda nth: calls(call("edit_file", path=f"{nth}.py", new="x = 1\n" * 200)),
        lambda each: seen(each, tree=each.id),
    )

    assert any(isinstance(each, Summarise) for each in owed)
    assert "clamp returns the wrong end" in state.summary
    assert max(map(bytes_of, sent)) <= 6_000 * 3 + 4_000
    assert [each.role for each in messages(state)[:5]] == ["system", "user", "assistant", "user", "assistant"]


def test_when_no_summary_is_made_the_deeds_are_told_line_by_line() -> None:
    turns = [
        fact
        for nth in range(1, 9)
        for fact in (
            Answered(f"act-{nth}", calls(call("edit_file", nth, new="y" * 3000))),
            Observed(f"act-{nth}.1", "edit_file", True, "done", f"{nth}.py changed", tree=f"t{nth}"),
        )
    ]
    state = settled(began(*turns, tokens=6_000, checks=False))
    owed = pending(state)
    assert isinstance(owed, Summarise)

    state = settled(began(*turns, Faulted(owed.key, "overloaded", "no"), tokens=6_000, checks=False))

    assert "- edit_file: done. 1.py changed" in state.summary
    assert not isinstance(pending(state), Summarise | Over)


def test_what_frees_less_than_a_tenth_is_not_condensed_and_ends_the_attempt() -> None:
    state = settled(began(Answered("act-1", says("z" * 60_000)), Observed("act-1.1", "finish", False, "no")))

    assert decide(began(Answered("act-1", says("z" * 90_000)))) == ()
    assert not any(isinstance(each, Condensed) for each in decide(state))


def test_a_model_that_takes_less_than_was_said_is_asked_with_less() -> None:
    turns = [
        fact
        for nth in range(1, 12)
        for fact in (
            Answered(f"act-{nth}", calls(call("read_file", path=f"{nth}.py"))),
            Observed(f"act-{nth}.1", "read_file", True, OUTPUT),
        )
    ]
    before = settled(began(*turns, tokens=12_000))

    after = settled(began(*turns, Faulted("act-12", "context_overflow", "too long"), tokens=12_000))

    assert before.cut == 0 and after.cut > 0
    assert bytes_of(messages(after)) < 0.7 * bytes_of(messages(before))


@pytest.mark.parametrize("size", [30_000, 300_000])
def test_one_giant_outcome_is_shown_in_part(size: int) -> None:
    state = settled(
        began(Answered("act-1", calls(call("read_file"))), Observed("act-1.1", "read_file", True, "a" * size))
    )

    assert len(messages(state)[-1].text) < 24_000
    assert not isinstance(pending(state), Over)
