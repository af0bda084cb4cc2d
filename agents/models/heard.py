"""What a provider itself says of an answer's end, heard before litellm puts it into words of its own.

litellm calls most ends `stop`, makes one up where none came, and drops the words beside it. So each piece of a stream
is heard as it was sent; litellm still reads what the model said.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

End = Literal["whole", "length", "refused", "bad_tool_call", "cut"]

_ENDS: Mapping[End, frozenset[str]] = {
    "length": frozenset(
        {"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded", "compaction"}
    ),
    "refused": frozenset(
        {"content_filter", "content_filtered", "refusal", "safety", "recitation", "language", "blocklist", "spii",
         "prohibited_content", "image_safety", "sensitive", "guardrail_intervened", "escalation"}
    ),
    "bad_tool_call": frozenset(
        {"malformed_function_call", "unexpected_tool_call", "too_many_tool_calls", "missing_thought_signature"}
    ),
    "cut": frozenset(
        {"error", "network_error", "abort", "aborted", "failed", "cancelled", "insufficient_system_resource",
         "malformed_response", "other"}
    ),
}  # fmt: skip
"""What the words mean that providers end an answer with; any other is a good end."""
_MALFORMED = "malformed function call:"


def end_of_answer(said: str) -> End:
    """Return what the word means that a provider ended an answer with."""
    return next((end for end, words in _ENDS.items() if said.lower() in words), "whole")


@dataclass(slots=True)
class Heard:
    """What the pieces of one stream say beside what the model said."""

    knows: bool = False
    """Whether the pieces are of a format that says why an answer ends; of any other litellm is believed."""
    finish: str = ""
    """The provider's own word for why the answer ended; empty: it did not end."""
    written: str = ""
    """What the model wrote where its provider expected a tool call and found none."""
    refusal: str = ""
    """What the model said instead of an answer."""
    usage: Mapping[str, Any] | None = None
    """Tokens that stand where litellm does not look."""
    error: Any = None
    """What the provider sent in place of a piece."""

    def listen(self, stream: Any) -> None:
        """Hear the pieces of a stream of litellm that is open, or will be when its first piece is asked for."""
        if stream.completion_stream is not None:
            stream.completion_stream = self._tapped(stream.completion_stream)
        elif stream.make_call is not None:
            begin = stream.make_call

            async def begun(*given: Any, **named: Any) -> Any:
                return self._tapped(await begin(*given, **named))

            stream.make_call = begun

    def _tapped(self, source: Any) -> Any:
        if not hasattr(source, "chunk_parser"):
            return _Tapped(source, self) if hasattr(source, "__aiter__") else source
        parse = source.chunk_parser

        def parsed(chunk: dict[str, Any]) -> Any:
            self.hear(chunk)
            words = _taken_out(chunk)
            piece = parse(chunk)
            if words:
                piece.choices[0].delta.content = words
            return piece

        source.chunk_parser = parsed
        return source

    def hear(self, chunk: Mapping[str, Any]) -> None:
        """Hear one piece as it was sent, of whichever provider."""
        kind = str(getattr(chunk.get("type"), "value", chunk.get("type")))
        told = "done" in chunk or any(chunk.get(key) for key in ("choices", "candidates", "promptFeedback"))
        self.knows = self.knows or told or kind.startswith(("message_", "response."))
        if chunk.get("error") or kind == "error":
            self.error = chunk.get("error") or chunk
        for choice in (chunk.get("choices") or ())[:1]:
            self.finish = choice.get("finish_reason") or self.finish
            self.refusal += (choice.get("delta") or {}).get("refusal") or ""
        for candidate in (chunk.get("candidates") or ())[:1]:
            self._google(candidate)
        if (chunk.get("promptFeedback") or {}).get("blockReason"):
            self.finish = "prohibited_content"
        if kind == "message_delta":
            self.finish = (chunk.get("delta") or {}).get("stop_reason") or self.finish
        if chunk.get("done") is True:
            self.finish = chunk.get("done_reason") or "stop"
        self._response(kind, chunk.get("response") or {})
        self.usage = (chunk.get("x_groq") or {}).get("usage") or self.usage

    def _google(self, candidate: Mapping[str, Any]) -> None:
        self.finish = candidate.get("finishReason") or self.finish
        said = candidate.get("finishMessage") or ""
        if said.lower().startswith(_MALFORMED):
            self.written = said[len(_MALFORMED) :].strip()
        for part in (candidate.get("content") or {}).get("parts") or ():
            if "functionCall" in part:
                part["functionCall"].setdefault("args", {})  # left out where there are none, which litellm expects

    def _response(self, kind: str, response: Mapping[str, Any]) -> None:
        """Hear an event of OpenAI's responses."""
        if kind == "response.completed":
            self.finish = "stop"
        elif kind == "response.incomplete":
            self.finish = (response.get("incomplete_details") or {}).get("reason") or "error"
        elif kind == "response.failed":
            self.error = response.get("error") or kind


class _Tapped:
    """A stream whose pieces are objects of a library, each heard as it passes; in all else it is that stream."""

    def __init__(self, source: Any, heard: Heard) -> None:
        self._source, self._heard = source, heard
        self._pieces: AsyncIterator[Any] = source.__aiter__()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def __aiter__(self) -> _Tapped:
        return self

    async def __anext__(self) -> Any:
        piece = await anext(self._pieces)
        if hasattr(piece, "model_dump"):
            self._heard.hear(piece.model_dump())
        return piece


def _taken_out(chunk: dict[str, Any]) -> str:
    """Take the text out of a piece of Ollama's, from which litellm strips the tags of thinking, also those in code."""
    message = chunk.get("message")
    if chunk.get("type") is not None or not isinstance(message, dict) or "done" not in chunk:
        return ""
    words = message.get("content") or ""
    message["content"] = ""
    return words if isinstance(words, str) else ""
