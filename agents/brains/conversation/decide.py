"""PURE: what follows from where a conversation stands, and what is owed to the world."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Literal

from agents.brains.conversation.facts import CHECK, FINISH, Condensed, Fact, Nudged, Observed, refused
from agents.brains.conversation.shelf import HOW, OTHER
from agents.brains.conversation.state import State, condensed
from agents.brains.conversation.stuck import failed_before, nearest, stuck
from agents.brains.conversation.turns import ACT, CONDENSE, Turn
from agents.brains.conversation.wording import LITTLE, nudge, prompt_tokens
from agents.ports import ToolCall
from agents.tools.edits.drafts import without_thoughts
from agents.tools.foreign import our_names

FAULTS = 3
"""Failed calls in a row that end the attempt."""
REFUSALS = 5
"""How often the model may say that it is done when it is not."""
EVERY = 6
"""Answers that changed files after which the loop looks by itself whether the task is done; the first one at once."""
CIRCLES = 2
"""How often the model is told that it is stuck: once, then with another strategy."""
FREED = 0.9
"""What is left after condensing must be less than this share: else it goes round in circles."""
STALE = 1000
"""Tokens that must be freed by telling shorter what is old while all still fits."""
STALE_SHARE = 0.4
"""And the share of the prompt: so often the provider's cache is of no use."""
ROOMY = 0.6
"""Leaving out old outcomes is enough when it brings the prompt below this share of what fits."""
LONG_SUMMARY = 3000
"""Characters a summary may take."""
AGAIN = (
    "the very same call failed before and nothing was changed since, so it would fail again. "
    "Change something first, or take another step."
)
FEW = 3
"""Answers left when the model is told so."""


@dataclass(frozen=True, slots=True)
class Open:
    """The first messages are to be written."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The model is to be asked for its next step."""

    key: str
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Summarise:
    """The model is to be asked what matters of the conversation so far."""

    key: str


@dataclass(frozen=True, slots=True)
class Use:
    """Tools are to be used."""

    calls: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """It is to be looked at whether the task is done."""

    key: str
    said: str = ""
    """What the model says that it did, when it says it is done."""
    finish: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more is to be done."""

    done: bool
    said: str = ""
    """What the model says it did."""
    why: str = ""
    """Why it ends although it is not done."""
    arguments: str = ""
    """What `finish` was called with, when it is done."""


Effect = Open | Ask | Summarise | Use | Check | Over


def decide(state: State) -> tuple[Fact, ...]:
    """Return what follows by itself; asked again with that folded in, it has nothing to add."""
    turn = state.last
    if turn is not None and (refused := tuple(_refused(state, call) for call in turn.open)) and any(refused):
        return tuple(each for each in refused if each is not None)
    if not state.opening or _is_owed(state, turn) or _over(state) is not None:
        return ()
    if told := _told(state):
        return (told,)
    return _condensed(state)


def pending(state: State) -> Effect:
    """Return what is decided and not yet done; after a crash the same is owed again."""
    turn = state.last
    if not state.opening:
        return Open()
    if turn is not None and turn.open:
        rest = tuple(call for call in turn.open if call.name != FINISH)
        return Use(rest) if rest else Check(turn.open[0].id, said_of(turn.open[0], turn), finish=True)
    if (over := _over(state)) is not None:
        return over
    if turn is not None and _is_check_due(state):
        return Check(f"{turn.key}.{CHECK}")
    thread, nth = state.terms.thread, state.asked + 1
    if _is_long(state):
        if state.said is None and _can_be_told_shorter(state, prompt_tokens(state)):
            return Summarise(f"{thread}{CONDENSE}-{nth}")
        return Over(done=False, why="the conversation does not fit into what the model takes any more")
    cuts = sum(turn.answer.finish == "length" for turn in state.turns)
    return Ask(f"{thread}{ACT}-{nth}", state.terms.answer * 2 ** min(cuts, 2))


def said_of(call: ToolCall, turn: Turn) -> str:
    """Return what the model says it did, from the arguments of `finish` or from the text around it."""
    try:
        value = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        value = call.arguments
    said = our_names(value, ("summary",)).get("summary") if isinstance(value, dict) else value
    return str(said or "").strip() or without_thoughts(turn.answer.text).strip()


def _refused(state: State, call: ToolCall) -> Observed | None:
    """Answer a call without the world: nothing is known by that name, or it failed before just so."""
    if call.name not in state.terms.tools:
        near = nearest(call.name, sorted(state.terms.tools))
        hint = f" Did you mean {near}?" if near else ""
        why = f"there is no tool {call.name}.{hint} There are: {', '.join(sorted(state.terms.tools))}."
        return refused(call.id, call.name, "schema", why)
    if call.name == OTHER:
        return refused(call.id, call.name, "schema", HOW)
    if call.name != FINISH and failed_before(state, call):
        return refused(call.id, call.name, "repeated", AGAIN)
    return None


def _is_owed(state: State, turn: Turn | None) -> bool:
    return turn is not None and (bool(turn.open) or _is_check_due(state))


def _over(state: State) -> Over | None:
    refusals, seen = 0, ""
    ends = [(turn, call) for turn in state.turns for call in turn.calls if call.name == FINISH]
    for one, call in ends:
        done = one.of(call)
        if done is None or done.stage != "run":
            continue
        if done.success:
            return Over(done=True, said=said_of(call, one), arguments=call.arguments)
        if one.native and state.terms.may_give_up and done.tree and done.tree == seen:
            said = said_of(call, one)
            why = f"the model left it at that{_still(done)}: {_words(said) or 'without a word'}"
            return Over(done=False, said=said, why=why)
        refusals, seen = refusals + 1, done.tree
        if refusals >= REFUSALS:
            return Over(done=False, why=f"the model ended its work {refusals} times, and it was not done{_still(done)}")
    if state.faults >= FAULTS:
        return Over(done=False, why=f"{state.faults} calls to the model failed in a row")
    if len(_circles(state)) >= CIRCLES and (pattern := stuck(state)):
        return Over(done=False, why=f"it went round in circles: {pattern}")
    if state.asked >= state.terms.steps:
        return Over(done=False, why=f"all {state.terms.steps} calls to the model are used")
    return None


def _still(done: Observed) -> str:
    return f" ({done.summary})" if done.summary else ""


def _words(said: str) -> str:
    """Return what a model says of itself in one line, without the sign that parts reasons from each other."""
    return " ".join(said.split()).replace("; ", ", ")[:300]


def _circles(state: State) -> list[Nudged]:
    return [each for each in state.nudges if each.pattern != "few left"]


def _told(state: State) -> Nudged | None:
    if pattern := stuck(state):
        last = [each for turn in state.turns for each in turn.seen]
        why = (last[-1].summary or last[-1].text)[:300] if last else ""
        return Nudged(pattern, nudge(pattern, 3, why, strategy=bool(_circles(state))))
    left = state.terms.steps - state.asked
    if left <= FEW and state.terms.steps > 3 * FEW and not any(each.pattern == "few left" for each in state.nudges):
        return Nudged("few left", LITTLE.format(n=left))
    return None


def _is_check_due(state: State) -> bool:
    if not state.terms.checks or state.last is None:
        return False
    since = state.items[state.checked :]
    writing = [
        item
        for item in since
        if isinstance(item, Turn)
        and any(each.tree and each.success and each.tool not in (CHECK, FINISH) for each in item.seen)
    ]
    return len(writing) >= (EVERY if state.checked else 1) and state.items[-1] is writing[-1]


def _is_long(state: State) -> bool:
    return state.overflowed or prompt_tokens(state) > state.limit


def _can_be_told_shorter(state: State, before: int) -> bool:
    """Whether a summary would free enough, were it as long as one may be."""
    told = condensed(replace(state, said="x" * LONG_SUMMARY), "summary", before)
    return prompt_tokens(told) < FREED * before


def _condensed(state: State) -> tuple[Condensed, ...]:
    """Make room in large, rare steps: what was sent stays the beginning of what is sent until then.

    Nothing is condensed that does not free a tenth: it would be tried again at once. What is old is told shorter before
    there is need to, as soon as that frees a good part: it would be sent with every step.
    """
    before = prompt_tokens(state)
    if not _is_long(state):
        shorter = condensed(state, "cut", before)
        after = prompt_tokens(shorter) if shorter is not state else before
        return (Condensed(before, after, "cut"),) if before - after >= max(STALE, before * STALE_SHARE) else ()
    how: Literal["cut", "summary"] = "summary" if state.said else "cut"
    shorter = condensed(state, how, before)
    after = prompt_tokens(shorter)
    if after > FREED * before:
        return ()
    enough = after <= (1.0 if state.overflowed else ROOMY) * shorter.limit
    enough = enough or (after <= shorter.limit and not _can_be_told_shorter(state, before))
    return (Condensed(before, after, how),) if enough or state.said is not None else ()
