"""PURE: what can be wrong with a call, read from what a provider says, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from agents.models.said import said_in
from agents.ports import FaultKind, ModelFault


class Follow(NamedTuple):
    """What follows from one kind of fault."""

    tries: int
    """How often one model is asked in a row before another is; 1: asking it again would not help."""
    elsewhere: bool
    """Whether another model may do better."""
    returns: bool
    """Whether it is worth coming back to the model after the others, as long as there is time."""
    breaks: bool
    """Whether it counts against the provider: too many in a row and it is left alone for a while."""
    told: str
    """For people: what is wrong, and what is done or to be done."""


FOLLOWS: Mapping[FaultKind, Follow] = {
    "rate_limited": Follow(4, True, True, False, "too many requests; waits as long as the provider says"),
    "quota": Follow(1, True, False, False, "no credit left; top up the account or name another model"),
    "overloaded": Follow(4, True, True, True, "the provider's trouble; waits and asks again"),
    "unauthorized": Follow(1, True, False, False, "the key is refused; check it"),
    "no_key": Follow(1, True, False, False, "no key; set the variable"),
    "not_found": Follow(1, True, False, False, "no such model there; check the name and KAIZEN_API_BASE"),
    "bad_request": Follow(1, True, False, False, "the provider refuses the request as it is"),
    "context_overflow": Follow(1, True, False, False, "the prompt is too long; the conversation is condensed"),
    "refused": Follow(1, True, False, False, "the provider's content policy; the task is tried in another way"),
    "timeout": Follow(2, True, True, True, "no answer came, or it stood still; asks again"),
    "unreachable": Follow(4, True, True, True, "no connection; waits and asks again"),
    "cut": Follow(4, True, True, True, "the answer broke off; it is thrown away and asked for again"),
    "garbled": Follow(3, True, True, True, "what came is no answer; asks again"),
    "bad_tool_call": Follow(3, False, False, False, "a tool call cannot be used; the model is told and asked again"),
    "bad_schema": Follow(2, False, False, False, "the answer fits not what was asked for; the model is told once"),
    "breaker_open": Follow(1, True, True, False, "the provider failed too often; it is left alone for a while"),
    "deadline": Follow(1, False, False, False, "the time for the call is over"),
    "no_price": Follow(
        1, True, False, False, "the price is unknown, so no budget would hold; allow it or take another"
    ),
    "not_recorded": Follow(1, True, False, False, "the record holds no such request; record it anew"),
}
"""What follows from each fault; `docs/models.md` shows it."""

TOLD_TO_MODEL = frozenset({"bad_tool_call", "bad_schema"})
"""Faults of the model, not of its provider: it is told what was wrong with its answer."""

_OVERFLOW = re.compile(
    r"context[ _-]?(?:length|window)|prompt is too long|maximum (?:context|prompt|input)|too many (?:input )?tokens"
    r"|input (?:is|was|token count).{0,60}(?:too long|exceed)|exceed\w* .{0,40}(?:token|context)"
    r"|reduce the length|request too large.{0,80}tokens|string too long|request_too_large",
    re.IGNORECASE | re.DOTALL,
)
_PER_TIME = re.compile(r"per (?:minute|second|hour|day)|\b[TR]P[MDS]\b|rate.?limit", re.IGNORECASE)
_TOO_LARGE = re.compile(r"request too large", re.IGNORECASE)
"""A request larger than the limit per minute: no waiting mends it, a shorter prompt does."""
_QUOTA = re.compile(
    r"insufficient[ _]?(?:quota|funds|credit|balance)|exceeded your (?:current|monthly) (?:quota|usage|spend)|billing"
    r"|credit balance|out of credits?|payment required|quota_exceeded|spend(?:ing)? limit|prepay"
    r"|(?:specified|monthly) (?:API )?usage limits?",
    re.IGNORECASE,
)
_PER_DAY = re.compile(r"PerDay")
"""In the name of a quota of Google's: the wait it says beside it does not make it free."""
_POLICY = re.compile(
    r"content[ _-]?(?:policy|filter|management)|safety (?:system|settings)|responsible ai|blocked by .{0,20}safety"
    r"|prohibited_content|flagged as|usage polic",
    re.IGNORECASE,
)
_OF_TOOL_CALL = re.compile(
    r"tool_use_failed|failed to call a function|tool call validation failed|error parsing tool call"
    r"|not in request\.tools|malformed[ _]function[ _]call",
    re.IGNORECASE,
)
"""Some providers look at what the model called themselves, and answer as if the request had been wrong."""
_OF_SHAPE = re.compile(r"json_validate_failed|failed to (?:generate|validate) json", re.IGNORECASE)
_KEY_REFUSED = re.compile(r"api key (?:has )?(?:expired|not valid|invalid)|API_KEY_INVALID", re.IGNORECASE)
_GONE = re.compile(r"model_decommissioned|(?:has been|was) (?:decommissioned|retired|shut down)", re.IGNORECASE)
_NO_KEY = re.compile(
    r"api_key client option must be set|missing credentials|missing .{0,30}api[ _]key"
    r"|no api[ _-]?key (?:was )?(?:provided|found|passed)"
    r"|api key (?:is )?(?:required|missing|not set)|(?:set|export|provide) .{0,60}_API_KEY",
    re.IGNORECASE,
)
_WAIT = re.compile(
    r"(?:try again|retry|retrydelay)[^0-9]{0,30}(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m(?!s))?"
    r"(?:(?P<s>\d+(?:\.\d+)?)(?P<unit>ms|s)\b)?",
    re.IGNORECASE,
)
_KEYS = re.compile(r"\b(?:sk|gsk|xai|key|pk|AIza|hf|r8)[-_A-Za-z0-9*]{6,}")
_LONGEST = 300
"""Characters of a provider's own words that are kept."""


def read_fault(
    status: int, text: str, *, words: str = "", headers: Mapping[str, str] | None = None, began: bool = False,
    now: float = 0.0,
) -> ModelFault:  # fmt: skip
    """Return what an answer of a provider with this status and text means. `now` is for a date in Retry-After.

    `words`: what is shown of the text; left out, the message of the error object in it.
    """
    kind = _kind(status, text)
    if kind == "quota" and status == 429 and _said_wait(text) is not None and not _PER_DAY.search(text):
        kind = "rate_limited"  # some say `quota` of what is free again in a minute
    asked = retry_after(headers or {}, text, now) if kind in ("rate_limited", "overloaded") else None
    paid = began or kind in TOLD_TO_MODEL  # the model had answered
    return ModelFault(
        kind, _said(kind, status, words or said_in(text).words), retry_after=asked, began=paid, status=status
    )


def is_of_tool_call(text: str) -> bool:
    """Return whether a provider says that what the model called cannot be used."""
    return _OF_TOOL_CALL.search(text) is not None


def one_line(text: str) -> str:
    """Return a provider's words as one short line without what looks like a key."""
    tidy = _KEYS.sub("[key]", " ".join(re.sub(r"<[^>]{0,200}>", " ", text).split()))
    return tidy if len(tidy) <= _LONGEST else tidy[: _LONGEST - 1] + "…"


def retry_after(headers: Mapping[str, str], text: str, now: float) -> float | None:
    """Return the seconds a provider asks to be left alone: by header, else by what it says; None when it does not."""
    low = {name.lower(): value.strip() for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = _number(low.get(name, ""))
        if seconds is not None:
            return seconds * unit
    if low.get("retry-after"):
        try:
            at = parsedate_to_datetime(low["retry-after"])
        except ValueError:
            return None
        return max(0.0, at.replace(tzinfo=at.tzinfo or UTC).timestamp() - now)
    return _said_wait(text)


def _kind(status: int, text: str) -> FaultKind:
    if _NO_KEY.search(text) and status in (0, 400, 401, 403, 500):
        return "no_key"
    if status == 413 or (status == 429 and _TOO_LARGE.search(text)):
        return "context_overflow"
    if status in (400, 422, 429, 500) and _OVERFLOW.search(text) and not _PER_TIME.search(text):
        return "context_overflow"
    if status == 402 or (status in (400, 403, 429) and _QUOTA.search(text)):
        return "quota"
    if status in (400, 403, 422) and _POLICY.search(text):
        return "refused"
    if status in (400, 422) and _OF_SHAPE.search(text):
        return "bad_schema"
    if status in (400, 422, 500) and is_of_tool_call(text):
        return "bad_tool_call"
    if status == 400 and (_KEY_REFUSED.search(text) or _GONE.search(text)):
        return "unauthorized" if _KEY_REFUSED.search(text) else "not_found"
    match status:
        case 401 | 403:
            return "unauthorized"
        case 404:
            return "not_found"
        case 408 | 504:
            return "timeout"
        case 429:
            return "rate_limited"
        case 0:
            return "unreachable"
        case _ if 400 <= status < 500 and status not in (409, 425, 498):
            return "bad_request"
        case _:
            return "overloaded"


def _said(kind: FaultKind, status: int, text: str) -> str:
    number = f" ({status})" if status else ""
    return f"{FOLLOWS[kind].told}{number}: {one_line(text)}"


def _said_wait(text: str) -> float | None:
    for found in _WAIT.finditer(text):
        if found["h"] or found["m"] or found["s"]:
            seconds = float(found["s"] or 0) * (0.001 if (found["unit"] or "").lower() == "ms" else 1.0)
            return int(found["h"] or 0) * 3600 + int(found["m"] or 0) * 60 + seconds
    return None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
