"""PURE: going round in circles, seen from what was done and what came of it, never from what the model thought."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from agents.brains.conversation.facts import CHECK, FINISH, Observed
from agents.brains.conversation.state import State
from agents.brains.conversation.turns import Turn, letters
from agents.ports import ToolCall

SAME = 3
"""The same call with the same outcome, so often in a row."""
PERIODS = 2
"""Two calls in turn with the same outcomes, so many times."""
ALIKE = 4
"""Calls that fail for the same reason, so many in a row, whatever they are."""
IDLE = 3
"""Answers without a call, so many in a row."""
LOOKING = 15
"""Answers in a row that change nothing, though there is a check that a change could make better."""
NAMED = 3
"""Letters from which an argument is known again in a reason."""
UNMOVED = 12
"""Answers that changed files while the task's check got no better."""
WINDOW = 20
"""Answers that are looked at."""

_CHANCE = re.compile(
    r"0x[0-9a-fA-F]+"
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*Z?"
    r"|\b\d+(?:\.\d+)?\s?(?:ms|s|seconds?|secs?)\b"
    r"|/tmp/[\w./-]+"
    r"|\b[0-9a-f]{12,64}\b"
)


class Done(NamedTuple):
    """One call and what came of it, without what differs by chance."""

    action: str
    outcome: str
    failed: bool


def stuck(state: State) -> str:
    """Return what repeats since the model was last told, or ''."""
    turns = _since_told(state)
    done = _done(turns[-WINDOW:])
    if len(done) >= SAME and len({(each.action, each.outcome) for each in done[-SAME:]}) == 1:
        return "same action"
    if len(turns) >= SAME and len({_made(turn) for turn in turns[-SAME:]}) == 1 and not _is_idle(turns[-1]):
        return "same action"
    tail = done[-2 * PERIODS :]
    if len(tail) == 2 * PERIODS and tail[0][:2] != tail[1][:2] and tail[: 2 * PERIODS - 2] == tail[2:]:
        return "ping-pong"
    failed = done[-ALIKE:]
    if len(failed) == ALIKE and all(each.failed for each in failed) and len({each.outcome for each in failed}) == 1:
        return "rejected alike"
    if len(turns) >= IDLE and all(_is_idle(turn) for turn in turns[-IDLE:]):
        return "nothing done"
    if state.terms.checks and len(turns) >= LOOKING and not any(_is_writing(turn) for turn in turns[-LOOKING:]):
        return "only looked"
    if state.terms.checks and _writing_since_gain(state, turns) >= UNMOVED:
        return "no gate moved"
    return ""


def action(call: ToolCall) -> str:
    """Return a call in one spelling: the order of its arguments and the blanks in commands do not count."""
    try:
        value = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        value = call.arguments
    return f"{call.name} {json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)}"


@lru_cache(maxsize=1024)
def outcome(text: str) -> str:
    """Return an outcome without times, addresses and names of temporary files; numbers stay: they may be progress."""
    return " ".join(_CHANCE.sub("~", text).split())


def failed_before(state: State, call: ToolCall) -> bool:
    """Return whether the very same call failed and nothing was changed since: to make it again tells nothing new."""
    tree, failed = "", dict[str, str]()
    for turn in state.turns:
        made = {each.id: each for each in turn.calls if each.id != call.id}
        for done in turn.seen:
            tree = done.tree or tree
            if done.key in made and done.success:
                failed.pop(action(made[done.key]), None)
            elif done.key in made:
                failed[action(made[done.key])] = tree
    return failed.get(action(call)) == tree


def nearest(name: str, known: Sequence[str]) -> str:
    """Return the tool that was most likely meant, or ''."""
    plain = {letters(each): each for each in known}
    found = difflib.get_close_matches(letters(name), list(plain), n=1, cutoff=0.5)
    inside = [each for each in plain if each in letters(name) or letters(name) in each]
    return plain[found[0]] if found else plain[inside[0]] if inside and letters(name) else ""


def _since_told(state: State) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for item in reversed(state.items):
        if isinstance(item, Turn):
            turns.append(item)
        elif item in state.nudges:
            break
    return tuple(reversed(turns))


def _done(turns: Sequence[Turn]) -> list[Done]:
    done, came = list[Done](), dict[str, str]()
    for turn in turns:
        calls = {call.id: call for call in turn.calls}
        for each in turn.seen:
            if each.key in calls and (turn.native or each.tool != FINISH):
                made = action(calls[each.key])
                again = came.get(made) if each.stage == "repeated" else None
                came[made] = again or outcome(_why(each) if each.success else _reason(calls[each.key], each))
                done.append(Done(made, came[made], not each.success))
    return done


def _made(turn: Turn) -> tuple[tuple[str, str], ...]:
    """Return what an answer did; a change that is made once more says something else each time and is the same."""
    came = {each.key: "changed" if each.tree and each.success else outcome(_why(each)) for each in turn.seen}
    return tuple((action(call), "" if _is_again(turn, call) else came.get(call.id, "")) for call in turn.calls)


def _is_again(turn: Turn, call: ToolCall) -> bool:
    """Whether the call was not made, because it had failed before."""
    done = turn.of(call)
    return done is not None and (done.stage == "repeated" or not done.success)


def _reason(call: ToolCall, seen: Observed) -> str:
    """Return why a call failed, without what the call itself said: the next one is about another file."""
    why = _why(seen)
    try:
        given = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        return why
    said = [value for value in given.values() if isinstance(value, str)] if isinstance(given, dict) else []
    for value in sorted(said, key=len, reverse=True):
        why = why.replace(value, "~") if len(value) >= NAMED else why
    return why


def _why(seen: Observed) -> str:
    return seen.text if seen.success else (seen.summary or seen.text)


def _is_idle(turn: Turn) -> bool:
    """Whether nothing was done: no call, or only the word that all is done."""
    return all(call.name == FINISH for call in turn.calls) and not turn.answer.tool_calls


def _writing_since_gain(state: State, turns: tuple[Turn, ...]) -> int:
    recent = {id(turn) for turn in turns}
    return sum(
        _is_writing(item)
        for nth, item in enumerate(state.items)
        if isinstance(item, Turn) and nth >= state.gained and id(item) in recent
    )


def _is_writing(turn: Turn) -> bool:
    return any(each.tree and each.tool not in (CHECK, FINISH) for each in turn.seen)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
