"""PURE: what is sent to the model: the same state is always the same messages, and a later one begins with them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from agents.brains.conversation.facts import CHECK, FINISH, Faulted, Nudged, Observed
from agents.brains.conversation.state import State
from agents.brains.conversation.turns import BYTES, Item, Turn, tokens_of
from agents.ports import Message, ToolCall
from agents.tools.edits.drafts import without_thoughts

SHORT = 400
"""Characters of an outcome that are never left out: to say that it was would be as long."""
GO_ON = "That is what was done so far. The files are as it left them. Go on from here."
SUMMARISE = (
    "The conversation is too long to go on. Write down, in at most 400 words, what the next step needs: what the task "
    "asks, what was found out (files, functions, lines), what was changed and why, what was tried and did not work "
    "and why, and what is to be done next. No tool calls now; the text alone is kept."
)
EMPTY = "Your answer was empty. Use a tool, or call finish when the work is done."
UNCLEAR = "Nothing was carried out: what you wrote cannot be read in one way."
BESIDE = (
    "Of that answer only the calls were carried out. Its text asks for {tools} too, which was not done: beside calls "
    "only calls count. Call it, if it is still to be done."
)
UNCALLED = (
    "You called no tool, so this was taken for the end of your work, and it is not done. Nobody answers questions: to "
    "see a file, to change one or to run something, call the tool for it."
)
CUT = (
    "Your answer was cut because it was too long, and nothing of it was carried out. Take smaller pieces: one tool "
    "call at a time, and edit the lines that change instead of writing whole files."
)
_FAULTS = {
    "bad_tool_call": "The arguments of your tool call were no JSON that could be read, so nothing was done.",
    "bad_schema": "Your answer did not have the form that was asked for.",
    "garbled": "Your answer could not be read.",
    "cut": "Your answer broke off before its end, so nothing of it was carried out.",
    "refused": "The provider refused to answer that.",
    "context_overflow": "The conversation had become too long and was made shorter.",
}
_AGAIN = "Answer again, with one tool call at a time and in smaller pieces."

NUDGES = {
    "same action": "You made the same call {n} times and it gave the same each time. Do something else.",
    "ping-pong": "You go back and forth between the same two calls and nothing comes of it. Do something else.",
    "rejected alike": "Your last calls all failed for the same reason: {why} Change what causes that first.",
    "nothing done": "You answered several times without doing anything. Use a tool now, or call finish.",
    "only looked": "You have only looked for many answers, and nothing is changed. Name the likeliest cause, and make "
    "the smallest change that it calls for: the check will tell.",
    "no gate moved": "You changed files many times and the task's own check is no better than before.",
}
THINK = " Say in one sentence why it does not work, then take a different step."
STRATEGY = (
    " What you tried does not lead there. Leave it and take another way: 1. write down three other explanations of "
    "the problem, the likeliest first; 2. look at the code that would show which is right (callers, data, "
    "configuration, not the place you looked at so far); 3. make the smallest change that the one you can show calls "
    "for. Take back changes that did not help."
)
LITTLE = "You have {n} answers left. Bring what you have into a state that is better than before, then call finish."


def messages(state: State) -> tuple[Message, ...]:
    """Return the whole prompt of the next call."""
    said = [*state.opening, *([Message("user", state.terms.manual)] if state.spoken else [])]
    if state.summary:
        said += [Message("assistant", state.summary), Message("user", GO_ON)]
    for nth, item in enumerate(state.items[state.gone :], state.gone):
        shown = _in_words(item) if state.spoken and isinstance(item, Turn) else item
        said += _item(shown, old=nth < state.cut, room=state.limit * BYTES // 4)
    return _merged(said)


def prompt_tokens(state: State) -> int:
    """Return how many tokens the next prompt takes, estimated, without the tools on offer."""
    return sum(tokens_of(message) for message in messages(state))


def nudge(pattern: str, times: int, why: str, *, strategy: bool) -> str:
    """Return what the model is told about going round in circles."""
    said = NUDGES[pattern].format(n=times, why=why.rstrip(".") + "." if why else "")
    return said + (STRATEGY if strategy else THINK)


def _item(item: Item, *, old: bool, room: int) -> list[Message]:
    match item:
        case Turn():
            return _turn(item, old=old, longest=max(SHORT, room // max(1, len(item.seen))))
        case Faulted():
            return [Message("user", f"{_FAULTS.get(item.kind, 'Your answer did not arrive.')} {_AGAIN}")]
        case Nudged():
            return [Message("user", item.told)]


def _turn(turn: Turn, *, old: bool, longest: int) -> list[Message]:
    answer = replace(turn.answer, text=without_thoughts(turn.answer.text)) if old else turn.answer
    said = [Message("assistant", answer.text, answer.tool_calls)] if answer.text.strip() or answer.tool_calls else []
    if turn.native:
        for made, call in zip(answer.tool_calls, turn.calls, strict=True):
            said.append(Message("tool", _shown(turn.of(call), old=old, longest=longest), answers=made.id))
    else:
        said += _told(turn, old=old, longest=longest)
    if not turn.calls:
        unclear = f"{UNCLEAR}\n{chr(10).join(turn.unclear)}" if turn.unclear else EMPTY
        said.append(Message("user", CUT if answer.finish == "length" else unclear))
    elif turn.native and turn.unclear:
        said.append(Message("user", BESIDE.format(tools=" and ".join(turn.unclear))))
    own = [each for each in turn.seen if each.tool == CHECK]
    return said + [Message("user", _shown(each, old=old, longest=longest)) for each in own]


def _in_words(turn: Turn) -> Turn:
    """Return a turn as if its calls had been written into the text: for a model that can make none."""
    if not turn.native:
        return turn
    calls = [
        f'<tool_call>\n{{"name": {json.dumps(call.name)}, "arguments": {call.arguments or "{}"}}}\n</tool_call>'
        for call in turn.answer.tool_calls
    ]
    answer = replace(turn.answer, text="\n".join(filter(None, (turn.answer.text, *calls))), tool_calls=())
    return replace(turn, answer=answer, native=False)


def _told(turn: Turn, *, old: bool, longest: int) -> list[Message]:
    """Calls that were written into the text are answered by text."""
    told = []
    for call in turn.calls:
        text = _shown(turn.of(call), old=old, longest=longest)
        if call.name == FINISH:
            seen = turn.of(call)
            told.append(f"{UNCALLED}\n\n{text}" if seen and not (seen.success or call.arguments) else text)
        else:
            told.append(f"Result of {_name(turn, call)}:\n{text}")
    return [Message("user", "\n\n".join(told))] if told else []


def _name(turn: Turn, call: ToolCall) -> str:
    same = [each.id for each in turn.calls if each.name == call.name]
    return call.name if len(same) == 1 else f"{call.name} ({same.index(call.id) + 1})"


def _shown(seen: Observed | None, *, old: bool, longest: int) -> str:
    if seen is None:
        return "Not done."
    if old and len(seen.text) > SHORT:
        note = f"{len(seen.text)} characters, shown before, are left out here: make the call again to see them"
        return f"{seen.summary or seen.text[:SHORT]}\n[{note}]"
    if len(seen.text) > longest:
        half = longest // 2
        left = len(seen.text) - 2 * half
        return f"{seen.text[:half]}\n[{left} characters are left out here: ask for a part]\n{seen.text[-half:]}"
    return seen.text


def _merged(said: Iterable[Message]) -> tuple[Message, ...]:
    """Join what the user says in a row: some models take only turns that alternate."""
    merged: list[Message] = []
    for each in said:
        if each.role == "user" and merged and merged[-1].role == "user":
            merged[-1] = Message("user", f"{merged[-1].text}\n\n{each.text}")
        else:
            merged.append(each)
    return tuple(merged)
