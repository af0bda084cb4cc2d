"""What a call to a model leaves in the ledger, what it costs, and what is done when it fails."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from agents.models.requests import answered
from agents.ports import BudgetSpent, Message, ModelFault
from ledger.events import CallStarted
from ledger.masking import Masker
from tests.models.paying import CHEAP, STRONG, Account, Attempt, call, scripted

OK = {"text": "done", "times": 0}
PRICE = (1e-6, 1e-6)


async def test_an_answer_is_written_down_before_it_is_used() -> None:
    attempt = Attempt(scripted({"text": "four", "usage": [100, 60, 20]}, price=PRICE))

    answer = await attempt.calls().ask(call())

    started, finished = attempt.stream
    assert answer.text == "four"
    assert isinstance(started, CallStarted)
    assert json.loads(attempt.blobs.get(attempt.started()[0].messages[1]))["text"] == "mend it"
    assert attempt.finished() == [finished]
    assert attempt.finished()[0].tokens_cached == 60
    assert attempt.finished()[0].cost == pytest.approx(120e-6)
    assert json.loads(attempt.blobs.get(attempt.finished()[0].answer))["text"] == "four"


async def test_a_finished_call_is_not_asked_again_after_a_restart() -> None:
    model = scripted({"text": "once"})
    attempt = Attempt(model)
    await attempt.calls().ask(call())

    again = await attempt.calls().ask(call())

    assert again.text == "once"
    assert len(model.calls) == 1
    assert len(attempt.stream) == 2


async def test_a_call_that_was_under_way_when_kaizen_ended_is_counted_at_its_worst_and_asked_again() -> None:
    attempt = Attempt(scripted(OK, price=PRICE))
    await attempt.calls().ask(call())
    del attempt.stream[1:]
    attempt.purse = Account()

    await attempt.calls().ask(call())

    (lost,) = attempt.failed()
    assert (lost.fault, lost.cost) == ("interrupted", attempt.started()[0].worst_cost)
    assert [type(event).__name__ for event in attempt.stream] == [
        "CallStarted", "CallFailed", "CallStarted", "CallFinished",
    ]  # fmt: skip


async def test_each_message_is_named_once_however_long_the_conversation() -> None:
    attempt = Attempt(scripted(OK))
    calls, asked = attempt.calls(), call()

    for step in range(2, 30):
        answer = await calls.ask(asked)
        asked = replace(
            asked, key=f"act-{step}", messages=(*asked.messages, answered(answer), Message("user", f"step {step}"))
        )

    assert [len(event.messages) for event in attempt.started()] == [2] + [1] * 27
    assert attempt.started()[5].follows == "act-5"


async def test_a_conversation_that_was_condensed_names_its_messages_anew() -> None:
    attempt = Attempt(scripted(OK))
    calls = attempt.calls()
    await calls.ask(call())

    await calls.ask(call("another beginning", key="act-2"))

    assert attempt.started()[1].follows == ""
    assert len(attempt.started()[1].messages) == 2


async def test_after_a_restart_a_conversation_goes_on_where_it_was() -> None:
    attempt = Attempt(scripted(OK))
    answer = await attempt.calls().ask(call())
    more = (*call().messages, answered(answer), Message("user", "and now"))

    calls = attempt.calls()
    await calls.ask(call())
    await calls.ask(call(key="act-2", messages=more))

    assert attempt.started()[1].follows == "act-1"


async def test_a_provider_that_asks_for_time_gets_it() -> None:
    attempt = Attempt(scripted({"fault": "rate_limit", "retry_after": 7}, OK))

    await attempt.calls().ask(call())

    (failed,) = attempt.failed()
    assert failed.retry_at == 1_000_007.0
    assert attempt.clock.slept == [7.0]


async def test_a_longer_wait_than_the_deadline_is_not_begun() -> None:
    attempt = Attempt(scripted({"fault": "rate_limit", "retry_after": 4000, "times": 0}))

    with pytest.raises(ModelFault) as raised:
        await attempt.calls().ask(call(seconds=60))

    assert (raised.value.kind, raised.value.retry_after) == ("rate_limited", 4000.0)
    assert attempt.clock.slept == []
    assert attempt.failed()[0].retry_at is None


async def test_while_one_model_must_be_waited_for_long_another_is_asked() -> None:
    attempt = Attempt(
        scripted({"model": CHEAP, "fault": "rate_limit", "retry_after": 100, "times": 0}, OK), (CHEAP, STRONG)
    )

    answer = await attempt.calls().ask(call())

    assert answer.model == STRONG
    assert attempt.failed()[0].fallback == STRONG
    assert attempt.finished()[0].model == STRONG
    assert attempt.clock.slept == []


async def test_a_spent_quota_is_not_waited_for() -> None:
    attempt = Attempt(scripted({"fault": "quota", "times": 0}))

    with pytest.raises(ModelFault, match="quota"):
        await attempt.calls().ask(call())

    assert len(attempt.failed()) == 1
    assert attempt.clock.slept == []


async def test_one_call_in_three_that_fails_is_survived() -> None:
    attempt = Attempt(scripted({"fault": "503", "every": 3, "times": 0}, OK))
    calls = attempt.calls()

    for step in range(30):
        await calls.ask(call(key=f"act-{step}"))

    assert len(attempt.finished()) == 30
    assert 10 <= len(attempt.failed()) <= 15


async def test_trouble_that_does_not_end_is_over_at_the_deadline() -> None:
    attempt = Attempt(scripted({"fault": "503", "times": 0}))
    began = attempt.clock.now

    with pytest.raises(ModelFault):
        await attempt.calls().ask(call(seconds=120))

    assert attempt.clock.now - began <= 120
    assert len(attempt.failed()) >= 5
    assert attempt.failed()[-1].retry_at is None


async def test_an_answer_that_broke_off_is_counted_at_its_worst_case() -> None:
    attempt = Attempt(scripted({"fault": "cut_plain"}, OK, price=PRICE))

    await attempt.calls().ask(call())

    assert attempt.failed()[0].cost == attempt.started()[0].worst_cost
    assert attempt.purse.open == {}
    assert [round(each.cost or 0, 9) for each in attempt.purse.spent.values()] == [
        round(event.cost or 0, 9) for event in (attempt.failed()[0], attempt.finished()[0])
    ]


async def test_a_call_whose_worst_case_does_not_fit_is_not_asked() -> None:
    model = scripted(OK, price=PRICE)
    attempt = Attempt(model, purse=Account(cost=0.001))

    with pytest.raises(BudgetSpent):
        await attempt.calls().ask(call(max_tokens=4096))

    assert model.calls == []
    assert attempt.stream == []


async def test_many_at_once_never_exceed_the_budget() -> None:
    attempt = Attempt(scripted({"text": "ok", "usage": [50, 0, 500], "times": 0}, price=PRICE))
    attempt.purse = Account(cost=0.005)
    calls = [attempt.calls().ask(call(key=f"act-{nth}", max_tokens=500)) for nth in range(16)]

    done = await asyncio.gather(*calls, return_exceptions=True)

    paid = sum(event.cost or 0 for event in attempt.finished())
    assert 0 < paid <= 0.005
    assert {type(each).__name__ for each in done} == {"ModelAnswer", "BudgetSpent"}


async def test_a_model_without_a_known_price_is_asked_only_when_that_is_allowed() -> None:
    attempt = Attempt(scripted(OK, price=None))

    with pytest.raises(ModelFault, match="--allow-unknown-price"):
        await attempt.calls().ask(call())
    attempt.allow_unknown_price = True
    await attempt.calls().ask(call())

    assert attempt.finished()[0].cost is None


async def test_a_broken_tool_call_is_told_to_the_model() -> None:
    model = scripted({"tool_calls": [{"name": "edit", "arguments": '{"path": '}]}, OK, price=PRICE)
    attempt = Attempt(model)

    await attempt.calls().ask(call())

    assert attempt.failed()[0].fault == "bad_tool_call"
    assert attempt.failed()[0].cost != attempt.started()[0].worst_cost
    assert "edit" in model.calls[1].messages[-1].text
    assert "JSON object" in model.calls[1].messages[-1].text


async def test_an_answer_of_the_wrong_shape_is_told_once() -> None:
    schema = {"type": "object", "required": ["score"], "properties": {"score": {"type": "integer"}}}
    model = scripted({"text": 'Sure! {"score": "high"}'}, {"text": 'Here: {"score": 3}'})

    answer = await Attempt(model).calls().ask(call(answer_schema=schema))

    assert json.loads(answer.text) == {"score": 3}
    assert "score" in model.calls[1].messages[-1].text


async def test_a_shape_that_never_comes_is_a_fault() -> None:
    attempt = Attempt(scripted({"text": "no", "times": 0}))

    with pytest.raises(ModelFault) as raised:
        await attempt.calls().ask(call(answer_schema={"type": "object"}))

    assert raised.value.kind == "bad_schema"
    assert len(attempt.failed()) == 2


async def test_only_a_deterministic_request_is_answered_from_what_is_kept() -> None:
    model = scripted(OK)
    attempt = Attempt(model)

    for key, temperature in (("a", 0.0), ("b", 0.0), ("c", None), ("d", None)):
        await attempt.calls().ask(call(key=key, temperature=temperature))

    assert [event.source for event in attempt.finished()] == ["model", "cache", "model", "model"]
    assert (attempt.finished()[1].cost, attempt.finished()[1].tokens_per_second) == (0.0, 0.0)
    assert len(model.calls) == 3


async def test_a_secret_is_neither_sent_nor_kept_nor_shown() -> None:
    secret = "hunter2-very-secret"
    model = scripted({"text": f"the key is {secret}, " + "word " * 200, "times": 0})
    attempt = Attempt(model, mask=Masker({"GROQ_API_KEY": secret}))

    answer = await attempt.calls().ask(call(f"why does {secret} fail?"))

    kept = [attempt.blobs.get(name).decode() for name in attempt.started()[0].messages]
    assert secret not in "".join([*kept, *attempt.said, answer.text, str(model.calls), str(attempt.stream)])
    assert "[secret GROQ_API_KEY]" in kept[1]
    assert "".join(attempt.said).startswith("the key is [secret GROQ_API_KEY], word")
