"""A conversation's facts as the ledger's events, and back: what was said stands beside them in blobs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
from agents.brains.conversation.turns import ACT, CONDENSE
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


_NO_TOOLS = re.compile(
    r"(?:not|n't|no) (?:support|accept|allow)\w*(?: the use of)? (?:tool|function)|(?:tool|function)\w*(?: \w+){0,3} "
    r"(?:(?:is|are) )?(?:not|un)[ -]?(?:supported|allowed|available)|unsupported \w*:? ?[`'\"]?tools?\b",
    re.IGNORECASE,
)
Said = TypeVar("Said", Message, ModelAnswer)


class Unreadable(AgentError):
    """A conversation cannot be taken up again: what was said in it is gone."""


def facts_of(past: Iterable[AnyEvent], blobs: Blobs, *places: str) -> Iterator[Fact]:
    """Yield the facts of an attempt's stream, in order; raise Unreadable when a blob is gone or is none of ours.

    `places` are absolute paths of the worktree, which are not the same in every run.
    """
    opened = False
    ran: set[str] = set()
    for event in past:
        match event:
            case ToolAsked() if event.risk == "execute":
                ran.add(event.key)
            case CallStarted() if not opened and event.key.startswith(f"{ACT}-"):
                opened = True
                yield Opened(tuple(_read(blobs, name, Message) for name in event.messages))
            case CallFinished() if _is_ours(event.key):
                yield Answered(event.key, _read(blobs, event.answer, ModelAnswer))
            case CallFailed() if _is_ours(event.key) and event.retry_at is None and not event.fallback:
                kind = kind_of(event.fault, event.why)
                if kind in (*MENDABLE, NO_TOOLS) or event.key.startswith(CONDENSE):
                    yield Faulted(event.key, kind, event.why)
            case ToolVetoed():
                yield refused(event.key, event.tool, event.stage, event.why)
            case ToolFinished():
                seen = _observed(event, blobs)
                yield replace(seen, text=steady(seen.text, *places)) if event.key in ran else seen
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


def _is_ours(key: str) -> bool:
    """Whether a call is one of the conversation itself: tools may ask models too."""
    kind, _, nth = key.partition("-")
    return kind in (ACT, CONDENSE) and nth.isdigit()


def _read(blobs: Blobs, name: str, kind: type[Said]) -> Said:
    try:
        return msgspec.json.decode(blobs.get(name), type=kind)
    except (Missing, msgspec.DecodeError) as error:
        raise Unreadable(f"the conversation cannot go on, a part of it is gone: {error}") from error
