"""A conversation's facts as the ledger's events, and back: what was said stands beside them in blobs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, TypeVar, assert_never

import msgspec

from agents.brains.conversation.facts import (
    NO_TOOLS,
    Answered,
    Condensed,
    Fact,
    Faulted,
    Nudged,
    Observed,
    Opened,
    refused,
)
from agents.brains.conversation.steady import steady
from agents.brains.conversation.turns import ACT, CONDENSE, OPEN, is_summary
from agents.ports import AgentError, FaultKind, Message, ModelAnswer
from ledger.blobs import Blobs
from ledger.errors import Missing
from ledger.events import (
    AnyEvent,
    AttemptId,
    CallFailed,
    CallFinished,
    CallStarted,
    ConversationCondensed,
    NudgeGiven,
    ToolAsked,
    ToolFinished,
    ToolVetoed,
)

MENDABLE: tuple[FaultKind, ...] = ("bad_tool_call", "bad_schema", "garbled", "cut", "refused", "context_overflow")
"""Faults that asking for something else may mend; of all others the conversation knows nothing, it waits."""


_KEY = re.compile(rf"(?P<thread>[^:]+:)?(?:(?:{ACT}|{CONDENSE})-\d+|{OPEN})(?:\.\w+)?")
"""Calls that tools make themselves have other keys."""
_NO_TOOLS = re.compile(
    r"(?:not|n't|no) (?:support|accept|allow)\w*(?: the use of)? (?:tool|function)|(?:tool|function)\w*(?: \w+){0,3} "
    r"(?:(?:is|are) )?(?:not|un)[ -]?(?:supported|allowed|available)|unsupported \w*:? ?[`'\"]?tools?\b",
    re.IGNORECASE,
)
Said = TypeVar("Said", Message, ModelAnswer)


class Unreadable(AgentError):
    """A conversation cannot be taken up again: what was said in it is gone."""


def facts_of(past: Iterable[AnyEvent], blobs: Blobs, *, thread: str = "", places: Sequence[str] = ()) -> Iterator[Fact]:
    """Yield the facts of a conversation, in order; raise Unreadable when a blob is gone or is none of ours.

    `thread` is what its keys begin with, where the attempt has several; `places` are absolute paths of the worktree,
    which are not the same in every run.
    """
    opened, ours = False, not thread
    ran: set[str] = set()
    for event in past:
        key = str(getattr(event, "key", ""))
        if (found := _KEY.fullmatch(key)) is not None:
            ours = (found["thread"] or "") == thread  # what has no key belongs to who spoke last
        if not ours or (key and found is None):
            continue
        match event:
            case ToolAsked() if event.risk == "execute":
                ran.add(key)
            case CallStarted() if not opened and not is_summary(key):
                opened = True
                yield Opened(tuple(_read(blobs, name, Message) for name in event.messages))
            case CallFinished():
                yield Answered(key, _read(blobs, event.answer, ModelAnswer))
            case CallFailed() if event.retry_at is None and not event.fallback:
                kind = kind_of(event.fault, event.why)
                if kind in (*MENDABLE, NO_TOOLS) or is_summary(key):
                    yield Faulted(key, kind, event.why)
            case ToolVetoed():
                yield refused(key, event.tool, event.stage, event.why)
            case ToolFinished():
                seen = _observed(event, blobs)
                yield replace(seen, text=steady(seen.text, *places)) if key in ran else seen
            case NudgeGiven():
                yield Nudged(event.pattern, event.told)
            case ConversationCondensed():
                yield Condensed(event.before, event.after, event.how)


def kind_of(fault: str, why: str) -> str:
    """Return what a fault means for the conversation: a model that takes no tools can still be talked with."""
    return NO_TOOLS if fault == "bad_request" and _NO_TOOLS.search(why) else fault


def events_of(fact: Fact, attempt: AttemptId, blobs: Blobs) -> tuple[AnyEvent, ...]:
    """Return the events of what the loop itself decided or saw; calls and tools record their own."""
    match fact:
        case Nudged():
            return (NudgeGiven(attempt=attempt, pattern=fact.pattern, told=fact.told),)
        case Condensed():
            return (ConversationCondensed(attempt=attempt, before=fact.before, after=fact.after, how=fact.how),)
        case Observed() if fact.stage == "run":
            return (
                ToolFinished(
                    attempt=attempt, key=fact.key, tool=fact.tool, success=fact.success, tree=fact.tree,
                    summary=fact.summary, result=blobs.put(fact.text.encode("utf-8", "replace")),
                    counts=dict(fact.counts),
                ),
            )  # fmt: skip
        case Observed():
            asked = ToolAsked(attempt=attempt, key=fact.key, tool=fact.tool)
            stage: Literal["schema", "repeated"] = "schema" if fact.stage == "schema" else "repeated"
            return (asked, ToolVetoed(attempt=attempt, key=fact.key, tool=fact.tool, stage=stage, why=fact.summary))
        case Opened() | Answered() | Faulted():
            return ()
    assert_never(fact)


def _observed(event: ToolFinished, blobs: Blobs) -> Observed:
    try:
        text = blobs.get(event.result).decode("utf-8", "replace") if event.result else event.summary
    except Missing:
        text = f"{event.summary}\n[the whole result is not kept any more]"
    return Observed(
        event.key, event.tool, event.success, text, event.summary, event.tree, counts=dict(event.counts)
    )  # fmt: skip


def _read(blobs: Blobs, name: str, kind: type[Said]) -> Said:
    try:
        return msgspec.json.decode(blobs.get(name), type=kind)
    except (Missing, msgspec.DecodeError) as error:
        raise Unreadable(f"the conversation cannot go on, a part of it is gone: {error}") from error
