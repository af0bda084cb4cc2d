"""Asks a scripted provider as the product does, and says which rows of a table became something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from agents.models.litellm import LiteLlm
from agents.ports import Message, ModelFault
from tests.contracts.model import READ, SCHEMA, asked
from tests.models.wires.serving import Provider, Reply

KEYS = {
    "ANTHROPIC_API_KEY": "sk-ant-api03-very-secret-0123456789",
    "GEMINI_API_KEY": "AIzaSyVerySecret0123456789",
    "GROQ_API_KEY": "gsk_verysecret0123456789",
    "OPENAI_API_KEY": "sk-proj-verysecret0123456789",
}
SHAPED: Mapping[str, Any] = {"answer_schema": SCHEMA, "tools": ()}
CLAUDE, GEMINI, QWEN = "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-pro", "ollama/qwen3"
GROQ, GPT, CODEX = "groq/openai/gpt-oss-120b", "openai/gpt-5-mini", "openai/gpt-5-codex"
HELLO, A, B = "Hello world", '{"path": "src/a.py"}', '{"path": "b.py"}'
READS = (("read_file", A), ("read_file", B))
TOLD = (950, 800, 40)


class Says(NamedTuple):
    """What is recorded of an answer."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    finish: str = "stop"
    tokens: tuple[int, int, int] | None = TOLD
    """In, of these cached, and out; None where they were counted here."""


class Fails(NamedTuple):
    """What is recorded of a fault."""

    kind: str
    words: str = ""
    wait: float | None = None


class Row(NamedTuple):
    """What a provider sends, and what becomes of it."""

    reply: Reply
    becomes: Says | Fails
    more: Mapping[str, Any] = MappingProxyType({})
    """What is asked for."""


def adapter(provider: Provider, *, stream: bool = True) -> LiteLlm:
    at = provider.address
    addresses = {
        "ANTHROPIC_API_BASE": at, "GEMINI_API_BASE": f"{at}/v1beta", "OLLAMA_API_BASE": at,
        "GROQ_API_BASE": f"{at}/openai/v1", "OPENAI_API_BASE": f"{at}/v1",
    }  # fmt: skip
    return LiteLlm("", KEYS | addresses, stall=60.0, stream=stream)


async def wrong(provider: Provider, model: str, rows: Sequence[Row], *, stream: bool = True) -> list[Any]:
    """Return the rows that became something else, each with what it became."""
    asks, found = adapter(provider, stream=stream), []
    for nth, row in enumerate(rows):
        provider.replies[:] = [row.reply]
        got = await became(asks, model, row.more)
        if not fits(got, row.becomes):
            found.append((nth, got, row.becomes))
    return found


async def became(asks: LiteLlm, model: str, more: Mapping[str, Any]) -> Says | Fails:
    """Ask once, with time for a busy machine."""
    heard: list[str] = []
    try:
        answer = await asks.ask(asked(model=model, **({"tools": (READ,), "seconds": 300.0} | dict(more))), heard.append)
    except ModelFault as fault:
        return Fails(fault.kind, fault.message, fault.retry_after)
    assert "".join(heard) == answer.text
    assert answer.cost is not None and (answer.cost > 0) is (model != QWEN), "what one's own machine answers is free"
    assert len({each.id for each in answer.tool_calls}) == len(answer.tool_calls)
    calls = tuple((each.name, each.arguments) for each in answer.tool_calls)
    tokens = None if answer.estimated else (answer.tokens_in, answer.tokens_cached, answer.tokens_out)
    return Says(answer.text, calls, answer.finish, tokens)


def fits(got: Says | Fails, wanted: Says | Fails) -> bool:
    """Whether it is what was wanted; a fault is told in one line, in the provider's own words and without a key."""
    if isinstance(got, Says) or isinstance(wanted, Says):
        return got == wanted
    wrapped = any(sign in got.words.replace(A[:8], "") for sign in ("\n", "{", "b'", "Traceback", "litellm"))
    bare = not wrapped and not any(key in got.words for key in KEYS.values())
    return bare and (got.kind, got.wait) == (wanted.kind, wanted.wait) and wanted.words in got.words


async def conversed(provider: Provider, model: str, first: Reply, then: Reply) -> Any:
    """Have a conversation with a tool and return the body of its second request."""
    asks, begin = adapter(provider), asked(model=model, tools=(READ,), seconds=300.0)
    provider.replies[:] = [first, then]
    answer = await asks.ask(begin, lambda _: None)
    results = (Message("tool", f"text of {nth}", answers=each.id) for nth, each in enumerate(answer.tool_calls))
    more = (Message("assistant", answer.text, answer.tool_calls), *results)
    await asks.ask(asked(model=model, tools=(READ,), seconds=300.0, messages=(*begin.messages, *more)), lambda _: None)
    return provider.heard[-1].body
