"""PURE: the turns of a conversation: what the model said, what came of it, and how long that is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from agents.brains.conversation.facts import FINISH, Faulted, Nudged, Observed
from agents.brains.conversation.shelf import reached
from agents.ports import Message, ModelAnswer, ToolCall
from agents.tools.edits.drafts import without_thoughts
from agents.tools.foreign import bare_name, in_our_words

ACT, CONDENSE, OPEN = "act", "condense", "open"
"""What keys begin with: a step, a summary, the look before the first step."""
BYTES = 3
"""Of a token, at least: code has more, so that what is said to fit does."""
OVERHEAD = 8
"""Tokens of a message beside its text."""


class Heard(NamedTuple):
    """What stands in a text besides words."""

    calls: Sequence[ToolCall] = ()
    unclear: Sequence[str] = ()
    """What is meant as a call and cannot be read in one way, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a conversation is held to; the same facts under the same terms give the same state."""

    tools: frozenset[str] = frozenset({FINISH})
    """Names of what the model may call, `finish` among them."""
    heard: Callable[[str], Heard] = lambda text: Heard()
    """Reads the calls that a model wrote into its text instead of making them."""
    manual: str = ""
    """How a model that cannot make calls is told about the tools."""
    thread: str = ""
    """What stands before every key where an attempt has several conversations, e.g. `coder:`."""
    steps: int = 60
    """Most calls to a model."""
    tokens: int = 24_000
    """How long a prompt may become before it is condensed, estimated."""
    answer: int = 4096
    """Tokens an answer may have; more after one was cut."""
    may_give_up: bool = True
    """Whether the model may say a second time that it is done, with nothing changed since, and is let go."""
    checks: bool = True
    """Whether there is something to look at while the work goes on, e.g. failing tests of the task."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the model and what came of the calls in it."""

    key: str
    answer: ModelAnswer
    calls: tuple[ToolCall, ...] = ()
    """Named as in the ledger, e.g. `act-7.1`; the answer keeps the names its provider gave."""
    native: bool = True
    """Whether the calls were made as the provider's API has them, and not written into the text."""
    unclear: tuple[str, ...] = ()
    """What in the text was meant as a call and could not be read; beside calls, the tools that the text asks for."""
    seen: tuple[Observed, ...] = ()

    @property
    def open(self) -> tuple[ToolCall, ...]:
        """The calls nothing is known of yet."""
        known = {each.key for each in self.seen}
        return tuple(call for call in self.calls if call.id not in known)

    def of(self, call: ToolCall) -> Observed | None:
        """Return what came of a call."""
        return next((each for each in self.seen if each.key == call.id), None)


Item = Turn | Faulted | Nudged


def turn_of(terms: Terms, key: str, answer: ModelAnswer) -> Turn:
    """Return an answer with its calls under our names.

    An answer without a call that reached its end means the model is done. One that was cut says nothing of the kind.
    """
    heard = Heard()
    if answer.tool_calls:
        beside = terms.heard(answer.text).calls if answer.text.strip() else ()
        heard = Heard(answer.tool_calls, tuple(dict.fromkeys(call.name for call in beside)))
    elif answer.finish != "length" and without_thoughts(answer.text).strip():
        heard = terms.heard(answer.text)
        if not heard.calls and not heard.unclear:
            heard = Heard((ToolCall("", FINISH, ""),))
    calls = tuple(
        replace(in_our_words(reached(call, lambda name: meant(name, terms.tools)), terms.tools), id=f"{key}.{nth}")
        for nth, call in enumerate(heard.calls, 1)
    )
    return Turn(key, with_ids(key, answer), calls, bool(answer.tool_calls), tuple(heard.unclear))


def meant(name: str, known: frozenset[str]) -> str:
    """Return the tool a name stands for, however it is spelt: `readFile`, `functions.read_file`; else the name."""
    name = bare_name(name)
    if name in known:
        return name
    spelt = letters(re.split(r"[.:/]", name)[-1])
    fitting = [each for each in known if letters(each) == spelt]
    return fitting[0] if len(fitting) == 1 else name


def letters(name: str) -> str:
    """Return what two spellings of a name have in common."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def with_ids(key: str, answer: ModelAnswer) -> ModelAnswer:
    """Return the answer with an id for each call that can be told from the others; most models give such ids."""
    ids = [call.id for call in answer.tool_calls]
    if all(ids) and len(set(ids)) == len(ids):
        return answer
    named = (replace(call, id=f"{key}-{nth}") for nth, call in enumerate(answer.tool_calls, 1))
    return replace(answer, tool_calls=tuple(named))


def tokens_of(said: Item | Message) -> int:
    """Return how many tokens something said takes, estimated and rather too many."""
    match said:
        case Message():
            texts = [said.text, *(part for call in said.tool_calls for part in (call.name, call.arguments))]
        case Turn():
            calls = [part for call in said.answer.tool_calls for part in (call.name, call.arguments)]
            texts = [said.answer.text, *calls, *(each.text for each in said.seen)]
        case Faulted():
            texts = [said.why]
        case Nudged():
            texts = [said.told]
    return sum(OVERHEAD + len(text.encode("utf-8", "replace")) // BYTES for text in texts)


def is_summary(key: str) -> bool:
    """Return whether a call is for a summary and no step."""
    return key.rpartition(":")[2].startswith(f"{CONDENSE}-")
