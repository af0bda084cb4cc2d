"""PURE: an exception of litellm, read as what was wrong with the call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from agents.models.faults import FOLLOWS, is_of_tool_call, one_line, read_fault
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
    r"|not valid json"
    r"|invalid (?:control character|\\escape)|extra data|eof while parsing|malformed|NoneType|empty response",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:litellm\.\w+:\s*|\w+(?:Error|Exception)\s*[:-]\s*|\w+Exception - )+")


def fault_of(error: Exception, *, began: bool, now: float) -> ModelFault:
    """Return the fault behind an exception. `began`: pieces of the answer had come."""
    text = _PREFIX.sub("", (str(error) or type(error).__name__).partition(" Original exception: ")[0])
    status = int(getattr(error, "status_code", 0) or 0)
    kind = _CLASSES.get(type(error).__name__) or _guessed(status, text, began)
    if kind is None:
        return read_fault(status, text, headers=_headers(error), began=began, now=now)
    return ModelFault(kind, f"{FOLLOWS[kind].told}: {one_line(text)}", began=began, status=status)


def _guessed(status: int, text: str, began: bool) -> FaultKind | None:
    """Return what litellm calls an error of the server (500) though the server said no such thing."""
    if began and is_of_tool_call(text):
        return "bad_tool_call"
    if began:
        return "cut" if _BROKE.search(text) or not _GARBAGE.search(text) else "garbled"
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
