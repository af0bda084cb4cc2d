"""The brain that thinks with a model: it talks until the task is done, and never comes back empty-handed."""

from __future__ import annotations

import asyncio
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from agents.brains.conversation.decide import Over
from agents.brains.conversation.finish import Finish
from agents.brains.conversation.looking import Look, Looked, is_tested, look_for
from agents.brains.conversation.loop import TOKENS, Conversation
from agents.brains.conversation.prompts import roles, system_prompt
from agents.ports import BudgetSpent, ModelFault, Nothing, Outcome, Proposal, Waiting, Workbench
from ledger.events import Task

TECHNIQUE = "conversation"
_TITLE = 72
_NOTES = 2000
_FOR_GOOD = ("quota", "unauthorized", "no_key", "not_found", "bad_request", "no_price", "not_recorded")
"""Faults that are the same later: what there is by then is handed over."""


class ConversationalBrain:
    """Thinks with a model, in the words of one role."""

    def __init__(
        self, role: str, *, prompt: str = "", look: Look | None = None, tokens: int = TOKENS,
    ) -> None:  # fmt: skip
        """`prompt` is the text of a role described as data; `look` says whether a task is done, by its kind when None.

        `tokens` bounds what is sent with each step.
        """
        self.role, self._prompt = role, prompt
        self._look, self._tokens = look, tokens

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Change the worktree and propose, or say why there is nothing to propose.

        What was not brought to its end is proposed as partial when it is better than before. Raise AgentError when
        the environment fails: the attempt is then taken up again where it was.
        """
        look = self._look or look_for(task)
        role = task.role if task.role in roles() else self.role
        talk = Conversation(
            system_prompt(role, self._prompt if role == self.role else ""), task, bench, look=look, tokens=self._tokens,
            thread="" if task.role in ("", self.role) else task.role,
        )  # fmt: skip
        try:
            ended = await talk.run()
        except ModelFault as fault:
            if fault.kind not in _FOR_GOOD or not talk.state.best.tree:
                raise
            ended = Over(done=False, why=str(fault))
        match ended:
            case Waiting():
                return ended
            case BudgetSpent():
                return await _best(talk, task, str(ended), spent=f"{ended.scope}:{ended.what}")
            case Over() if ended.done:
                return await _done(talk, task, ended)
            case Over():
                return await _best(talk, task, ended.why)


Wanted = TypeVar("Wanted", bound=BaseModel)


class Brought(NamedTuple, Generic[Wanted]):
    """What a role answered, in the form that was asked for."""

    answer: Wanted
    said: str = ""
    """What it said besides."""


async def ask_structured(
    role: str, task: Task, bench: Workbench, wanted: type[Wanted]
) -> Brought[Wanted] | Nothing | Waiting:
    """Let a role look around with its tools until it brings an answer of this form; the worktree may be changed.

    Resumed like any attempt.
    """
    finish = Finish(wanted)

    async def looked(task: Task, bench: Workbench, said: str, seconds: float) -> Looked:
        return Looked(met=True, told="Taken.", summary="answered")

    talk = Conversation(
        system_prompt(role), task, bench, look=looked, finish=finish, tokens=TOKENS,
        thread="" if task.role in ("", role) else role,
    )  # fmt: skip
    ended = await talk.run()
    match ended:
        case Waiting():
            return ended
        case BudgetSpent():
            return Nothing(str(ended), spent=f"{ended.scope}:{ended.what}")
        case Over() if ended.done:
            return Brought(wanted.model_validate(finish.brought(ended.arguments, ended.said).model_dump()), ended.said)
        case Over():
            return Nothing(ended.why)


async def _done(talk: Conversation, task: Task, ended: Over) -> Outcome:
    if not await _is_changed(talk):
        return Nothing(ended.said or "the model says that nothing is to be done")
    return Proposal(TECHNIQUE, _title(ended.said, task), ended.said[:_NOTES])


async def _best(talk: Conversation, task: Task, why: str, spent: str = "") -> Outcome:
    """Hand over the best there is, when it is better than before; nothing is kept that is only different."""
    await talk.last_look()
    state, history = talk.state, talk.thinking.history
    said = next((turn.answer.text for turn in reversed(state.turns) if turn.answer.text.strip()), "")
    if is_tested(task):
        if not state.best.tree:
            return Nothing(why, spent=spent)
        await asyncio.to_thread(history.restore, state.best.tree)
    if not await _is_changed(talk):
        return Nothing(why, spent=spent)
    notes = f"Not finished: {why}.\n{said}"[:_NOTES]
    return Proposal(TECHNIQUE, _title("", task), notes, partial=True, spent=spent)


async def _is_changed(talk: Conversation) -> bool:
    return await asyncio.to_thread(talk.thinking.history.tree) != talk.original


def _title(said: str, task: Task) -> str:
    """Return the first sentence of what was said, when it is one line's worth; else what the task is called."""
    first = said.strip().split("\n")[0].split(". ")[0].strip(" .#*`-")
    return first if 8 <= len(first) <= _TITLE else task.title[:_TITLE]
