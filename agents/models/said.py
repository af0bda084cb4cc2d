"""PURE: a provider's own words within an error, however often they are wrapped."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

_PREFIX = re.compile(
    r"^(?:litellm\.\w+:\s*|\w+(?:Error|Exception)(?:\s+\w+(?:Error|Exception))?\s*[:-]\s*|\w+Exception - )+"
)
_BEHIND = re.compile(
    r" Original exception: .*|\.? Handle with `litellm\.\w+`\.?|\s*Traceback \(most recent call last\).*", re.DOTALL
)
_BYTES = re.compile(r"b(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", re.DOTALL)
_STATUS: Mapping[str, int] = {
    "overloaded_error": 529, "rate_limit_error": 429, "rate_limit_exceeded": 429, "insufficient_quota": 429,
    "authentication_error": 401, "invalid_api_key": 401, "permission_error": 403, "not_found_error": 404,
    "model_not_found": 404, "invalid_request_error": 400, "request_too_large": 413, "timeout_error": 504,
    "billing_error": 402,
}  # fmt: skip
"""What an error in mid-stream would have had for a status."""


class Said(NamedTuple):
    """What an error says."""

    words: str
    generation: str = ""
    """What the model had written, where the provider could not read it as what was asked for."""


def said_in(text: str) -> Said:
    """Return what an exception's text says: the message of the error object in it, else the text without wrapping."""
    bare = _BEHIND.sub("", _PREFIX.sub("", text)).strip()
    bare = _BYTES.sub(_decoded, bare)
    found = _object_in(bare)
    words, generation = _message(found), _generation(found)
    return Said(words or bare, generation)


def said_of(error: Any) -> Said:
    """Return what an error object says that came within a stream."""
    return Said(_message(error) or str(error), _generation(error))


def status_of(error: Any) -> int:
    """Return the status of an error object that came within a stream; 500 when it says none."""
    if not isinstance(error, Mapping):
        return 500
    for key in ("status_code", "code", "type"):
        said = str(error.get(key))
        if said.isdecimal():
            return int(said)
        if said in _STATUS:
            return _STATUS[said]
    return 500


def _decoded(found: re.Match[str]) -> str:
    raw = ast.literal_eval(found[0])
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else found[0]


def _object_in(text: str) -> Any:
    begin = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    end = max(text.rfind("}"), text.rfind("]")) + 1
    if begin < 0 or end <= begin:
        return None
    for read in (partial(json.loads, strict=False), ast.literal_eval):  # models write it as Python does, too
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            return read(text[begin:end])
    return None


def _message(value: Any) -> str:
    if isinstance(value, list):
        return _message(value[0]) if value else ""
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else ""
    found = next((said for key in ("error", "message", "detail", "msg") if (said := _message(value.get(key)))), "")
    raw = (value.get("metadata") or {}).get("raw") if isinstance(value.get("metadata"), Mapping) else None
    return f"{found}: {_message(_object_in(raw)) or raw}" if isinstance(raw, str) and raw else found


def _generation(value: Any) -> str:
    if isinstance(value, list):
        return _generation(value[0]) if value else ""
    if not isinstance(value, Mapping):
        return ""
    said = value.get("failed_generation")
    return said if isinstance(said, str) else _generation(value.get("error"))
