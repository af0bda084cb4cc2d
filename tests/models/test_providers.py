"""Each provider in its own format over HTTP, only the address changed: what is recorded of its answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from agents.ports import ModelFault
from tests.contracts.model import READ, SCHEMA, asked
from tests.models.wires import anthropic, gemini, ollama, openai
from tests.models.wires.asking import (
    CLAUDE,
    CODEX,
    GEMINI,
    GPT,
    GROQ,
    HELLO,
    KEYS,
    QWEN,
    READS,
    SHAPED,
    A,
    B,
    Fails,
    Row,
    Says,
    adapter,
    conversed,
    wrong,
)
from tests.models.wires.serving import Provider, Reply, serving

pytestmark = pytest.mark.slow


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with serving() as running:
        yield running


async def test_anthropic_as_it_speaks(provider: Provider) -> None:
    streamed, said, error = anthropic.streamed, anthropic.said, anthropic.error
    full = said(HELLO, *READS)
    rows = [
        Row(streamed(said(HELLO)), Says(HELLO)),
        Row(streamed(full), Says(HELLO, READS, "tool_calls")),
        Row(streamed(said("", ("read_file", ""))), Says("", (("read_file", "{}"),), "tool_calls")),
        Row(streamed(anthropic.thinking("A draft.", HELLO)), Says(HELLO)),
        Row(streamed(said(HELLO, stop="max_tokens")), Says(HELLO, finish="length")),
        Row(streamed(said(HELLO, stop="model_context_window_exceeded")), Says(HELLO, finish="length")),
        Row(streamed(said(HELLO, ("read_file", A[:9]), stop="max_tokens")), Fails("bad_tool_call", "cut at 4096")),
        Row(streamed(said(HELLO, stop="refusal")), Fails("refused", "refusal")),
        Row(streamed(said('{"score": 3}')), Says('{"score": 3}'), SHAPED),
        *(Row(streamed(full[:nth], cut=nth % 2 == 0), Fails("cut")) for nth in (3, 5, 9, len(full) - 2)),
        Row(streamed([*full[:4], anthropic.broken_off("overloaded_error", "Overloaded")]), Fails("cut", "Overloaded")),
        Row(streamed([anthropic.broken_off("overloaded_error", "Overloaded")]), Fails("overloaded", "Overloaded")),
        Row(error(529, "overloaded_error", "Overloaded"), Fails("overloaded", ": Overloaded")),
        Row(
            error(
                429, "rate_limit_error", "This request would exceed your organization's rate limit", retry_after="17"
            ),
            Fails("rate_limited", "your organization's rate limit", 17.0),
        ),
        Row(
            error(400, "invalid_request_error", "Your credit balance is too low"), Fails("quota", "balance is too low")
        ),
        Row(error(400, "invalid_request_error", "You have reached your specified API usage limits."), Fails("quota")),
        Row(error(402, "billing_error", "There's an issue with your billing"), Fails("quota", "There's an issue")),
        Row(
            error(400, "invalid_request_error", "prompt is too long: 215043 tokens > 200000 maximum"),
            Fails("context_overflow", "215043 tokens"),
        ),
        Row(error(413, "request_too_large", "Request exceeds the maximum size"), Fails("context_overflow")),
        Row(
            error(401, "authentication_error", f"invalid x-api-key {KEYS['ANTHROPIC_API_KEY']}"), Fails("unauthorized")
        ),
        Row(error(404, "not_found_error", "model: claude-nine"), Fails("not_found", "model: claude-nine")),
        Row(error(500, "api_error", "Internal server error"), Fails("overloaded", ": Internal server error")),
        Row(Reply((b"<html><h1>502 Bad Gateway</h1></html>",), 502, "text/html"), Fails("overloaded", "502 Bad")),
    ]

    assert await wrong(provider, CLAUDE, rows) == []

    whole = anthropic.whole([{"type": "text", "text": HELLO}, anthropic.used("read_file", json.loads(A))], "tool_use")
    assert await wrong(provider, CLAUDE, [Row(whole, Says(HELLO, READS[:1], "tool_calls"))], stream=False) == []

    body = await conversed(provider, CLAUDE, streamed(full), streamed(said("Done.")))
    used, results = body["messages"][1]["content"], body["messages"][2]["content"]
    assert [each["id"] for each in used if each["type"] == "tool_use"] == [each["tool_use_id"] for each in results]
    assert "cache_control" in body["system"][0]
    assert {provider.heard[-1].path, provider.heard[-1].headers["x-api-key"]} == {
        "/v1/messages", KEYS["ANTHROPIC_API_KEY"],
    }  # fmt: skip


async def test_google_as_it_speaks(provider: Provider) -> None:
    piece, called, streamed = gemini.piece, gemini.called, gemini.streamed
    text, both = piece([{"text": HELLO}]), [called("read_file", json.loads(A)), called("read_file", json.loads(B))]
    python = "Malformed function call: print(default_api.read_file(path='b.py'))"
    rows = [
        Row(streamed(piece([{"text": HELLO[:3]}]), piece([{"text": HELLO[3:]}], "STOP")), Says(HELLO)),
        Row(streamed(text, piece(both), piece([{"text": ""}], "STOP")), Says(HELLO, READS, "tool_calls")),
        Row(streamed(piece(both[:1]), piece(both[1:], "STOP")), Says("", READS, "tool_calls")),
        Row(
            streamed(piece([{"functionCall": {"name": "read_file"}}], "STOP")),
            Says("", (("read_file", "{}"),), "tool_calls"),
        ),
        Row(streamed(piece([{"text": "A draft.", "thought": True}]), text, piece(None, "STOP")), Says(HELLO)),
        Row(streamed(text, piece(None, "MAX_TOKENS")), Says(HELLO, finish="length")),
        Row(
            streamed(piece([{"text": '{"score": 3}'}], "STOP")),
            Says('{"score": 3}'),
            {"answer_schema": SCHEMA, "tools": (READ,)},
        ),
        *(Row(streamed(text, piece(None, end)), Fails("refused", end)) for end in ("SAFETY", "RECITATION", "SPII")),
        Row(streamed(gemini.blocked("PROHIBITED_CONTENT")), Fails("refused")),
        Row(
            streamed(text, piece(None, "MALFORMED_FUNCTION_CALL", finishMessage=python)),
            Says(f"{HELLO}\n<tool_call>\nprint(default_api.read_file(path='b.py'))\n</tool_call>"),
        ),
        Row(streamed(text, piece(None, "MALFORMED_FUNCTION_CALL")), Fails("bad_tool_call", "MALFORMED")),
        Row(streamed(text, piece(None, "UNEXPECTED_TOOL_CALL")), Fails("bad_tool_call")),
        Row(streamed(piece([{"text": ""}], "STOP")), Fails("garbled", "empty")),
        Row(streamed(text, cut=True), Fails("cut")),
        Row(streamed(text), Fails("cut", "ended before it did")),
        Row(streamed(piece(both[:1])), Fails("cut")),
        Row(streamed(text, {"error": gemini.said(503, "UNAVAILABLE", "Overloaded.")}), Fails("cut", "Overloaded.")),
    ]

    assert await wrong(provider, GEMINI, rows) == []

    plain = [
        Row(gemini.whole(piece([{"text": HELLO}, both[0]], "STOP")), Says(HELLO, READS[:1], "tool_calls")),
        Row(gemini.whole(piece(None, "MALFORMED_FUNCTION_CALL")), Fails("bad_tool_call")),
    ]
    assert await wrong(provider, GEMINI, plain, stream=False) == []

    signed = both[0] | {"thoughtSignature": "QUJD"}
    body = await conversed(
        provider, GEMINI, streamed(piece([signed, both[1]], "STOP")), streamed(piece([{"text": HELLO}], "STOP"))
    )
    assert body["contents"][1]["parts"][0]["thoughtSignature"] == "QUJD"
    assert [part["function_response"]["name"] for part in body["contents"][2]["parts"]] == ["read_file"] * 2
    assert KEYS["GEMINI_API_KEY"] not in provider.heard[-1].path


async def test_google_as_it_refuses(provider: Provider) -> None:
    error = gemini.error
    plan = "You exceeded your current quota, please check your plan and billing details. Please retry in 37.7s."
    rows = [
        Row(error(503, "UNAVAILABLE", "The model is overloaded."), Fails("overloaded", ": The model is overloaded.")),
        Row(
            error(429, "RESOURCE_EXHAUSTED", plan, gemini.wait("37s", "GenerateRequestsPerMinutePerProjectPerModel")),
            Fails("rate_limited", "your plan", 37.7),
        ),
        Row(
            error(429, "RESOURCE_EXHAUSTED", plan, gemini.wait("37s", "GenerateRequestsPerDayPerProjectPerModel")),
            Fails("quota", "your plan"),
        ),
        Row(error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."), Fails("rate_limited")),
        Row(error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."), Fails("unauthorized")),
        Row(error(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."), Fails("unauthorized")),
        Row(
            error(
                400, "INVALID_ARGUMENT", "The input token count (1205000) exceeds the maximum number of tokens allowed"
            ),
            Fails("context_overflow", "1205000"),
        ),
        Row(error(400, "FAILED_PRECONDITION", "User location is not supported"), Fails("bad_request", "location")),
        Row(error(404, "NOT_FOUND", "models/gemini-9 is not found"), Fails("not_found", ": models/gemini-9")),
        Row(error(500, "INTERNAL", "An internal error has occurred."), Fails("overloaded", ": An internal")),
    ]

    assert await wrong(provider, GEMINI, rows) == []


async def test_ollama_as_it_speaks(provider: Provider) -> None:
    line, error, streamed = ollama.line, ollama.error, ollama.streamed
    end, both = line(done="stop"), tuple((name, json.loads(given)) for name, given in READS)
    told = (950, 0, 40)
    tagged = ("<think>", "A </think", "> draft", "</think>", "\nWrite `<think>`.")
    rows = [
        Row(streamed(line(HELLO[:3]), line(HELLO[3:]), end), Says(HELLO, tokens=told)),
        Row(streamed(line(HELLO, *both), end), Says(HELLO, READS, "tool_calls", told)),
        Row(streamed(line("", both[0]), line("", both[1]), end), Says("", READS, "tool_calls", told)),
        Row(streamed(line("", thinking="A draft."), line(HELLO), end), Says(HELLO, tokens=told)),
        Row(streamed(*map(line, tagged), end), Says("".join(tagged), tokens=told)),
        Row(streamed(line(HELLO), line(done="length")), Says(HELLO, finish="length", tokens=told)),
        Row(streamed(line(done="load")), Fails("garbled", "empty")),
        Row(streamed(line(HELLO), cut=True), Fails("cut")),
        Row(streamed(line(HELLO)), Fails("cut", "ended before it did")),
        Row(streamed(line(HELLO), {"error": "unexpected EOF"}), Fails("cut", ": unexpected EOF")),
        Row(streamed({"error": "llama runner process has terminated"}), Fails("overloaded", ": llama runner")),
        Row(
            error(404, 'model "qwen9" not found, try pulling it first'), Fails("not_found", ': model "qwen9" not found')
        ),
        Row(error(400, "gemma3:latest does not support tools"), Fails("bad_request", ": gemma3:latest does not")),
        Row(
            error(500, "error parsing tool call: raw='x' err=unexpected end"),
            Fails("bad_tool_call", "parsing tool call"),
        ),
        Row(error(503, "server busy, please try again"), Fails("overloaded", ": server busy")),
        Row(error(400, "the input length exceeds the context length"), Fails("context_overflow")),
    ]

    assert await wrong(provider, QWEN, rows) == []

    plain = [Row(ollama.whole(line(HELLO, both[0], done="stop")), Says(HELLO, READS[:1], "tool_calls", told))]
    assert await wrong(provider, QWEN, plain, stream=False) == []

    body = await conversed(provider, QWEN, streamed(line("", *both), end), streamed(line(HELLO), end))
    assert [each["function"]["arguments"] for each in body["messages"][2]["tool_calls"]] == [
        json.loads(A),
        json.loads(B),
    ]
    assert body["options"]["num_ctx"] == 16_384, "else it drops the beginning of a longer prompt without a word"


async def test_openai_as_it_speaks(provider: Provider) -> None:
    streamed, said, error = openai.streamed, openai.said, openai.error
    full = said(HELLO, *READS)
    refusing = [openai.piece({"refusal": "I can't help with that."}), openai.piece({}, "stop"), full[-1]]
    rows = [
        Row(streamed(said(HELLO)), Says(HELLO)),
        Row(streamed(full), Says(HELLO, READS, "tool_calls")),
        Row(streamed(said(HELLO, finish="length")), Says(HELLO, finish="length")),
        Row(streamed(said(HELLO, finish="content_filter")), Fails("refused", "content_filter")),
        Row(streamed(said(HELLO, finish="error")), Fails("cut", "'error'")),
        Row(streamed(refusing), Fails("refused", "I can't help with that.")),
        *(Row(streamed(full[:nth], cut=nth % 2 == 0), Fails("cut")) for nth in (2, 3, 5, 8)),
        Row(
            streamed([*full[:3], {"error": {"message": "Sorry about that!", "type": "server_error"}}]),
            Fails("cut", "Sorry"),
        ),
        Row(
            error(
                429, "Rate limit reached. Please try again in 3s.", "rate_limit_exceeded", headers={"retry-after": "4"}
            ),
            Fails("rate_limited", ": Rate limit reached", 4.0),
        ),
        Row(
            error(429, "You exceeded your current quota, please check your plan", "insufficient_quota"), Fails("quota")
        ),
        Row(
            error(429, "Request too large for m on tokens per min (TPM): Limit 3, Requested 4", "rate_limit_exceeded"),
            Fails("context_overflow"),
        ),
        Row(
            error(401, f"Incorrect API key provided: {KEYS['OPENAI_API_KEY']}", "invalid_api_key"),
            Fails("unauthorized"),
        ),
        Row(
            error(404, "The model `gpt-9` does not exist", "model_not_found"), Fails("not_found", ": The model `gpt-9`")
        ),
        Row(
            error(400, "Input tokens exceed the configured limit", "context_length_exceeded"), Fails("context_overflow")
        ),
    ]

    assert await wrong(provider, GPT, rows) == []

    plain = [
        Row(openai.whole({"content": None, "refusal": "I can't."}, "stop"), Fails("refused", "I can't.")),
        Row(openai.whole({"content": HELLO}, "stop"), Says(HELLO)),
    ]
    assert await wrong(provider, GPT, plain, stream=False) == []

    body = await conversed(provider, GPT, streamed(full), streamed(said("Done.")))
    assert (body["max_completion_tokens"], body["stream_options"]) == (4096, {"include_usage": True})
    assert [each["tool_call_id"] for each in body["messages"][-2:]] == ["call_0", "call_1"]


async def test_openais_responses_as_they_speak(provider: Provider) -> None:
    responded = openai.responded
    short = openai.response(status="incomplete", incomplete_details={"reason": "max_output_tokens"})
    broke = openai.response(status="failed", error={"code": "server_error", "message": "The model broke."})
    whole = responded(HELLO, *READS)
    rows = [
        Row(responded(HELLO), Says(HELLO)),
        Row(whole, Says(HELLO, READS, "tool_calls")),
        Row(responded(HELLO, end={"type": "response.incomplete", "response": short}), Says(HELLO, finish="length")),
        Row(responded(HELLO, end={"type": "response.failed", "response": broke}), Fails("cut", "The model broke.")),
        Row(whole._replace(pieces=whole.pieces[:-1]), Fails("cut")),
    ]

    assert await wrong(provider, CODEX, rows) == []
    assert provider.heard[0].path == "/v1/responses"


async def test_groq_as_it_speaks(provider: Provider) -> None:
    streamed, said, error, piece = openai.streamed, openai.said, openai.error, openai.piece
    written = '<function=read_file{"path": "b.py"}</function>'
    why = "Failed to call a function. See 'failed_generation' for more details."
    failed = {"message": why, "code": "tool_use_failed", "failed_generation": written, "status_code": 400}
    usage = {"queue_time": 0.1, "prompt_tokens": 950, "completion_tokens": 40, "total_tokens": 990, "total_time": 0.2}
    own = [piece({"role": "assistant", "content": HELLO}), piece({}, "stop", x_groq={"id": "req_1", "usage": usage})]
    call = f"\n<tool_call>\n{written}\n</tool_call>"
    rows = [
        Row(streamed(said(HELLO)), Says(HELLO)),
        Row(streamed(said(HELLO, *READS)), Says(HELLO, READS, "tool_calls")),
        Row(streamed(own), Says(HELLO, tokens=(950, 0, 40))),
        Row(streamed([piece({"reasoning": "A draft."}), *said(HELLO)]), Says(HELLO)),
        *(Row(streamed(said(HELLO, *READS)[:nth]), Fails("cut")) for nth in (2, 3, 6)),
        Row(error(400, why, "tool_use_failed", failed_generation=written), Says(call, tokens=None)),
        Row(streamed([piece({"content": "I"}), {"error": failed}]), Says(f"I{call}", tokens=None)),
        Row(error(400, "tool call validation failed", "tool_use_failed"), Fails("bad_tool_call", "validation failed")),
        Row(
            error(400, "Failed to generate JSON.", "json_validate_failed", failed_generation='{"score": '),
            Fails("bad_schema"), SHAPED,
        ),
        Row(
            openai.whole({"content": '{"score": 3}'}, "stop", service_tier="on_demand"), Says('{"score": 3}'), SHAPED,
        ),
        Row(error(413, "Request too large for model `m`: Limit 8000, Requested 9234", None), Fails("context_overflow")),
        Row(
            error(429, "Rate limit reached on tokens per day (TPD). Try again in 7m12.4s.", "rate_limit_exceeded"),
            Fails("rate_limited", "per day", 432.4),
        ),
        Row(error(498, "Flex tier capacity exceeded", "capacity_exceeded"), Fails("overloaded", ": Flex tier")),
        Row(error(400, "The model `m` has been decommissioned", "model_decommissioned"), Fails("not_found")),
        Row(error(400, "Blocked: the spend limit has been reached", "blocked_api_access"), Fails("quota")),
    ]  # fmt: skip

    assert await wrong(provider, GROQ, rows) == []


async def test_who_will_not_stream_is_asked_for_the_whole_answer(provider: Provider) -> None:
    """Some models are streamed only to those whose papers were seen."""
    provider.replies += [
        openai.error(400, "Your organization must be verified to stream this model.", "unsupported_value"),
        openai.whole({"content": HELLO}, "stop"),
    ]
    asks = adapter(provider)

    with pytest.raises(ModelFault, match="verified to stream") as raised:
        await asks.ask(asked(model=GPT, seconds=300.0), lambda _: None)
    answer = await asks.ask(asked(model=GPT, seconds=300.0), lambda _: None)

    assert (raised.value.kind, answer.text) == ("garbled", HELLO)
    assert [bool(each.body.get("stream")) for each in provider.heard] == [True, False]
