"""A conversation that goes round in circles is nudged once, turned to another strategy once, and given up then."""

from __future__ import annotations

import json
from itertools import count

import pytest

from agents.brains.conversation.decide import Check, Over, Use
from agents.brains.conversation.facts import Observed
from agents.brains.conversation.stuck import outcome
from agents.ports import ModelAnswer, ToolCall
from tests.brains.said import began, call, calls, says, seen, talk


def test_the_same_call_with_the_same_outcome_is_nudged_then_turned_then_given_up() -> None:
    state, _, sent = talk(began(), lambda nth: calls(call("read_file", path="a.py")), lambda each: seen(each))

    assert [each.pattern for each in state.nudges] == ["same action", "same action"]
    assert "take a different step" in state.nudges[0].told
    assert "another way" in state.nudges[1].told
    assert len(sent) == 9


def test_an_answer_that_repeats_its_calls_is_a_circle_though_one_of_them_changes_a_file_each_time() -> None:
    again = call("edit_file", old="a", new="aa"), call("edit_file", nth=2, old="b", new="c")
    tick = count()

    def longer_each_time(made: ToolCall) -> Observed:
        if "aa" not in made.arguments:
            return seen(made, "no such lines", success=False)
        return seen(made, f"line {next(tick)} is new", tree=f"t{next(tick)}")

    state, _, sent = talk(began(), lambda nth: calls(*again), longer_each_time)

    assert {each.pattern for each in state.nudges} == {"same action"}
    assert len(sent) == 9


def test_the_first_change_is_looked_at_at_once_and_then_every_sixth() -> None:
    _, owed, _ = talk(
        began(steps=9), lambda nth: calls(call("edit_file", line=nth)), lambda each: seen(each, tree=each.arguments)
    )

    looked = [nth for nth, each in enumerate(owed) if isinstance(each, Check)]
    assert [sum(isinstance(each, Use) for each in owed[:nth]) for nth in looked] == [1, 7]


def test_waiting_for_something_that_moves_is_not_a_circle() -> None:
    tick = count()

    state, _, _ = talk(
        began(steps=9, checks=False),
        lambda nth: calls(call("run_tests")),
        lambda each: seen(each, f"{next(tick)} of 40 done"),
    )

    assert state.nudges == ()


def test_an_outcome_that_differs_by_chance_alone_is_the_same() -> None:
    assert outcome("1 failed in 0.31s at 0x7f1a in /tmp/x/a.py") == outcome("1 failed in 1.2s at 0x80 in /tmp/y/a.py")
    assert outcome("2 failed") != outcome("1 failed")


def test_back_and_forth_is_a_circle() -> None:
    there, back = call("edit_file", old="a", new="b"), call("edit_file", old="b", new="a")

    state, owed, _ = talk(
        began(), lambda nth: calls(there if nth % 2 else back), lambda each: seen(each, tree=each.arguments)
    )

    assert state.nudges[0].pattern == "ping-pong"
    assert sum(isinstance(each, Use) for each in owed) == 12


def test_different_calls_that_fail_for_the_same_reason_are_a_circle() -> None:
    state, _, _ = talk(
        began(),
        lambda nth: calls(call("edit_file", old=f"x{nth}")),
        lambda each: seen(each, "shop.py has no such lines", success=False),
    )

    assert state.nudges[0].pattern == "rejected alike"
    assert "shop.py has no such lines" in state.nudges[0].told


def test_files_that_are_not_there_are_a_circle_whatever_they_are_called() -> None:
    state, _, sent = talk(
        began(),
        lambda nth: calls(call("read_file", path=f"src/part_{nth}.py")),
        lambda each: seen(each, f"there is no file {json.loads(each.arguments)['path']}", success=False),
    )

    assert {each.pattern for each in state.nudges} == {"rejected alike"} and len(sent) == 12


def test_looking_at_one_thing_after_another_is_a_circle_where_a_change_could_be_checked() -> None:
    def looks(*, checks: bool) -> tuple[list[str], int]:
        state, _, sent = talk(
            began(checks=checks),
            lambda nth: calls(call("read_file", path=f"{nth}.py")),
            lambda each: seen(each, each.arguments),
        )
        return [each.pattern for each in state.nudges], len(sent)

    assert looks(checks=True) == (["only looked", "only looked"], 45)
    assert looks(checks=False) == (["few left"], 60)


def test_words_without_deeds_are_a_circle() -> None:
    state, _, sent = talk(began(), lambda nth: says(f"Let me think about it, take {nth}."), lambda each: seen(each))

    assert state.nudges[0].pattern == "nothing done"
    assert len(sent) <= 6


def test_many_changes_without_a_better_check_are_a_circle() -> None:
    def edits(nth: int) -> ModelAnswer:
        return calls(call("edit_file", line=nth))

    state, owed, _ = talk(began(), edits, lambda each: seen(each, each.arguments, tree=each.arguments))

    assert state.nudges[0].pattern == "no gate moved"
    assert isinstance(owed[-1], Over) and not owed[-1].done


def test_changes_that_make_the_check_better_are_none() -> None:
    passed = count(1)

    state, _, _ = talk(
        began(steps=40),
        lambda nth: calls(call("edit_file", line=nth)),
        lambda each: seen(each, each.arguments, tree=each.arguments),
        lambda state: (False, float(next(passed))),
    )

    assert [each.pattern for each in state.nudges] == ["few left"]
    assert state.best.passed == next(passed) - 1


@pytest.mark.parametrize("steps", [2, 7])
def test_a_nudge_that_helps_is_forgotten(steps: int) -> None:
    """Patterns are looked for since the last nudge only."""

    def model(nth: int) -> ModelAnswer:
        return calls(call("read_file", path="a.py" if nth <= 3 else f"{nth}.py"))

    def world(made: ToolCall) -> Observed:
        return seen(made, made.arguments)

    state, _, _ = talk(began(steps=3 + steps, checks=False), model, world)

    assert [each.pattern for each in state.nudges if each.pattern != "few left"] == ["same action"]
