"""What a conversation does next follows from its facts alone."""

from __future__ import annotations

import json

import pytest

from agents.brains.conversation.decide import Ask, Check, Open, Over, Use, decide, pending
from agents.brains.conversation.facts import Answered, Faulted, Nudged, Observed
from agents.brains.conversation.shelf import lean
from agents.brains.conversation.speaking import hearing
from agents.brains.conversation.state import State, fold
from agents.brains.conversation.turns import Heard
from agents.brains.conversation.wording import CUT, EMPTY, UNCLEAR, messages
from agents.ports import ModelAnswer, ToolCall, ToolSchema
from tests.brains.said import began, call, calls, says, seen, settled, talk, terms

READ = call("read_file", path="shop.py")
EDIT = call("edit_file", path="shop.py", old="low", new="high")
DONE = call("finish", summary="clamp returns the right end")


def after(*facts: object, **given: object) -> State:
    return settled(began(*facts, **given))  # type: ignore[arg-type]


def test_a_conversation_begins_with_its_opening_and_then_asks() -> None:
    assert pending(State(terms())) == Open()
    assert pending(began()) == Ask("act-1", 4096)


def test_the_calls_of_an_answer_are_used_under_names_of_their_own() -> None:
    state = after(Answered("act-1", calls(READ, EDIT)))

    owed = pending(state)

    assert isinstance(owed, Use)
    assert [(each.id, each.name) for each in owed.calls] == [("act-1.1", "read_file"), ("act-1.2", "edit_file")]


def test_what_is_done_of_an_answer_is_not_done_again() -> None:
    state = after(Answered("act-1", calls(READ, EDIT)), Observed("act-1.1", "read_file", True, "x = 1"))

    owed = pending(state)

    assert isinstance(owed, Use)
    assert [each.id for each in owed.calls] == ["act-1.2"]


def test_the_model_is_told_what_came_of_each_call_under_the_name_it_gave() -> None:
    state = after(Answered("act-1", calls(READ)), Observed("act-1.1", "read_file", True, "x = 1"))

    said = messages(state)

    assert pending(state) == Ask("act-2", 4096)
    assert [each.role for each in said] == ["system", "user", "assistant", "tool"]
    assert (said[-1].text, said[-1].answers) == ("x = 1", READ.id)


def test_finish_comes_after_everything_else_and_is_looked_at() -> None:
    state = after(Answered("act-1", calls(DONE, EDIT)))
    worked = fold(state, [Observed("act-1.2", "edit_file", True, "done", tree="t1")])

    first, then = pending(state), pending(settled(worked))

    assert isinstance(first, Use) and [each.id for each in first.calls] == ["act-1.2"]
    assert then == Check("act-1.1", "clamp returns the right end", finish=True)


def test_an_answer_without_a_call_says_that_the_model_is_done() -> None:
    state = after(Answered("act-1", says("All done.")))

    assert pending(state) == Check("act-1.1", "All done.", finish=True)


def test_done_and_looked_at_is_over() -> None:
    state = after(Answered("act-1", calls(DONE)), Observed("act-1.1", "finish", True, "", summary="1 of 1 pass"))

    assert pending(state) == Over(done=True, said="clamp returns the right end", arguments=DONE.arguments)


def test_done_but_not_so_goes_on_with_what_is_missing() -> None:
    state = after(Answered("act-1", says("Done.")), Observed("act-1.1", "finish", False, "test_high still fails"))

    assert pending(state) == Ask("act-2", 4096)
    assert messages(state)[-1].text.endswith("call the tool for it.\n\ntest_high still fails")


def test_a_model_that_is_never_done_is_not_asked_for_ever() -> None:
    state, _, sent = talk(began(), lambda nth: calls(call("finish", summary=f"try {nth}")), lambda each: seen(each))

    assert pending(state) == Over(done=False, why="the model ended its work 5 times, and it was not done (try 5)")
    assert len(sent) == 5


@pytest.mark.parametrize(
    ("name", "near"), [("read_files", "read_file"), ("run_test", "run_tests"), ("edit_fil", "edit_file")]
)
def test_a_tool_that_is_not_there_is_answered_with_the_nearest(name: str, near: str) -> None:
    state = after(Answered("act-1", calls(call(name))))

    assert f"Did you mean {near}?" in messages(state)[-1].text
    assert pending(state) == Ask("act-2", 4096)


@pytest.mark.parametrize("name", ["readFile", "functions.read_file", "Read-File", "default_api:read_file"])
def test_a_tool_that_is_spelt_otherwise_is_taken_for_what_is_meant(name: str) -> None:
    owed = pending(after(Answered("act-1", calls(call(name)))))

    assert isinstance(owed, Use) and [each.name for each in owed.calls] == ["read_file"]


@pytest.mark.parametrize(
    ("name", "arguments", "ours", "meant"),
    [
        ("open_file", {"path": "shop.py"}, "read_file", {"path": "shop.py"}),
        (
            "str_replace_editor",
            {"command": "str_replace", "path": "shop.py", "old_str": "low", "new_str": "high"},
            "edit_file",
            {"path": "shop.py", "old_str": "low", "new_str": "high"},
        ),
    ],
)
def test_a_tool_known_from_elsewhere_is_taken_for_ours(
    name: str, arguments: dict[str, str], ours: str, meant: dict[str, str]
) -> None:
    owed = pending(after(Answered("act-1", calls(call(name, **arguments)))))

    assert isinstance(owed, Use)
    assert [(each.name, json.loads(each.arguments)) for each in owed.calls] == [(ours, meant)]


def test_the_same_failed_call_is_not_run_again() -> None:
    missing = Observed("act-1.1", "edit_file", False, "no such lines")
    state = after(Answered("act-1", calls(EDIT)), missing, Answered("act-2", calls(EDIT)))

    assert pending(state) == Ask("act-3", 4096)
    assert "the very same call failed before" in messages(state)[-1].text


def test_a_failed_call_may_be_made_again_once_something_was_changed() -> None:
    tests = call("run_tests")
    state = after(
        Answered("act-1", calls(tests)), Observed("act-1.1", "run_tests", False, "1 failed"),
        Answered("act-2", calls(EDIT)), Observed("act-2.1", "edit_file", True, "done", tree="t1"),
        Answered("act-3", calls(tests)),
    )  # fmt: skip

    assert isinstance(pending(state), Use)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (says(""), EMPTY),
        (says("<think>Hm. All done.</think>"), EMPTY),
        (says(" \n"), EMPTY),
        (says("I will write the who", "length"), CUT),
    ],
)
def test_an_answer_that_says_nothing_is_answered_with_what_to_do(answer: ModelAnswer, told: str) -> None:
    state = after(Answered("act-1", answer))

    assert messages(state)[-1].text.endswith(told)
    assert isinstance(pending(state), Ask)


def test_after_a_cut_answer_there_is_room_for_a_longer_one() -> None:
    assert pending(after(Answered("act-1", says("x", "length")))) == Ask("act-2", 8192)


def test_calls_written_into_the_text_are_answered_by_text() -> None:
    state = after(Answered("act-1", says("read shop.py")), heard=lambda text: Heard([ToolCall("", "read_file", "{}")]))
    state = settled(fold(state, [Observed("act-1.1", "read_file", True, "x = 1")]))

    assert [each.role for each in messages(state)] == ["system", "user", "assistant", "user"]
    assert messages(state)[-1].text == "Result of read_file:\nx = 1"


def test_what_is_written_so_that_nobody_can_read_it_is_told() -> None:
    state = after(Answered("act-1", says("<tool_call>{")), heard=lambda text: Heard((), ["line 1: no whole JSON"]))

    assert messages(state)[-1].text == f"{UNCLEAR}\nline 1: no whole JSON"
    assert pending(state) == Ask("act-2", 4096)


def test_a_model_that_takes_no_tools_is_told_about_them_in_words() -> None:
    """What was said before is told again as if the calls had been written."""
    turn = (Answered("act-1", calls(READ)), Observed("act-1.1", "read_file", True, "x = 1"))

    state = after(*turn, Faulted("act-2", "no_tools", "llama2 does not support tools"), manual="Write calls so.")

    assert [each.role for each in messages(state)] == ["system", "user", "assistant", "user"]
    assert messages(state)[1].text.endswith("Write calls so.")
    assert '{"name": "read_file", "arguments": {"path": "shop.py"}}' in messages(state)[2].text
    assert messages(state)[3].text == "Result of read_file:\nx = 1"
    assert state.faults == 0


def test_a_fault_that_asking_otherwise_may_mend_is_told_and_bounded() -> None:
    fault = Faulted("act-1", "bad_tool_call", "the arguments end in the middle")
    once = after(fault)
    thrice = after(*[fault] * 3)

    assert "no JSON" in messages(once)[-1].text
    assert pending(once) == Ask("act-2", 4096)
    assert pending(thrice) == Over(done=False, why="3 calls to the model failed in a row")


def test_all_steps_used_is_over() -> None:
    state, _, sent = talk(
        began(steps=12), lambda nth: calls(call("read_file", path=f"{nth}.py")), lambda each: seen(each, each.arguments)
    )

    assert pending(state) == Over(done=False, why="all 12 calls to the model are used")
    assert len(sent) == 12
    assert "You have 3 answers left" in sent[9][-1].text


def test_asked_twice_nothing_more_follows() -> None:
    state = began(Answered("act-1", calls(call("nothing"))))
    once = decide(state)

    assert once
    assert decide(fold(state, once)) == ()


def test_a_nudge_is_one_message_of_the_user() -> None:
    state = after(Answered("act-1", says("")), Nudged("nothing done", "Use a tool now."))

    assert [each.role for each in messages(state)] == ["system", "user"]
    assert messages(state)[-1].text.endswith(f"{EMPTY}\n\nUse a tool now.")


def test_what_is_checked_here_anyway_is_not_sent_with_every_step() -> None:
    text = {"type": "string", "minLength": 1, "default": ""}
    schema = ToolSchema("x", "y", {"additionalProperties": False, "properties": {"path": text, "maxLength": text}})

    sent = lean(schema).parameters

    assert sent == {"properties": {"path": {"type": "string"}, "maxLength": {"type": "string"}}}


def test_what_a_text_asks_for_beside_calls_is_told_not_to_be_done() -> None:
    """A model that makes one edit by a call and another one in its text takes both for made."""
    text = "And the other end:\n\nshop.py\n<<<<<<< SEARCH\nreturn low\n=======\nreturn high\n>>>>>>> REPLACE\n"
    names = frozenset({"read_file", "edit_file", "finish"})
    made = calls(call("read_file", path="shop.py"), text=text)

    mixed = began(Answered("act-1", made), seen_of("act-1.1"), tools=names, heard=hearing(names))
    plain = began(Answered("act-1", calls(call("read_file"), text="I look.")), seen_of("act-1.1"), heard=hearing(names))

    assert [each.name for each in mixed.turns[0].calls] == ["read_file"]
    assert "Its text asks for edit_file too, which was not done" in messages(mixed)[-1].text
    assert messages(plain)[-1].role == "tool"


def test_a_write_that_failed_is_no_change_to_be_looked_at() -> None:
    """Running the tests costs more than the answer did."""
    failed = Observed("act-1.1", "edit_file", False, "no such text", tree="tree-0")
    edited = Observed("act-1.1", "edit_file", True, "done", tree="tree-1")
    asked = Answered("act-1", calls(call("edit_file", path="shop.py")))

    assert isinstance(pending(began(asked, failed)), Ask)
    assert isinstance(pending(began(asked, edited)), Check)


def seen_of(key: str) -> Observed:
    return Observed(key, "read_file", True, "def clamp(x): ...")
