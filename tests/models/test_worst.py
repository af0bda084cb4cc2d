"""What is reserved for a call holds whatever its text is, and is no more than that."""

from __future__ import annotations

import base64
import random
from dataclasses import replace

import pytest

from agents.models.requests import answered
from agents.models.worst import bytes_of
from agents.ports import Message, ModelCall
from tests.contracts.model import READ, SCHEMA
from tests.models.paying import STRONG, Attempt, call, scripted

NOISE = random.Random(7).randbytes(900)


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(NOISE).decode(),
        "".join(chr(97 + byte % 26) for byte in NOISE),
        "\t \t" * 300,
        "ཀྵྐྵ" * 100,
        "}{][" * 200,
    ],
)
def test_no_text_has_more_tokens_than_are_reserved(text: str) -> None:
    """A dictionary that joins nothing at all makes one token of each byte."""
    assert bytes_of(call(text)) >= len(text.encode())


def test_everything_that_is_sent_is_counted() -> None:
    """Tools, the form of the answer and the calls of earlier answers are sent too."""
    bare = call()

    assert bytes_of(bare) < bytes_of(replace(bare, tools=(READ,)))
    assert bytes_of(bare) < bytes_of(replace(bare, answer_schema=SCHEMA))


async def _second(usage: list[int], *, model: str = "", again: bool = False, tools: bool = False) -> tuple[int, int]:
    """Return what was reserved for the second call of a conversation, and the bytes that were new in it."""
    long, news = "a line of prose that is read. " * 1000, Message("user", "and now")
    attempt = Attempt(scripted({"text": "read", "usage": usage, "times": 0}), names=(call().model, STRONG))
    calls, first = attempt.calls(), call(long)
    answer = await calls.ask(first)
    calls = attempt.calls() if again else calls
    if again:
        await calls.ask(first)
    following = ModelCall("act-2", model or first.model, (*first.messages, answered(answer), news))
    await calls.ask(replace(following, tools=(READ,)) if tools else following)
    return attempt.started()[-1].worst_tokens, bytes_of(replace(following, messages=following.messages[-2:]))


@pytest.mark.parametrize("again", [False, True])
async def test_what_a_provider_has_counted_is_reserved_as_it_was_counted(again: bool) -> None:
    """Else a long conversation would hold back four times what it takes; after a restart too."""
    worst, new = await _second([7000, 0, 5], again=again)

    assert 7000 <= worst - call().max_tokens <= 7000 + new


@pytest.mark.parametrize("given", [{"model": STRONG}, {"tools": True}])
async def test_what_was_counted_for_something_else_counts_for_nothing(given: dict[str, object]) -> None:
    """Another model has another dictionary, and tools stand before the messages."""
    worst, _ = await _second([7000, 0, 5], **given)  # type: ignore[arg-type]

    assert worst > 30_000
