"""What every model promises; each adapter's test class inherits it and gives the fixture `model_of`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from agents.ports import Message, Model, ModelCall, ModelFault, ToolSchema

ModelOf = Callable[..., Awaitable[Model]]
"""Takes the lines of a script and returns a model that says them."""

SCHEMA = {"type": "object", "required": ["score"], "properties": {"score": {"type": "integer"}}}
READ = ToolSchema("read_file", "Reads a file.", {"type": "object", "properties": {"path": {"type": "string"}}})


def asked(text: str = "hello", **more: Any) -> ModelCall:
    """A request; the name says no price."""
    messages = (Message("system", "You are terse."), Message("user", text))
    return ModelCall(**{"key": "k", "model": "openai/scripted", "messages": messages, "seconds": 60.0, **more})


class ModelContract:
    """The suite."""

    async def test_an_answer_is_whole_and_was_heard_as_it_came(self, model_of: ModelOf) -> None:
        model, heard = await model_of({"text": "two words", "usage": [100, 40, 7]}), list[str]()

        answer = await model.ask(asked(), heard.append)

        assert (answer.text, answer.finish) == ("two words", "stop")
        assert (answer.tokens_in, answer.tokens_cached, answer.tokens_out) == (100, 40, 7)
        assert "".join(heard) == "two words"
        assert not answer.estimated

    async def test_tool_calls_come_in_their_order_with_their_arguments(self, model_of: ModelOf) -> None:
        calls = [{"name": "read_file", "arguments": {"path": f"{name}.py"}} for name in "ab"]
        model = await model_of({"text": "I look.", "tool_calls": calls})

        answer = await model.ask(asked(tools=(READ,)), lambda _: None)

        assert answer.finish == "tool_calls"
        assert [json.loads(each.arguments)["path"] for each in answer.tool_calls] == ["a.py", "b.py"]
        assert len({each.id for each in answer.tool_calls}) == 2

    async def test_a_conversation_with_tools_goes_on(self, model_of: ModelOf) -> None:
        model = await model_of({"tool_calls": [{"name": "read_file"}]}, {"turn": 1, "text": "It is empty."})
        first = await model.ask(asked(tools=(READ,)), lambda _: None)
        (used,) = first.tool_calls
        more = (Message("assistant", first.text, first.tool_calls), Message("tool", "", answers=used.id))

        answer = await model.ask(asked(messages=(*asked().messages, *more), tools=(READ,)), lambda _: None)

        assert answer.text == "It is empty."

    async def test_an_answer_that_reached_its_limit_says_so(self, model_of: ModelOf) -> None:
        model = await model_of({"text": "half a sen", "finish": "length"})

        answer = await model.ask(asked(), lambda _: None)

        assert (answer.text, answer.finish) == ("half a sen", "length")

    async def test_tokens_nobody_told_are_estimated(self, model_of: ModelOf) -> None:
        model = await model_of({"text": "some words here", "no_usage": True})

        answer = await model.ask(asked(), lambda _: None)

        assert answer.estimated
        assert answer.tokens_in > 0 < answer.tokens_out

    async def test_a_tool_call_that_is_no_json_is_a_fault_with_its_answer(self, model_of: ModelOf) -> None:
        model = await model_of(
            {"text": "I edit.", "tool_calls": [{"name": "edit", "arguments": '{"a": '}], "usage": [9, 0, 5]}
        )

        with pytest.raises(ModelFault) as raised:
            await model.ask(asked(), lambda _: None)

        assert (raised.value.kind, raised.value.began) == ("bad_tool_call", True)
        assert raised.value.answer is not None
        assert (raised.value.answer.text, raised.value.answer.tokens_out) == ("I edit.", 5)

    async def test_a_shape_that_was_asked_for_is_checked(self, model_of: ModelOf) -> None:
        model = await model_of({"text": 'Here: ```json\n{"score": 3}\n```'}, {"text": '{"score": "high"}'})

        answer = await model.ask(asked(answer_schema=SCHEMA), lambda _: None)
        with pytest.raises(ModelFault) as raised:
            await model.ask(asked("again", answer_schema=SCHEMA), lambda _: None)

        assert json.loads(answer.text) == {"score": 3}
        assert raised.value.kind == "bad_schema"

    async def test_an_overflow_is_told_from_other_refusals(self, model_of: ModelOf) -> None:
        model = await model_of({"fault": "context"}, {"fault": "context_by_text"}, {"fault": "policy"})
        kinds = []

        for nth in range(3):
            with pytest.raises(ModelFault) as raised:
                await model.ask(asked(f"try {nth}"), lambda _: None)
            kinds.append(raised.value.kind)

        assert kinds == ["context_overflow", "context_overflow", "refused"]

    async def test_a_card_needs_nobody(self, model_of: ModelOf) -> None:
        model = await model_of({"text": "ok"})

        card = model.card("openai/scripted")

        assert card.name == "openai/scripted"
        assert card.price_in is None or card.price_in >= 0
