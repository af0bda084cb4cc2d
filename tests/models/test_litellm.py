"""The adapter over litellm, against a server on this machine: every fault that a provider was seen to have."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from agents.models.breaker import Guarded
from agents.models.faults import FOLLOWS
from agents.models.faulty import FAULTS
from agents.models.litellm import LiteLlm
from agents.models.script import Script, lines_of
from agents.models.server.app import Counter
from agents.models.server.serve import Serving, serving
from agents.ports import Message, Model, ModelFault
from ledger.masking import Masker
from tests.contracts.model import ModelContract, ModelOf, asked
from tests.models.paying import Attempt, Clock, call

pytestmark = pytest.mark.slow

KEY = "sk-very-secret-key-0123456789"
MODEL = "openai/scripted"


def script(*lines: dict[str, Any]) -> Script:
    return Script(lines_of((f"line {nth}", line) for nth, line in enumerate(lines, 1)))


@pytest.fixture
async def server() -> AsyncIterator[Serving]:
    """A server whose script a test writes."""
    async with serving(Counter(script())) as running:
        yield running


def adapter(server: Serving, **more: Any) -> LiteLlm:
    return LiteLlm(server.address, {"OPENAI_API_KEY": KEY}, stall=1.0, **more)


class TestLiteLlmStreaming(ModelContract):
    stream = True

    @pytest.fixture
    async def model_of(self, server: Serving) -> AsyncIterator[ModelOf]:
        async def made(*lines: dict[str, Any]) -> Model:
            server.counter.script = script(*lines)
            return adapter(server, stream=self.stream)

        yield made


class TestLiteLlmWhole(TestLiteLlmStreaming):
    stream = False


@pytest.mark.parametrize("name", FAULTS)
async def test_every_fault_ends_in_its_event_and_then_in_the_answer(server: Serving, name: str) -> None:
    """One try has the fault, the next is answered: nothing is lost but what cannot be mended by asking again."""
    fault = FAULTS[name]
    server.counter.script = script({"fault": name, "retry_after": 9}, {"text": "done", "times": 0})
    attempt = Attempt(adapter(server), (MODEL,), allow_unknown_price=True)
    asked = call(model=MODEL, seconds=4.0 if name == "hang" else 60.0)

    if FOLLOWS[fault.kind].tries > 1:
        assert (await attempt.calls().ask(asked)).text == "done"
    else:
        with pytest.raises(ModelFault) as raised:
            await attempt.calls().ask(asked)
        assert raised.value.kind == fault.kind

    (failed,) = attempt.failed()
    assert failed.fault == fault.kind
    assert failed.why
    assert failed.tokens == (attempt.started()[0].worst_tokens if fault.streamed else failed.tokens)
    assert attempt.clock.slept == expected_waits(name, attempt.clock.slept)
    assert attempt.purse.open == {}


def expected_waits(name: str, slept: list[float]) -> list[float]:
    """As long as the provider says; else a moment of our own; not at all where asking again would not help."""
    follow = FOLLOWS[FAULTS[name].kind]
    if follow.tries == 1 or name == "cut_tool_call":
        return []
    if FAULTS[name].wire in ("status", "page"):
        return [9.0]
    return [wait for wait in slept if 0.5 <= wait <= 1.0]


async def test_one_request_is_one_request(server: Serving) -> None:
    """Nothing below retries: every try is seen, paid and written down here."""
    server.counter.script = script({"fault": "500", "times": 0})

    with pytest.raises(ModelFault):
        await adapter(server).ask(asked(), lambda _: None)

    assert len(server.counter.received) == 1


async def test_a_provider_that_fails_one_call_in_three_is_survived(server: Serving) -> None:
    server.counter.script = script({"fault": "cut_plain", "every": 3, "times": 0}, {"text": "done", "times": 0})
    attempt = Attempt(Guarded(adapter(server), Clock()), (MODEL,), allow_unknown_price=True)
    calls = attempt.calls()

    texts = [(await calls.ask(call(f"step {nth}", f"act-{nth}", model=MODEL))).text for nth in range(12)]

    assert texts == ["done"] * 12
    assert len(attempt.failed()) == len(server.counter.received) - 12 >= 4


async def test_the_beginning_of_the_prompt_is_the_same_bytes_from_step_to_step(server: Serving) -> None:
    server.counter.script = script({"text": "ok", "times": 0})
    model, messages = adapter(server), list(asked().messages)
    sent = []
    for step in range(3):
        messages += [Message("assistant", "ok"), Message("user", f"step {step}")]
        await model.ask(asked(messages=tuple(messages)), lambda _: None)
        sent.append(server.counter.received[-1].body["messages"])

    assert sent[1][: len(sent[0])] == sent[0]
    assert sent[2][: len(sent[1])] == sent[1]


async def test_the_key_is_sent_and_stands_nowhere_else(
    server: Serving, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    server.counter.script = script({"fault": "401", "times": 0})
    caplog.set_level(logging.DEBUG)
    attempt = Attempt(adapter(server), (MODEL,), allow_unknown_price=True, mask=Masker({"OPENAI_API_KEY": KEY}))

    with pytest.raises(ModelFault) as raised:
        await attempt.calls().ask(call(f"is {KEY} right?", model=MODEL))

    shown = capfd.readouterr()
    everywhere = [str(raised.value), repr(attempt.stream), shown.out, shown.err, str(server.counter.received[0].body)]
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpcore", "asyncio"))]
    assert KEY not in "".join([*everywhere, *ours])
    assert (shown.out, shown.err) == ("", ""), "a library says nothing for itself"


async def test_a_missing_key_is_named_and_nothing_is_sent() -> None:
    attempt = Attempt(LiteLlm("", {}), ("groq/llama-3.3-70b-versatile",), allow_unknown_price=True)

    with pytest.raises(ModelFault, match="GROQ_API_KEY") as raised:
        await attempt.calls().ask(call(model="groq/llama-3.3-70b-versatile"))

    assert raised.value.kind == "no_key"
    assert attempt.clock.slept == []


async def test_a_name_without_a_provider_needs_an_address() -> None:
    with pytest.raises(ModelFault, match="KAIZEN_API_BASE"):
        await LiteLlm("", {}).ask(asked(model="nobodys-model"), lambda _: None)


async def test_any_name_means_the_users_own_server_when_there_is_one(server: Serving) -> None:
    server.counter.script = script({"text": "ok", "times": 0})
    model = adapter(server)

    for name in ("nobodys-model", "some-lab/nobodys-model", "groq/llama-9", "openai/gpt-4o-mini"):
        await model.ask(asked(model=name), lambda _: None)

    assert [each.model for each in server.counter.received] == [
        "nobodys-model", "some-lab/nobodys-model", "llama-9", "gpt-4o-mini",
    ]  # fmt: skip


async def test_a_known_price_counts_what_was_cached_and_an_unknown_one_is_unknown(server: Serving) -> None:
    server.counter.script = script({"text": "ok", "usage": [1000, 600, 200], "times": 0})
    model = adapter(server, prices={"openai/own": (1.0, 2.0)})

    costs = [
        (await model.ask(asked(model=name), lambda _: None)).cost
        for name in ("openai/gpt-4o-mini", "openai/own", "openai/unheard-of")
    ]

    assert costs == [pytest.approx(0.000225), pytest.approx(0.0014), None]
    assert model.card("openai/unheard-of").price_in is None
    assert model.card("ollama/anything").price_in == 0.0


async def test_marks_tell_the_provider_what_to_keep_and_only_one_that_reads_them() -> None:
    from agents.models.wording import messages_for

    messages = (Message("system", "s"), Message("user", "one"), Message("assistant", "a"), Message("user", "two"))

    marked = messages_for(messages, marked=True)

    assert ["cache_control" in str(each) for each in marked] == [True, False, False, True]
    assert "cache_control" not in str(messages_for(messages, marked=False))


async def test_a_shape_is_asked_for_where_the_provider_can_and_checked_everywhere(server: Serving) -> None:
    server.counter.script = script({"text": '{"score": 3}', "times": 0})
    schema = {"type": "object", "required": ["score"]}

    await adapter(server).ask(asked(model="openai/gpt-4o-mini", answer_schema=schema), lambda _: None)

    assert server.counter.received[0].body["response_format"]["json_schema"]["schema"] == schema


async def test_a_server_that_gives_no_streams_is_asked_for_whole_answers_from_then_on() -> None:
    """The first try pays for finding it out, and no other does."""
    streams: list[bool] = []

    class Plain(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            streams.append(bool(body.get("stream")))
            choice = {"index": 0, "message": {"role": "assistant", "content": "done"}, "finish_reason": "stop"}
            answer = json.dumps(
                {"id": "1", "object": "chat.completion", "model": "plain", "choices": [choice]}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Plain) as plain:
        threading.Thread(target=plain.serve_forever, daemon=True).start()
        model = LiteLlm(f"http://127.0.0.1:{plain.server_address[1]}/v1", {"OPENAI_API_KEY": KEY}, stall=1.0)
        attempt = Attempt(model, (MODEL,), allow_unknown_price=True)

        first = await attempt.calls().ask(call(model=MODEL, seconds=60.0))
        again = await model.ask(asked(model=MODEL), lambda _: None)
        plain.shutdown()

    assert (first.text, again.text) == ("done", "done")
    assert [one.fault for one in attempt.failed()] == ["garbled"]
    assert streams == [True, False, False]
