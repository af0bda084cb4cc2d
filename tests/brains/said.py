"""Words of a conversation for tests: what the model says, what tools answer, and a loop without a world."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from agents.brains.conversation.decide import Ask, Check, Effect, Open, Over, Summarise, Use, decide, pending
from agents.brains.conversation.facts import Answered, Fact, Observed, Opened
from agents.brains.conversation.state import State, evolve, fold
from agents.brains.conversation.turns import Terms
from agents.ports import Message, ModelAnswer, ToolCall

TOOLS = frozenset({"read_file", "edit_file", "run_tests", "finish"})
OPENING = Opened((Message("system", "You mend code."), Message("user", "test_high fails.")))


def terms(**given: Any) -> Terms:
    return Terms(**{"tools": TOOLS} | given)


def call(tool: str, nth: int = 1, **arguments: Any) -> ToolCall:
    return ToolCall(f"call_{tool}_{nth}", tool, json.dumps(arguments))


def calls(*made: ToolCall, text: str = "") -> ModelAnswer:
    return ModelAnswer(text, tuple(made), finish="tool_calls")


def says(text: str, finish: Any = "stop") -> ModelAnswer:
    return ModelAnswer(text, finish=finish)


def began(*facts: Fact, **given: Any) -> State:
    return fold(State(terms(**given)), (OPENING, *facts))


def settled(state: State) -> State:
    """Fold in what follows by itself."""
    while facts := decide(state):
        state = fold(state, facts)
    return state


def talk(
    state: State,
    model: Callable[[int], ModelAnswer],
    world: Callable[[ToolCall], Observed],
    check: Callable[[State], tuple[bool, float]] = lambda state: (False, 0.0),
) -> tuple[State, list[Effect], list[tuple[Message, ...]]]:
    """Carry a conversation to its end in a world of plain functions; also return what was owed and what was sent."""
    from agents.brains.conversation.wording import messages

    owed: list[Effect] = []
    sent: list[tuple[Message, ...]] = []
    while True:
        state = settled(state)
        effect = pending(state)
        owed.append(effect)
        facts: Iterable[Fact]
        match effect:
            case Over():
                return state, owed, sent
            case Open():
                facts = [OPENING]
            case Ask():
                sent.append(messages(state))
                facts = [Answered(effect.key, model(len(sent)))]
            case Summarise():
                sent.append(messages(state))
                facts = [Answered(effect.key, says("We looked at shop.py; clamp returns the wrong end."))]
            case Use():
                facts = [world(each) for each in effect.calls]
            case Check():
                met, passed = check(state)
                facts = [
                    Observed(
                        effect.key, "finish" if effect.finish else "check", met, "" if met else "1 of 1 fails",
                        summary=effect.said, tree=f"tree-{len(owed)}", counts={"passed": passed},
                    )
                ]  # fmt: skip
        for fact in facts:
            state = evolve(state, fact)


def seen(made: ToolCall, text: str = "done", *, success: bool = True, tree: str = "") -> Observed:
    return Observed(made.id, made.name, success, text, text[:60], tree)
