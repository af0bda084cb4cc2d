"""The scripted model keeps what every model promises, and so does a record of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from agents.models.record import RecordError, Recording, Replaying
from agents.ports import Message, Model, ModelAnswer, ModelCall, ModelCard, ModelFault
from ledger.masking import Masker
from tests.contracts.model import ModelContract, ModelOf, asked
from tests.models.paying import Attempt, call, scripted

NO_SECRETS = Masker({})


class TestScripted(ModelContract):
    @pytest.fixture
    def model_of(self) -> ModelOf:
        async def made(*lines: dict[str, Any]) -> Model:
            return scripted(*lines)

        return made


class Replayed:
    """Records each request the first time it is asked, and answers all from the record."""

    def __init__(self, model: Model, file: Path) -> None:
        self._recording, self._file = Recording(model, file, ("openai/scripted",), NO_SECRETS), file

    def card(self, model: str) -> ModelCard:
        return self._recording.card(model)

    async def ask(self, call: ModelCall, on_token: Callable[[str], None]) -> ModelAnswer:
        try:
            await self._recording.ask(call, lambda _: None)
        except ModelFault:
            assert self._file.exists(), "what an agent answers to is recorded too"
        return await Replaying(self._file).ask(call, on_token)


class TestReplaying(ModelContract):
    @pytest.fixture
    async def model_of(self, tmp_path: Path) -> AsyncIterator[ModelOf]:
        async def made(*lines: dict[str, Any]) -> Model:
            return Replayed(scripted(*lines), tmp_path / "run.jsonl")

        yield made


async def test_a_run_is_replayed_without_its_model(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    model = Recording(
        scripted({"text": "one"}, {"text": "two"}, price=(1e-6, 2e-6)), file, ("openai/cheap",), NO_SECRETS
    )
    recorded = Attempt(model)
    for key in ("a", "b"):
        await recorded.calls().ask(call(key, key))

    replaying = Replaying(file)
    again = Attempt(replaying, replaying.names)
    texts = [(await again.calls().ask(call(key, f"{key}-renamed", purpose="plan"))).text for key in ("a", "b")]

    assert texts == ["one", "two"]
    assert [event.source for event in again.finished()] == ["record", "record"]
    assert [event.cost for event in again.finished()] == [event.cost for event in recorded.finished()]


async def test_the_same_request_gets_its_answers_in_their_order_and_then_the_last(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    recording = Recording(scripted({"text": "first"}, {"text": "second"}), file, ("m",), NO_SECRETS)
    for _ in range(2):
        await recording.ask(asked(), lambda _: None)

    replaying = Replaying(file)
    texts = [(await replaying.ask(asked(), lambda _: None)).text for _ in range(3)]

    assert texts == ["first", "second", "second"]


async def test_an_unknown_request_is_one_clear_fault(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    await Recording(scripted({"text": "one"}), file, ("m",), NO_SECRETS).ask(asked("a question"), lambda _: None)
    attempt = Attempt(Replaying(file), ("openai/scripted",))

    with pytest.raises(ModelFault, match="differs from the nearest first in message 2") as raised:
        await attempt.calls().ask(asked("another question"))

    assert raised.value.kind == "not_recorded"
    assert len(attempt.failed()) == 1


async def test_a_model_that_was_told_of_its_broken_call_is_replayed_too(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    lines = ({"tool_calls": [{"name": "edit", "arguments": "{"}]}, {"text": "better"})
    first = Attempt(Recording(scripted(*lines), file, ("openai/cheap",), NO_SECRETS))
    await first.calls().ask(call())

    second = Attempt(Replaying(file))
    answer = await second.calls().ask(call())

    assert answer.text == "better"
    assert [event.fault for event in second.failed()] == ["bad_tool_call"]


async def test_a_fallback_is_replayed_though_the_fault_before_it_is_not_recorded(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    names = ("openai/cheap", "other/strong")
    model = scripted({"model": "openai/cheap", "fault": "quota", "times": 0}, {"text": "from the other"})
    await Attempt(Recording(model, file, names, NO_SECRETS), names).calls().ask(call())

    answer = await Attempt(Replaying(file), names).calls().ask(call())

    assert answer.text == "from the other"


async def test_a_record_holds_no_request_and_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    recording = Recording(
        scripted({"text": "the key is hunter2-very-secret"}), file, ("m",),
        Masker({"KEY": "hunter2-very-secret"}),
    )  # fmt: skip

    await recording.ask(asked("my unusual question"), lambda _: None)

    written = file.read_text("utf-8")
    assert "my unusual question" not in written
    assert "hunter2" not in written


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "run.jsonl:1"), ('{"request": "a"}', "run.jsonl:1"), ('{"record": 9, "models": []}', "version 9")],
)
def test_a_record_that_is_none_says_where(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(content)

    with pytest.raises(RecordError, match=said):
        Replaying(file)


def test_a_record_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="--record"):
        Replaying(tmp_path / "missing.jsonl")


async def test_ids_of_tool_calls_do_not_make_another_request() -> None:
    from agents.models.requests import request_hash
    from agents.ports import ToolCall

    def conversation(identity: str) -> ModelCall:
        used = Message("assistant", "", (ToolCall(identity, "read_file", "{}"),))
        return asked(messages=(Message("user", "go"), used, Message("tool", "text", answers=identity)))

    assert request_hash(conversation("call_x1")) == request_hash(conversation("call_y2"))
    assert request_hash(conversation("a")) != request_hash(asked())
