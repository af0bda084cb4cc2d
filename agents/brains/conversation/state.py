"""PURE: where a conversation stands, folded from its facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import pairwise
from typing import assert_never

from agents.brains.conversation.facts import (
    CHECK,
    FINISH,
    NO_TOOLS,
    Answered,
    Condensed,
    Fact,
    Faulted,
    Nudged,
    Observed,
    Opened,
)
from agents.brains.conversation.turns import Item, Terms, Turn, is_summary, tokens_of, turn_of
from agents.ports import Message
from agents.tools.edits.drafts import without_thoughts

WHOLE = 6
"""Turns at the end that keep what came of their calls, while it fits, when older ones are told shorter."""
CALLED = 12
"""Turns at the end that keep their calls; older ones are told by a line per call."""
DIGEST = 6000
"""Characters of those lines."""
WORDS = 200
"""Characters of what a model said to its calls that these lines keep."""


@dataclass(frozen=True, slots=True)
class Best:
    """The worktree with the best check so far."""

    tree: str = ""
    passed: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """Everything the loop knows; nothing else decides what is done next."""

    terms: Terms = field(default_factory=Terms)
    opening: tuple[Message, ...] = ()
    items: tuple[Item, ...] = ()
    asked: int = 0
    """Calls to a model that came to an end, whatever end."""
    faults: int = 0
    """Failed calls in a row."""
    limit: int = 0
    """Tokens at which the conversation is condensed: those of the terms until a model said that less fits."""
    spoken: bool = False
    """Whether the model cannot make calls: it is told about the tools in words and writes its calls into its text."""
    overflowed: bool = False
    """Whether a model said that the prompt is too long, and it was not made shorter yet."""
    cut: int = 0
    """Items before this one show no output of tools."""
    gone: int = 0
    """Items before this one are told by the summary alone."""
    summary: str = ""
    said: str | None = None
    """A summary that was made and is not used yet; empty when making one failed."""
    tree: str = ""
    """The worktree as the last writing tool left it; empty while it is as it was."""
    base: float = 0.0
    """How much of the task's check passed before anything was done."""
    best: Best = Best()
    checked: int = 0
    """Items there were when the task was last looked at."""
    gained: int = 0
    """Items there were when the check last got better."""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The answers of the model, in order."""
        return tuple(item for item in self.items if isinstance(item, Turn))

    @property
    def last(self) -> Turn | None:
        """The last answer of the model."""
        return next((item for item in reversed(self.items) if isinstance(item, Turn)), None)

    @property
    def nudges(self) -> tuple[Nudged, ...]:
        """What the model was told by the loop."""
        return tuple(item for item in self.items if isinstance(item, Nudged))


def fold(state: State, facts: Iterable[Fact]) -> State:
    """Return the state after these facts."""
    return reduce(evolve, facts, state)


def evolve(state: State, fact: Fact) -> State:
    """Return the state after one fact; the past is not argued with."""
    match fact:
        case Opened():
            return replace(state, opening=fact.messages, limit=state.limit or state.terms.tokens)
        case Answered():
            return _answered(state, fact)
        case Faulted():
            return _faulted(state, fact)
        case Observed():
            return _observed(state, fact)
        case Nudged():
            return replace(state, items=(*state.items, fact))
        case Condensed():
            return condensed(state, fact.how, fact.before)
    assert_never(fact)


def condensed(state: State, how: str, before: int) -> State:
    """Return the state that sends less: recent turns stay as they are, the more of them the shorter they are.

    `before` is how many tokens were sent so far: where those were too many for the model, less fits from now on.
    While they fit, what is old is told shorter, however long it is.
    """
    if how == "cut" and not state.overflowed and state.said is None and before <= state.limit:
        return _aged(state)
    if state.overflowed:
        state = replace(state, overflowed=False, limit=min(state.limit, before * 2 // 3))
    kept = _recent(state)
    if how == "cut" and state.said is None:
        return replace(state, cut=max(kept, state.cut))
    return replace(
        state,
        cut=max(kept, state.cut),
        gone=max(kept, state.gone),
        summary=state.said or digest(state, kept),
        said=None,
    )


def digest(state: State, until: int) -> str:
    """Return what was done before an item, a line per call, and what the model said to it: a summary without a model.

    Where it grows too long the middle is left out.
    """
    lines = state.summary.split("\n") if state.summary else []
    for item in state.items[state.gone : until]:
        if isinstance(item, Turn):
            lines += [words for words in [_words(item)] if words and words not in lines]
            lines += [
                f"- {each.tool}: {'done' if each.success else 'failed'}. {' '.join(each.summary.split())}"
                for each in item.seen
            ]
    told = "\n".join(lines)
    if len(told) <= DIGEST:
        return told
    head, tail = told[: DIGEST // 3].rpartition("\n")[0], told[-DIGEST * 2 // 3 :].partition("\n")[2]
    return f"{head}\n[…]\n{tail}"


def _aged(state: State) -> State:
    """Return the state that shows no outcomes but those of the last turns, and tells the oldest turns in lines."""
    starts = [nth for nth, item in enumerate(state.items) if isinstance(item, Turn)]
    if len(starts) <= WHOLE:
        return state
    gone = starts[-CALLED] if len(starts) > CALLED else 0
    if gone > state.gone:
        state = replace(state, gone=gone, summary=digest(state, gone))
    return replace(state, cut=max(starts[-WHOLE], _recent(state), state.cut))


def _words(turn: Turn) -> str:
    """Return the first line a model said beside its calls: what it took for the cause, what it drew from it."""
    first = next((line.strip() for line in without_thoughts(turn.answer.text).split("\n") if line.strip()), "")
    return f'"{first[:WORDS]}"' if turn.native and first else ""


def _answered(state: State, fact: Answered) -> State:
    if any(turn.key == fact.key for turn in state.turns):
        return state  # the same answer, heard twice
    asked = state.asked + 1
    if is_summary(fact.key):
        return replace(state, asked=asked, said=fact.answer.text.strip())
    turn = turn_of(state.terms, fact.key, fact.answer)
    return replace(state, asked=asked, faults=0, items=(*state.items, turn))


def _faulted(state: State, fact: Faulted) -> State:
    asked = state.asked + 1
    if is_summary(fact.key):
        return replace(state, asked=asked, said="")
    if fact.kind == NO_TOOLS:
        return replace(state, asked=asked, spoken=True)
    overflowed = fact.kind == "context_overflow"
    return replace(state, asked=asked, faults=state.faults + 1, overflowed=overflowed, items=(*state.items, fact))


def _observed(state: State, fact: Observed) -> State:
    nth = next((nth for nth, item in enumerate(state.items) if isinstance(item, Turn) and _is_of(fact, item)), None)
    tree = fact.tree or state.tree
    if nth is None:
        return replace(state, tree=tree, base=fact.counts.get("passed", state.base))
    turn = state.items[nth]
    assert isinstance(turn, Turn)
    seen = sorted((*(each for each in turn.seen if each.key != fact.key), fact), key=lambda each: _place(turn, each))
    items = (*state.items[:nth], replace(turn, seen=tuple(seen)), *state.items[nth + 1 :])
    state = replace(state, items=items, tree=tree)
    if fact.tool not in (CHECK, FINISH):
        return state
    passed = fact.counts.get("passed", 0.0)
    state = replace(state, checked=len(items))
    if fact.tree and passed > max(state.best.passed, state.base):
        return replace(state, best=Best(fact.tree, passed), gained=len(items))
    return state


def _place(turn: Turn, seen: Observed) -> int:
    """Return where the call stood in the answer: calls that run side by side end in any order."""
    return next((nth for nth, call in enumerate(turn.calls) if call.id == seen.key), len(turn.calls))


def _is_of(fact: Observed, turn: Turn) -> bool:
    return fact.key.rpartition(".")[0] == turn.key


def _recent(state: State) -> int:
    """Return the first item that is kept whole: a third of what fits, at least the last turn."""
    room = state.limit // 3
    starts = [nth for nth, item in enumerate(state.items) if isinstance(item, Turn)]
    bounds = [*starts, len(state.items)]
    first = len(state.items)
    for begin, end in reversed(tuple(pairwise(bounds))):
        room -= sum(tokens_of(item) for item in state.items[begin:end])
        if room < 0 and first < len(state.items):
            break
        first = begin
    return first
