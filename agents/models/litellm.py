"""Any provider through litellm, one try at a time; its surprises end here.

It is imported at the first use (1.6 s of CPU). It neither fetches prices, nor reads a `.env`, nor retries, nor calls
back; a stream without the provider's own end is a cut one, whatever it makes up; an unknown price is None.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from agents.models.checks import checked
from agents.models.faults import FOLLOWS, one_line
from agents.models.heard import End, Heard, end_of_answer
from agents.models.prices import card_of, cost_of
from agents.models.providers import Route, marks_of, route
from agents.models.tokens import count_call, count_text, room_for
from agents.models.wording import as_call, messages_for, tools_for, words_of
from agents.models.wrongs import fault_of, gives_no_stream, sent_instead, written_in
from agents.ports import ModelAnswer, ModelCall, ModelCard, ModelFault, ToolCall

_FIRST_WORD = 0.5
"""Share of a call's time in which its answer must begin, so that another try has a chance."""
_LEAST = 20.0
_STALL = 60.0
"""Seconds without a piece after which an answer that had begun counts as standing still."""


class LiteLlm:
    """The port `Model` over litellm."""

    def __init__(
        self,
        api_base: str = "",
        environment: Mapping[str, str] | None = None,
        *,
        prices: Mapping[str, tuple[float, float]] | None = None,
        stall: float = _STALL,
        stream: bool = True,
    ) -> None:
        """Keys are read from `environment` alone. `prices`: USD per million tokens in and out, the user's own words."""
        self._api_base, self._environment = api_base, environment or {}
        self._prices, self._stall, self._stream = prices or {}, stall, stream
        self._no_streams: set[str | None] = set()
        """Addresses that were asked for a stream and gave none: they are asked for whole answers from then on."""

    def card(self, model: str) -> ModelCard:
        """Return what litellm's own list and the user's prices say; the first use blocks for the import."""
        found = self._route(model)
        provider = found.provider if found else ""
        return card_of(model, provider, found.name if found else model, self._library.model_cost, self._prices)

    async def ask(self, call: ModelCall, on_token: Callable[[str], None]) -> ModelAnswer:
        """Ask once. Without a key, or with a name that says no provider, nothing is sent."""
        library = await asyncio.to_thread(lambda: self._library)
        way = self._reachable(call.model)
        began = time.monotonic()
        told = _Told(on_token)
        try:
            async with asyncio.timeout(call.seconds):
                if self._stream and way.api_base not in self._no_streams:
                    await self._streamed(library, way, call, told)
                else:
                    await self._whole(library, way, call, told)
        except TimeoutError as error:
            raise ModelFault("timeout", f"no whole answer after {call.seconds:.0f} s", began=told.began) from error
        except ModelFault:
            raise
        except Exception as error:
            if gives_no_stream(error):
                self._no_streams.add(way.api_base)
            told.heard.written = written_in(error, told.heard)
            if not told.heard.written or told.parts:
                raise fault_of(error, told.heard, began=told.began, now=time.time()) from error
        answer = replace(self._answer(library, way, call, told), seconds=time.monotonic() - began)
        return checked(answer, call)

    async def close(self) -> None:
        """Close its connections; it may be used again."""
        if "_library" in self.__dict__:
            await self._library.close_litellm_async_clients()

    async def _streamed(self, library: Any, way: Route, call: ModelCall, told: _Told) -> None:
        patience = max(_LEAST, call.seconds * _FIRST_WORD)
        wanted = _wanted(library, way, call, self.card(call.model).window)
        wanted |= {"stream": True, "stream_options": {"include_usage": True}}
        async with _patient(patience, told):
            stream = await library.acompletion(**wanted)
        told.heard.listen(stream)
        pieces: AsyncIterator[Any] = stream.__aiter__()
        async with aclosing(_Closable(stream)):
            while True:
                async with _patient(self._stall if told.began else patience, told):
                    piece = await anext(pieces, None)
                if piece is None:
                    break
                told.hear(piece)
        # What the provider said stands in `chunks`; the last piece may be made up, with an end that never came.
        heard = told.heard
        told.finish = (
            heard.finish if heard.knows else stream.received_finish_reason or stream.intermittent_finish_reason or ""
        )
        told.usage = next((u for c in reversed(stream.chunks) if (u := getattr(c, "usage", None)) is not None), None)
        if told.usage is None and heard.usage:
            told.usage = library.Usage(**heard.usage)
        if not heard.knows and not any(chunk.choices for chunk in stream.chunks):
            self._no_streams.add(way.api_base)
            raise ModelFault("garbled", "what came is no answer; asks again: the stream held nothing of one")
        if heard.error is not None:
            raise sent_instead(heard.error, began=True, now=time.time())
        if not told.finish:
            raise ModelFault("cut", "the answer broke off: the stream ended before it did", began=True)

    async def _whole(self, library: Any, way: Route, call: ModelCall, told: _Told) -> None:
        response = await library.acompletion(**_wanted(library, way, call, self.card(call.model).window))
        if not getattr(response, "choices", None):
            raise ModelFault("garbled", "the answer has no choices", began=True)
        choice = response.choices[0]
        own = getattr(choice, "provider_specific_fields", None) or {}
        told.began, told.finish = True, own.get("native_finish_reason") or choice.finish_reason or ""
        told.usage = getattr(response, "usage", None)
        told.heard.refusal = (getattr(choice.message, "provider_specific_fields", None) or {}).get("refusal") or ""
        told.take(words_of(choice.message.content), choice.message.tool_calls or ())

    def _answer(self, library: Any, way: Route, call: ModelCall, told: _Told) -> ModelAnswer:
        end, calls = told.end(shaped=call.answer_schema is not None), tuple(told.calls())
        finish = "length" if end == "length" else "tool_calls" if calls else "stop"
        plain = ModelAnswer(text="".join(told.text), tool_calls=calls, finish=finish, model=call.model)  # type: ignore[arg-type]
        usage = told.usage
        tokens_in, tokens_out = (int(getattr(usage, f"{part}_tokens", 0) or 0) for part in ("prompt", "completion"))
        if not tokens_in:  # no provider bills an empty prompt: it did not say
            written = "".join(c.arguments for c in calls) + plain.text
            plain = replace(plain, tokens_in=count_call(call), tokens_out=count_text(written), estimated=True)
        else:
            details = getattr(usage, "prompt_tokens_details", None)
            cached = int(getattr(details, "cached_tokens", 0) or 0)
            plain = replace(plain, tokens_in=tokens_in, tokens_cached=cached, tokens_out=tokens_out)
        return replace(plain, cost=cost_of(plain, self.card(call.model), library, way.name, usage))

    def lacking(self, model: str) -> str:
        """Return in one line what a model lacks to be asked; empty when it can be."""
        try:
            self._reachable(model)
        except ModelFault as fault:
            return fault.message
        return ""

    def _reachable(self, model: str) -> Route:
        found = self._route(model)
        if found is None:
            said = f"{one_line(model)!r} names no provider: write e.g. groq/{one_line(model)}, or set KAIZEN_API_BASE"
            raise ModelFault("not_found", said)
        if found.missing:
            raise ModelFault("no_key", f"{model} needs a key: set {found.missing} in the daemon's environment")
        return found

    def _route(self, model: str) -> Route | None:
        known = frozenset(str(getattr(each, "value", each)) for each in self._library.provider_list)
        found = route(model, self._api_base, self._environment, known)
        if found is None:
            said = self._library.model_cost.get(model, {}).get("litellm_provider", "")
            found = route(f"{said}/{model}", self._api_base, self._environment, known) if said in known else None
        return found

    @cached_property
    def _library(self) -> Any:
        return _loaded()


def warm() -> None:
    """Load what the first call needs, so that it does not wait for that; nobody is asked. It blocks for seconds."""
    library = _loaded()
    import openai.resources  # noqa: F401 - most providers are asked through it, and litellm loads it with the first call

    assert library.encoding is not None  # it is read from its file when it is first looked at


def _loaded() -> Any:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches prices from the network
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # else it reads a .env of the working directory
    import litellm
    from litellm.llms.ollama.common_utils import OllamaModelInfo

    # Else every answer of Ollama holds up all that waits while it is asked what it knows of the model.
    OllamaModelInfo.get_model_info = lambda *_, **__: None  # type: ignore[method-assign]
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).disabled = True  # else it tells of every call on standard error
    litellm.suppress_debug_info = True  # else it prints advice to standard output
    litellm.disable_streaming_logging = True
    litellm.modify_params = True  # a history with tool calls may be sent without tools
    return litellm


@dataclass(slots=True)
class _Told:
    """What came of an answer so far."""

    on_token: Callable[[str], None]
    text: list[str] = field(default_factory=list)
    parts: list[dict[str, str]] = field(default_factory=list)
    """Tool calls: id, name, arguments."""
    places: dict[int, int] = field(default_factory=dict)
    finish: str = ""
    usage: Any = None
    began: bool = False
    heard: Heard = field(default_factory=Heard)

    def end(self, *, shaped: bool) -> End:
        """Return how the answer ended; raise ModelFault when it cannot be used for that.

        What the model wrote where its provider looked for a tool call is text of the answer, marked as a call: it may
        be read as one. With `shaped` it is the text that was asked for.
        """
        end = end_of_answer(self.finish)
        if self.heard.written and not self.parts:
            self.take(self.heard.written if shaped else as_call(self.heard.written), ())
            return "whole"
        if end == "whole" and self.heard.refusal and not (self.parts or "".join(self.text).strip()):
            end, self.finish = "refused", self.heard.refusal
        match end:
            case "whole" | "length":
                return end
            case _:
                said = f"{FOLLOWS[end].told}: the provider ended the answer with {one_line(self.finish)!r}"
                raise ModelFault(end, said, began=True)

    def hear(self, piece: Any) -> None:
        """Take one piece of a stream."""
        self.began = True
        if piece.choices:
            delta = piece.choices[0].delta
            self.take(words_of(delta.content), delta.tool_calls or ())

    def take(self, text: str, calls: Any) -> None:
        """Take text and tool calls, or pieces of them."""
        if text:
            self.text.append(text)
            self.on_token(text)
        for each in calls:
            self._part(each)

    def calls(self) -> list[ToolCall]:
        """Return the tool calls; one without an id gets its number."""
        return [ToolCall(p["id"] or f"call-{nth}", p["name"], p["arguments"]) for nth, p in enumerate(self.parts)]

    def _part(self, each: Any) -> None:
        function, identity = each.function, each.id or ""
        index = getattr(each, "index", None)
        at = len(self.parts) - 1 if index is None else self.places.get(index, -1)
        fresh = at < 0 or (identity and self.parts[at]["id"] not in ("", identity)) or (index is None and function.name)
        if fresh:  # some servers give every call the same index, or none
            at = len(self.parts)
            self.parts.append({"id": "", "name": "", "arguments": ""})
        if index is not None:
            self.places[index] = at
        part = self.parts[at]
        part["id"] = identity or part["id"]
        part["name"] = part["name"] or function.name or ""
        part["arguments"] += function.arguments or ""


def _wanted(library: Any, way: Route, call: ModelCall, window: int | None) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "model": way.name,
        "messages": messages_for(call.messages, marked=marks_of(way.provider, way.name)),
        "max_tokens": call.max_tokens,
        "timeout": call.seconds,
        "num_retries": 0,
        "max_retries": 0,
        "drop_params": True,
        "caching": False,
        "_skip_mcp_handler": True,  # else it loads a gateway of its own for every request with tools
    }
    stated = {"api_key": way.api_key, "api_base": way.api_base, "temperature": call.temperature}
    wanted |= {name: value for name, value in stated.items() if value is not None}
    if way.provider == "ollama_chat":
        wanted["num_ctx"] = room_for(call, window)
    if call.tools:
        wanted["tools"] = tools_for(call.tools)
    if call.answer_schema is not None and library.supports_response_schema(model=way.name):
        shape = {"name": call.purpose or "answer", "schema": dict(call.answer_schema)}
        wanted["response_format"] = {"type": "json_schema", "json_schema": shape}
    return wanted


@asynccontextmanager
async def _patient(seconds: float, told: _Told) -> AsyncIterator[None]:
    """Wait so long and no longer for what comes next; the call's own deadline stands around it."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if limit.expired():
            what = "the answer stood still" if told.began else "no answer began"
            raise ModelFault("timeout", f"{what} for {seconds:.0f} s", began=told.began) from error
        raise


class _Closable:
    """What closes a stream of litellm, whose own stream may have nothing to close."""

    def __init__(self, stream: Any) -> None:
        self._stream = getattr(stream, "completion_stream", None)

    async def aclose(self) -> None:
        close = getattr(self._stream, "aclose", None) or getattr(self._stream, "close", None)
        if close is not None:
            done = close()
            if asyncio.iscoroutine(done):
                await done
