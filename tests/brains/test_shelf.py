"""What a model is told of its tools with every step, and how it calls those that are only named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.brains.conversation.decide import decide
from agents.brains.conversation.facts import Answered
from agents.brains.conversation.finish import Finish
from agents.brains.conversation.shelf import OTHER, Offered, offered
from agents.brains.conversation.speaking import hearing, manual
from agents.brains.conversation.turns import Terms, turn_of
from agents.brains.conversational import ConversationalBrain
from agents.models.requests import tools_bytes
from agents.ports import ModelAnswer, Policy, Proposal, Rule, ToolCall
from agents.registry import allowed, find_roles
from agents.tools.found import find_tools, schema_of
from ledger.events import ToolAsked, ToolVetoed
from tests.brains.bench import bench_to_talk, last, script, task
from tests.brains.said import began, call, calls

TOOLS = find_tools(())


def of_role(name: str) -> Offered:
    return offered([TOOLS[tool] for tool in allowed(find_roles()[name].tools, TOOLS)], schema_of(Finish()))  # type: ignore[attr-defined]


def through_the_shelf(tool: str) -> ModelAnswer:
    return calls(ToolCall("c1", OTHER, json.dumps({"tool": tool, "arguments": {"path": "shop.py"}})))


def test_what_every_task_needs_is_sent_whole_and_the_rest_by_name() -> None:
    """The schemas of twenty tools cost more with every step than all else that is said."""
    coder = of_role("coder")

    assert [tool.name for tool in coder.whole] == [
        "edit_file", "finish", OTHER, "read_file", "run_command", "run_tests", "search_text", "write_file",
    ]  # fmt: skip
    assert len(tools_bytes(coder.whole)) < 4200
    assert coder.names == {*allowed(find_roles()["coder"].tools, TOOLS), "finish", OTHER}  # type: ignore[attr-defined]
    way = next(tool for tool in coder.whole if tool.name == OTHER)
    assert all(f"\n{tool.name}(" in way.description for tool in coder.shelf)


def test_few_tools_are_all_sent_whole() -> None:
    """A shelf for three tools would save nothing and cost a thought."""
    few = offered([TOOLS["outline"], TOOLS["symbols"]], schema_of(Finish()))

    assert [tool.name for tool in few.whole] == ["finish", "outline", "symbols"] and not few.shelf


def test_an_argument_that_is_seldom_needed_is_taken_and_not_told_of() -> None:
    """One way for each purpose is told; what else models send is understood."""
    edit = next(tool for tool in of_role("coder").whole if tool.name == "edit_file")

    assert list(edit.parameters["properties"]) == ["path", "old_text", "new_text", "replace_all"]
    assert {"edits", "text"} <= set(TOOLS["edit_file"].arguments.model_fields)
    assert "$defs" not in edit.parameters


@pytest.mark.parametrize(
    "arguments",
    [
        '{"tool": "outline", "arguments": {"path": "shop.py"}}',
        '{"tool": "functions.Outline", "arguments": {"path": "shop.py"}}',
        '{"tool": "outline", "arguments": "{\\"path\\": \\"shop.py\\"}"}',
        '{"tool": "outline", "path": "shop.py"}',
    ],
)
def test_a_call_through_the_shelf_is_the_call_of_the_tool_it_names(arguments: str) -> None:
    """Rules, approvals, repeats and the page know it by that name alone."""
    terms = Terms(tools=of_role("coder").names)

    turn = turn_of(terms, "act-1", calls(ToolCall("c1", OTHER, arguments)))

    assert [(each.id, each.name, json.loads(each.arguments)) for each in turn.calls] == [
        ("act-1.1", "outline", {"path": "shop.py"})
    ]
    assert turn.answer.tool_calls[0].name == OTHER, "the model is shown what it wrote"


@pytest.mark.parametrize("arguments", ["{}", "{half", '{"tool": "other_tool"}', '{"tool": 3}'])
def test_a_call_through_the_shelf_that_names_no_tool_is_told_how_one_does(arguments: str) -> None:
    """Nothing is guessed."""
    state = began(Answered("act-1", calls(ToolCall("c1", OTHER, arguments))), tools=of_role("coder").names)

    (refused,) = decide(state)

    assert '"tool"' in refused.text and refused.stage == "schema"  # type: ignore[union-attr]


def test_in_words_every_tool_is_called_by_its_own_name() -> None:
    """A model without calls has no schema to keep to."""
    coder = of_role("coder")

    told = manual(coder)
    heard = hearing(coder.names)('<tool_call>{"name": "outline", "arguments": {"path": "shop.py"}}</tool_call>')

    assert "- outline(path?)" in told and OTHER not in told
    assert [each.name for each in heard.calls] == ["outline"]


async def test_a_rule_holds_for_a_tool_however_it_is_called(tmp_path: Path) -> None:
    """The way to the shelf is no way round the policy."""
    deny = Policy(rules=(Rule("deny", tool="delete_file"),))
    names = ("delete_file", "edit_file", "outline", "read_file", "references", "run_command", "search_text", "symbols")
    model = script(
        through_the_shelf("delete_file"),
        through_the_shelf("outline"),
        calls(call("edit_file", path="shop.py", old_text="return low", new_text="return max(low, min(x, high))")),
        calls(call("finish", summary="clamped")),
    )
    there = bench_to_talk(tmp_path / "p", model, policy=deny, tools={name: TOOLS[name] for name in names})

    outcome = await ConversationalBrain("coder").work(task(), there.bench)

    assert isinstance(outcome, Proposal)
    assert [each.tool for each in there.events if isinstance(each, ToolAsked)] == [
        "delete_file",
        "outline",
        "edit_file",
    ]
    assert [(each.tool, each.stage) for each in there.events if isinstance(each, ToolVetoed)] == [
        ("delete_file", "policy")
    ]
    assert "clamp" in last(there.calls.asked[2]).text
