"""PURE: every fault a provider was seen to have, by name: what goes over the wire, and what it is to be read as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from agents.ports import FaultKind

Wire = Literal[
    "status", "page", "hang", "malformed", "empty", "drop", "no_choices", "stall", "garbage", "error_event",
    "cut_chunked", "cut_plain", "clean_end", "cut_tool_call", "no_text",
]  # fmt: skip
"""How a fault looks on the wire: a status with an error object or a page, or an answer that goes wrong."""


class Fault(NamedTuple):
    """One fault."""

    kind: FaultKind
    wire: Wire
    told: str
    """For people."""
    status: int = 200
    message: str = ""
    code: str = ""
    streamed: bool = False
    """Whether it can be told from another only in a streamed answer."""
    headers: Mapping[str, str] = {}


FAULTS: Mapping[str, Fault] = {
    "rate_limit": Fault(
        "rate_limited", "status", "429 with Retry-After", 429, "Rate limit reached for requests", "rate_limit_exceeded"
    ),
    "quota": Fault(
        "quota", "status", "429 that no waiting mends", 429,
        "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota",
    ),
    "500": Fault("overloaded", "status", "500", 500, "The server had an error while processing your request"),
    "502": Fault("overloaded", "page", "502 with a page in HTML", 502, "<html><h1>502 Bad Gateway</h1></html>"),
    "503": Fault("overloaded", "status", "503", 503, "The engine is currently overloaded"),
    "401": Fault("unauthorized", "status", "401", 401, "Incorrect API key provided", "invalid_api_key"),
    "403": Fault("unauthorized", "status", "403", 403, "Your key may not use this model"),
    "404": Fault("not_found", "status", "404", 404, "The model does not exist", "model_not_found"),
    "400": Fault("bad_request", "status", "400", 400, "Unsupported value: 'temperature'", "unsupported_value"),
    "context": Fault(
        "context_overflow", "status", "400 with the code of a context that is too long", 400,
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        "context_length_exceeded",
    ),
    "context_by_text": Fault(
        "context_overflow", "status", "400 that says so in words alone", 400,
        "prompt is too long: 210000 tokens > 200000 maximum",
    ),
    "policy": Fault(
        "refused", "status", "400 of the content policy", 400,
        "Your request was rejected as a result of our safety system", "content_policy_violation",
    ),
    "hang": Fault("timeout", "hang", "no answer ever"),
    "malformed": Fault("garbled", "malformed", "half a JSON"),
    "empty": Fault("garbled", "empty", "200 with nothing in it"),
    "drop": Fault("unreachable", "drop", "the connection is closed before an answer"),
    "no_choices": Fault("garbled", "no_choices", "an answer with an empty list of choices"),
    "no_text": Fault("garbled", "no_text", "an answer with neither text nor tool call"),
    "cut_tool_call": Fault("bad_tool_call", "cut_tool_call", "a tool call with half its arguments"),
    "stall": Fault("timeout", "stall", "the stream stands still", streamed=True),
    "garbage": Fault("garbled", "garbage", "a piece of the stream is no JSON", streamed=True),
    "error_event": Fault(
        "cut", "error_event", "an error in the middle of a stream", message="overloaded in mid-stream", streamed=True
    ),
    "cut_chunked": Fault("cut", "cut_chunked", "the connection is closed between two chunks", streamed=True),
    "cut_plain": Fault("cut", "cut_plain", "the same without chunks: looks like a good end", streamed=True),
    "clean_end": Fault("cut", "clean_end", "the stream ends well and the answer does not", streamed=True),
}  # fmt: skip
