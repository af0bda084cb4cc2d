"""Which model is asked next and when, what a provider's words mean, and when a provider is left alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agents.models.breaker import Guarded
from agents.models.faults import FOLLOWS, read_fault, retry_after
from agents.models.providers import route
from agents.models.retries import MOST, Plan, in_order
from agents.models.tokens import count_text
from agents.ports import FaultKind, ModelAnswer, ModelCall, ModelCard, ModelFault
from tests.contracts.model import asked
from tests.models.paying import Clock, scripted


def cards(*names: str, windows: tuple[int | None, ...] = ()) -> list[ModelCard]:
    return [ModelCard(name, "p", window) for name, window in zip(names, windows or (None,) * len(names), strict=True)]


def plan(*names: str, deadline: float = 1000.0) -> Plan:
    return Plan(cards(*names), deadline=deadline, seed="s")


def fault(kind: FaultKind, wait: float | None = None) -> ModelFault:
    return ModelFault(kind, "trouble", retry_after=wait)


def asked_in_turn(chosen: Plan, kind: FaultKind, count: int) -> list[str]:
    """Who is asked when every try has the same fault, until there is nobody left."""
    names = []
    for nth in range(count):
        following = chosen.after(fault(kind), float(nth))
        if following is None:
            break
        names.append(following.model)
    return names


def test_what_does_not_pass_strikes_a_model_off() -> None:
    assert asked_in_turn(plan("a", "b", "c"), "quota", 9) == ["b", "c"]


def test_what_passes_is_asked_for_in_turns_until_the_end() -> None:
    names = asked_in_turn(plan("a", "b"), "timeout", 99)

    assert names[:6] == ["a", "b", "b", "a", "a", "b"]
    assert len(names) == MOST - 1


def test_a_model_that_asked_for_time_is_not_asked_before_it_is_over() -> None:
    chosen = plan("a", "b")
    chosen.after(fault("rate_limited", 100), 0.0)

    back = chosen.after(fault("unreachable", 100), 5.0)

    assert back is not None
    assert (back.model, back.at) == ("a", 100.0)


def test_waits_double_and_differ_from_caller_to_caller() -> None:
    one, other = plan("a"), Plan(cards("a"), deadline=1000.0, seed="another")

    waits = [one.after(fault("overloaded"), 0.0) for _ in range(7)]
    elsewhere = [other.after(fault("overloaded"), 0.0) for _ in range(7)]

    seconds = [each.at for each in waits if each]
    assert seconds[0] <= 1 < seconds[2] <= 4 < 15 <= seconds[-1] <= 30
    assert seconds != [each.at for each in elsewhere if each]


def test_a_prompt_that_is_too_long_goes_only_where_more_fits() -> None:
    chosen = Plan(cards("small", "same", "large", windows=(8000, 8000, 32000)), deadline=99.0, seed="")

    following = chosen.after(fault("context_overflow"), 0.0)

    assert following is not None
    assert following.model == "large"
    assert chosen.after(fault("context_overflow"), 0.0) is None


def test_every_fault_ends_for_one_model_and_for_many() -> None:
    for kind in FOLLOWS:
        assert len(asked_in_turn(plan("a"), kind, 500)) < MOST
        assert len(asked_in_turn(plan("a", "b", "c"), kind, 500)) < MOST


def test_the_stronger_ones_stand_in_before_the_weaker() -> None:
    assert in_order("b", ("a", "b", "c", "d")) == ("b", "c", "d", "a")
    assert in_order("d", ("a", "b", "c", "d")) == ("d", "c", "b", "a")
    assert in_order("x", ("a", "b")) == ("x", "a", "b")


SAID = (
    (429, "Rate limit reached for gpt-5 in organization org on tokens per min (TPM): Limit 30000", "rate_limited"),
    (429, "You exceeded your current quota, please check your plan and billing details.", "quota"),
    (400, "Your credit balance is too low to access the Anthropic API.", "quota"),
    (429, "You exceeded your current quota, limit: 10 requests. Please retry in 33.6s.", "rate_limited"),
    (402, "Payment Required", "quota"),
    (429, "RESOURCE_EXHAUSTED: quota exceeded for requests per minute; retryDelay: 34s", "rate_limited"),
    (413, "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 9000", "context_overflow"),
    (400, "Please reduce the length of the messages or completion.", "context_overflow"),
    (400, "The input token count (1200000) exceeds the maximum number of tokens allowed", "context_overflow"),
    (400, "input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000", "context_overflow"),
    (400, "the request exceeds the available context size, try increasing it", "context_overflow"),
    (400, "Invalid 'tools[0].function.name': string does not match pattern", "bad_request"),
    (400, "max_tokens is too large: 99999. This model supports at most 16384 completion tokens", "bad_request"),
    (429, "Request too large for gpt-5 on tokens per min (TPM): Limit 30000, Requested 41000", "context_overflow"),
    (529, "Overloaded", "overloaded"),
    (504, "upstream request timeout", "timeout"),
    (401, "invalid x-api-key", "unauthorized"),
    (500, "The api_key client option must be set either by passing api_key to the client", "no_key"),
    (400, "Output blocked by content filtering policy", "refused"),
    (422, "Unprocessable Entity", "bad_request"),
    (400, "Failed to call a function. Please adjust your prompt. See 'failed_generation'", "bad_tool_call"),
    (400, "attempted to call tool 'outline' which was not in request.tools", "bad_tool_call"),
    (500, "error parsing tool call: raw='{\"path\": ' err=unexpected end of JSON input", "bad_tool_call"),
    (400, "Failed to generate JSON. Please adjust your prompt. See 'failed_generation'", "bad_schema"),
    (400, "You have reached your specified API usage limits.", "quota"),
    (400, "Organization blocked because the spend limit has been reached", "quota"),
    (429, "You exceeded your current quota. quotaId: RequestsPerDayPerProject. Please retry in 33.6s.", "quota"),
    (
        400,
        '{"error": {"type": "request_too_large", "message": "Request exceeds the maximum size"}}',
        "context_overflow",
    ),
    (400, "API key expired. Please renew the API key.", "unauthorized"),
    (400, "The model `llama-3.1-70b` has been decommissioned and is no longer supported.", "not_found"),
    (498, "Flex tier capacity exceeded", "overloaded"),
)
WRAPPED = (
    'litellm.RateLimitError: AnthropicException - b\'{"error": {"message": "It isn\\\'t free."}}\'',
    'Vertex_ai_betaException BadRequestError - b\'{\\n  "error": {"code": 400, "message": "It isn\\\'t free."}}\'',
    """KeyError: 'message', Got unexpected response from Ollama: {'error': "It isn't free."}""",
    'GroqException - {"error": {"message": "It isn\'t free.", "failed_generation": "<function=x>"}}',
    'litellm.InternalError: AnthropicError - b\'[{"error": {"message": "It isn\\\'t free."}}]\'. Handle with `x`',
    "litellm.APIError: OpenAIException - It isn't free. Traceback (most recent call last):\n  File",
)
"""One message of a provider, as a library hands it on."""


def test_a_providers_words_are_told_apart() -> None:
    assert [row for row in SAID if read_fault(row[0], row[1]).kind != row[2]] == []


def test_only_a_providers_own_words_are_shown() -> None:
    shown = {read_fault(400, text).message.partition("(400): ")[2] for text in WRAPPED}
    upstream = '{"error": {"message": "Provider returned error", "metadata": {"raw": "busy upstream"}}}'

    assert shown == {"It isn't free."}
    assert read_fault(429, upstream).message.endswith("Provider returned error: busy upstream")


@pytest.mark.parametrize(
    ("headers", "text", "seconds"),
    [
        ({"Retry-After": "7"}, "", 7.0),
        ({"retry-after-ms": "250", "retry-after": "1"}, "", 0.25),
        ({}, "Please try again in 7.66s. Visit the console", 7.66),
        ({}, "Please try again in 1m2.5s", 62.5),
        ({}, "please retry in 20ms", 0.02),
        ({}, 'details: {"retryDelay": "34s"}', 34.0),
        ({"Retry-After": "soon"}, "", None),
        ({}, "Try again later", None),
    ],
)
def test_how_long_a_provider_asks_to_be_left_alone(headers: dict[str, str], text: str, seconds: float | None) -> None:
    assert retry_after(headers, text, 0.0) == (None if seconds is None else pytest.approx(seconds))


def test_a_date_is_a_wait_too() -> None:
    now = float(int(time.time()))
    told = datetime.fromtimestamp(now + 90, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")

    assert retry_after({"Retry-After": told}, "", now) == pytest.approx(90.0)


def test_a_key_in_a_providers_words_is_not_passed_on() -> None:
    said = read_fault(401, "Incorrect API key provided: sk-proj-abcDEF123456. You can find your key").message

    assert "abcDEF" not in said


KNOWN = frozenset({"groq", "openai", "anthropic", "gemini", "ollama", "ollama_chat", "bedrock"})


@pytest.mark.parametrize(
    ("model", "base", "environment", "name", "key", "missing"),
    [
        ("groq/llama", "", {"GROQ_API_KEY": "k"}, "groq/llama", "k", ""),
        ("groq/llama", "", {}, "groq/llama", None, "GROQ_API_KEY"),
        ("gemini/pro", "", {"GOOGLE_API_KEY": "g"}, "gemini/pro", "g", ""),
        ("ollama/qwen3", "", {}, "ollama_chat/qwen3", None, ""),
        ("qwen3", "http://here/v1", {}, "openai/qwen3", "none", ""),
        ("lab/qwen3", "http://here/v1", {"KAIZEN_API_KEY": "own"}, "openai/lab/qwen3", "own", ""),
        ("bedrock/claude", "", {}, "bedrock/claude", None, ""),
    ],
)
def test_a_name_says_how_a_model_is_reached(
    model: str, base: str, environment: dict[str, str], name: str, key: str | None, missing: str
) -> None:
    found = route(model, base, environment, KNOWN)

    assert found is not None
    assert (found.name, found.api_key, found.missing) == (name, key, missing)


def test_an_address_of_a_providers_own_wins() -> None:
    environment = {"OLLAMA_API_BASE": "big-machine:11434", "GROQ_API_KEY": "k"}

    found = [route(name, "http://here/v1", environment, KNOWN) for name in ("ollama/qwen3", "groq/llama")]

    assert [each.api_base for each in found if each] == ["http://big-machine:11434", "http://here/v1"]


def test_a_name_that_says_no_provider_is_nobodys() -> None:
    assert route("gpt-oss", "", {}, KNOWN) is None


async def test_a_provider_that_failed_too_often_is_left_alone_and_then_tried_by_one() -> None:
    clock = Clock()
    model = scripted({"fault": "503", "times": 6}, {"text": "back", "times": 0})
    guarded = Guarded(model, clock)

    for _ in range(6):
        assert await kind_of(guarded) == "overloaded"
    during = [await kind_of(guarded) for _ in range(3)]
    asked_meanwhile = len(model.calls)
    clock.now += 15
    after = [await kind_of(guarded) for _ in range(2)]

    assert during == ["breaker_open"] * 3
    assert asked_meanwhile == 6
    assert after == ["", ""]


async def test_a_provider_that_is_still_down_rests_twice_as_long() -> None:
    clock = Clock()
    guarded = Guarded(scripted({"fault": "503", "times": 0}), clock)
    for _ in range(6):
        await kind_of(guarded)

    clock.now += 15
    first = await kind_of(guarded)
    clock.now += 29
    second = await kind_of(guarded)

    assert (first, second) == ("overloaded", "breaker_open")


async def test_a_limit_that_was_reached_breaks_nothing() -> None:
    guarded = Guarded(scripted({"fault": "rate_limit", "times": 20}, {"text": "ok"}), Clock())

    assert [await kind_of(guarded) for _ in range(21)] == ["rate_limited"] * 20 + [""]


async def kind_of(model: Guarded) -> str:
    try:
        answer: ModelAnswer = await model.ask(asked(), lambda _: None)
    except ModelFault as raised:
        return raised.kind
    return "" if answer.text else "empty"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("The quick brown fox jumps over the lazy dog. " * 20, 200, 400),
        ("def add(a, b):\n    return a + b\n\n" * 20, 240, 600),
        ("a" * 4000, 500, 4000),
        ("0123456789" * 100, 333, 1000),
        ("机器学习是人工智能" * 20, 100, 400),
        ("", 0, 0),
    ],
)
def test_tokens_are_counted_upwards_and_not_too_far(text: str, least: int, most: int) -> None:
    assert least <= count_text(text) <= most


def test_the_count_of_a_request_grows_with_all_its_parts(
    made: Callable[..., ModelCall] = asked,
) -> None:
    from agents.models.tokens import count_call
    from tests.contracts.model import READ, SCHEMA

    bare, with_tools, with_schema = (
        count_call(made()),
        count_call(made(tools=(READ,))),
        count_call(made(answer_schema=SCHEMA)),
    )

    assert bare < with_tools
    assert bare < with_schema
