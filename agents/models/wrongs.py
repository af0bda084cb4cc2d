"""PURE: an exception of litellm, read as what was wrong with the call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from agents.models.faults import FOLLOWS, TOLD_TO_MODEL, is_of_tool_call, one_line, read_fault
from agents.models.heard import Heard, end_of_answer
from agents.models.said import said_in, said_of, status_of
from agents.ports import FaultKind, ModelFault

_CLASSES: Mapping[str, FaultKind] = {
    "ContextWindowExceededError": "context_overflow",
    "ContentPolicyViolationError": "refused",
    "Timeout": "timeout",
}
_BROKE = re.compile(
    r"connection (?:error|reset|refused|aborted|closed)|disconnected|peer closed|incomplete chunked|name resolution"
    r"|broken pipe|cannot connect|nodename|all connection attempts failed|server closed",
    re.IGNORECASE,
)
_GARBAGE = re.compile(
    r"expecting (?:value|property|',')|unterminated string|jsondecode|invalid json|unable to (?:get|parse) json"
    r"|not valid json|invalid (?:control character|\\escape)|extra data|eof while parsing|malformed|NoneType"
    r"|empty response|has no attribute|Traceback \(most",
    re.IGNORECASE,
)
_NO_STREAM = re.compile(
    r"verified to stream|stream(?:ing)?['`]? (?:is |does |are )?not (?:supported|allowed|support)"
    r"|does not support ['`]?stream|unsupported .{0,30}['`]stream['`]",
    re.IGNORECASE,
)


def fault_of(error: Exception, heard: Heard, *, began: bool, now: float) -> ModelFault:
    """Return the fault behind an exception. `began`: pieces of the answer had come."""
    text = str(error) or type(error).__name__
    if heard.error is not None:  # what was sent says more than what was made of it
        return sent_instead(heard.error, began=began, now=now)
    if began and end_of_answer(heard.finish) == "cut":
        said = f"{FOLLOWS['cut'].told}: the provider ended the answer with {one_line(heard.finish)!r}"
        return ModelFault("cut", said, began=True)
    status = int(getattr(error, "status_code", 0) or 0)
    kind = _CLASSES.get(type(error).__name__) or _guessed(status, text, began)
    if kind is None:
        return read_fault(status, text, headers=_headers(error), began=began, now=now)
    return ModelFault(kind, f"{FOLLOWS[kind].told}: {one_line(said_in(text).words)}", began=began, status=status)


def written_in(error: Exception, heard: Heard) -> str:
    """Return what the model wrote where its provider says that it cannot be read as a tool call, or as JSON."""
    return said_of(heard.error).generation if heard.error is not None else said_in(str(error)).generation


def gives_no_stream(error: Exception) -> bool:
    """Return whether a provider says that it would answer, but not in pieces."""
    return int(getattr(error, "status_code", 0) or 0) in (400, 403) and _NO_STREAM.search(str(error)) is not None


def sent_instead(error: object, *, began: bool, now: float) -> ModelFault:
    """Return the fault behind an error object that a provider sent in place of a piece of its answer."""
    said = said_of(error).words
    fault = read_fault(status_of(error), str(error), words=said, began=began, now=now)
    if not began or fault.kind in TOLD_TO_MODEL:
        return fault
    return ModelFault("cut", f"{FOLLOWS['cut'].told}: {one_line(said)}", began=True, status=fault.status)


def _guessed(status: int, text: str, began: bool) -> FaultKind | None:
    """Return what litellm calls an error of the server (500) though the server said no such thing."""
    if began and is_of_tool_call(text):
        return "bad_tool_call"
    if began:
        return "cut" if _BROKE.search(text) or not _GARBAGE.search(text) else "garbled"
    if _NO_STREAM.search(text):
        return "garbled" if status in (400, 403) else None
    if status not in (0, 500):
        return None
    if _GARBAGE.search(text):
        return "garbled"
    return "unreachable" if _BROKE.search(text) else None if status else "garbled"


def _headers(error: Exception) -> Mapping[str, str]:
    """It keeps the provider's headers beside the response, and only there."""
    headers: Any = getattr(error, "litellm_response_headers", None)
    if not headers:
        headers = getattr(getattr(error, "response", None), "headers", None)
    return {str(name): str(value) for name, value in dict(headers or {}).items()}
