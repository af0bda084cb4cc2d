"""THE LOOP of an agent that thinks with a model: what follows is recorded, what is owed is done, until it is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agents.brains.conversation.decide import Ask, Check, Effect, Open, Over, Summarise, Use, decide, pending
from agents.brains.conversation.facts import CHECK, FINISH, NO_TOOLS, Answered, Fact, Faulted, Observed, Opened
from agents.brains.conversation.finish import Finish, Summary
from agents.brains.conversation.looking import Look, Looked, is_tested
from agents.brains.conversation.opening import first_message, tests_of
from agents.brains.conversation.record import MENDABLE, events_of, facts_of, kind_of
from agents.brains.conversation.shelf import offered
from agents.brains.conversation.speaking import hearing, manual
from agents.brains.conversation.state import State, fold
from agents.brains.conversation.steady import steady
from agents.brains.conversation.turns import BYTES, OPEN, Terms
from agents.brains.conversation.wording import SUMMARISE, messages
from agents.ports import (
    AgentError,
    BudgetSpent,
    Message,
    ModelCall,
    ModelFault,
    Thinking,
    Waiting,
    Workbench,
)
from agents.tools.found import schema_of
from agents.tools.pipeline import Carried, Pipeline
from ledger.events import Task

TOKENS = 24_000
"""How long a prompt may become, whatever the model would take: what is sent is paid with every step."""
ANSWER = 4096
SHARE = 0.75
"""Of a model's window that prompt, tools and answer may take: how many tokens a text has is an estimate."""
CALL_SECONDS = 300.0
LAST_LOOK = 10.0
"""Seconds that must be left for a last look at what there is."""


class Conversation:
    """One attempt at a task by talking with a model."""

    def __init__(
        self, system: str, task: Task, bench: Workbench, *, look: Look, finish: Finish | None = None,
        tokens: int, thread: str,
    ) -> None:  # fmt: skip
        """`thread` tells several conversations of one attempt apart, one after the other: the role that has it."""
        if bench.thinking is None:
            raise AgentError("this attempt has no model to think with: connect one, or give it to the classical brain")
        self.system, self.task, self.bench, self.look = system, task, bench, look
        self.thinking: Thinking = bench.thinking
        self.model = self.thinking.models.chosen or self.thinking.models.names[0]
        self.finish = finish or Finish()
        self.pipeline = Pipeline.of(bench)
        self.tools = offered(self.thinking.tools.values(), schema_of(self.finish))
        self.state = State(self._terms(tokens, thread))
        self.original = ""
        """The worktree before anything was done, as a tree."""
        self._until = time.monotonic() + bench.seconds

    async def run(self) -> Over | Waiting | BudgetSpent:
        """Talk until it is over, a person must answer, or a budget is spent.

        A conversation that was broken off goes on where it was: what stands in the attempt's past is neither paid nor
        done again. Raise AgentError when the environment fails, so that the attempt can be taken up again later.
        """
        self.original = await asyncio.to_thread(self.thinking.history.tree)
        self.state = fold(self.state, self._past())
        if self.state.tree:
            await asyncio.to_thread(self.thinking.history.restore, self.state.tree)
        while True:
            while facts := decide(self.state):
                await self._take(facts)
            effect = pending(self.state)
            if isinstance(effect, Over):
                return effect
            if self.left <= 0:
                return Over(done=False, why="there is no time left")
            try:
                async with asyncio.timeout(self.left):
                    waiting = await self._do(effect)
            except TimeoutError:
                await self._put_back()
                return Over(done=False, why="there is no time left")
            except BudgetSpent as spent:
                return spent
            if waiting is not None:
                return waiting

    @property
    def left(self) -> float:
        """Seconds the attempt has left."""
        return self._until - time.monotonic()

    async def last_look(self) -> None:
        """Look once more at the worktree as it is, when it was changed since the last look and there is time."""
        seen = [each for turn in self.state.turns for each in turn.seen if each.tool in (CHECK, FINISH) and each.tree]
        looked = seen[-1].tree if seen else self.original
        turn = self.state.last
        if turn is not None and self.state.tree not in ("", looked) and self.left > LAST_LOOK:
            await self._check(Check(f"{turn.key}.last"))

    async def _do(self, effect: Effect) -> Waiting | None:
        match effect:
            case Open():
                await self._open()
            case Ask():
                self.bench.progress(f"{self.model}: step {self.state.asked + 1} of at most {self.state.terms.steps}")
                await self._ask(effect.key, "act", messages(self.state), effect.max_tokens)
            case Summarise():
                await self._summarise(effect)
            case Use():
                return await self._use(effect)
            case Check():
                await self._check(effect)
            case Over():
                raise AssertionError(effect)
        return None

    async def _take(self, facts: Sequence[Fact]) -> None:
        """Record what the loop itself decided or saw, and fold it: in this order, so that nothing is forgotten."""
        events = [
            event for fact in facts for event in events_of(fact, self.bench.attempt, self.thinking.blobs)
        ]  # fmt: skip
        if events:
            await self.thinking.append(events)
        self.state = fold(self.state, facts)

    async def _open(self) -> None:
        """Write the first messages; the first call names them, so that they are kept with it."""
        tests = await tests_of(self.task, self.bench, self.left)
        key = f"{self.state.terms.thread}{OPEN}.{CHECK}"
        if tests is not None and not any(isinstance(each, Observed) and each.key == key for each in self._past()):
            await self._take([self._looked(key, CHECK, tests.looked, self.original)])
        user = await first_message(self.task, self.bench, tests, self.state.terms.tokens // 3)
        self.state = fold(self.state, [Opened((Message("system", self.system), user))])

    def _past(self) -> Iterator[Fact]:
        """The conversation as far as it stands in the ledger."""
        thread = self.state.terms.thread
        return facts_of(self.thinking.past, self.thinking.blobs, thread=thread, places=self._places())

    async def _ask(self, key: str, purpose: str, said: tuple[Message, ...], most: int) -> None:
        call = ModelCall(
            key=key, model=self.model, messages=said, tools=() if self.state.spoken else self.tools.whole,
            max_tokens=most, purpose=purpose, seconds=max(1.0, min(CALL_SECONDS, self.left)),
        )  # fmt: skip
        try:
            fact: Answered | Faulted = Answered(key, await self.thinking.models.calls.ask(call))
        except ModelFault as fault:
            kind = kind_of(fault.kind, fault.message)
            known = kind in MENDABLE or (kind == NO_TOOLS and not self.state.spoken)
            if not known and purpose == "act":
                raise
            fact = Faulted(key, kind, fault.message)
        self.state = fold(self.state, [fact])

    async def _summarise(self, effect: Summarise) -> None:
        self.bench.progress(f"{self.model}: making the conversation shorter")
        state = replace(self.state, cut=len(self.state.items)) if self.state.overflowed else self.state
        said = (*messages(state), Message("user", SUMMARISE))
        await self._ask(effect.key, "condense", said, ANSWER)

    async def _use(self, effect: Use) -> Waiting | None:
        names = ", ".join(dict.fromkeys(call.name for call in effect.calls))
        self.bench.progress(f"step {self.state.asked}: {names}")
        carried = await self.pipeline.carry_out(effect.calls)
        if isinstance(carried, Waiting):
            return carried
        self.state = fold(self.state, [self._observed(each) for each in carried])
        return None

    def _observed(self, carried: Carried) -> Observed:
        """Return what came of a call, exactly as it is read from the ledger later."""
        result, text = carried.result, carried.result.text
        if carried.risk == "execute":
            text = steady(text, *self._places())
        if carried.stage != "run":
            return Observed(carried.key, carried.call.name, False, text, result.summary, stage=carried.stage)
        summary = (result.summary or next(iter(result.text.splitlines()), ""))[:200]
        return Observed(carried.key, carried.call.name, result.success, text, summary, carried.tree)

    async def _check(self, effect: Check) -> None:
        self.bench.progress("looking whether the task is done")
        tool = FINISH if effect.finish else CHECK
        tree = await asyncio.to_thread(self.thinking.history.tree)
        looked = await self._look(effect)
        await self._take([self._looked(effect.key, tool, looked, tree)])

    async def _look(self, effect: Check) -> Looked:
        if effect.finish and (wrong := self.finish.wrong(self.ended_with(effect.key), effect.said)):
            return Looked(met=False, told=wrong, summary="the answer does not have the form that is asked for")
        if effect.finish and await asyncio.to_thread(self.bench.was_refused):
            told = (
                "Exactly this change was rejected or taken back before. Look at the reasons and change something else."
            )
            return Looked(met=False, told=told, summary="exactly this change was rejected before")
        return await self.look(self.task, self.bench, effect.said, self.left)

    def ended_with(self, key: str) -> str:
        """Return the arguments a call of `finish` was made with."""
        return next((call.arguments for turn in self.state.turns for call in turn.calls if call.id == key), "")

    def _looked(self, key: str, tool: str, looked: Looked, tree: str) -> Observed:
        counts = {"passed": looked.passed, "wanted": looked.wanted} if looked.wanted else {}
        return Observed(key, tool, looked.met, looked.told, looked.summary, tree, counts=counts)

    async def _put_back(self) -> None:
        """Undo what a tool that was broken off may have begun."""
        await asyncio.to_thread(self.thinking.history.restore, self.state.tree or self.original)

    def _places(self) -> tuple[str, ...]:
        target = self.bench.target
        return (str(target.project), str(target.root), str(self.bench.scratch))

    def _terms(self, tokens: int, thread: str) -> Terms:
        """Return what this conversation is held to: the smaller of what is sensible and what the model takes."""
        shown = sum(len(str(each.parameters)) + len(each.description) for each in self.tools.whole) // BYTES
        window = self.thinking.models.calls.card(self.model).window
        fits = tokens if window is None else min(tokens, int(window * SHARE) - shown - min(ANSWER, window // 4))
        if fits < 1500:
            raise AgentError(
                f"{self.model} takes {window} tokens, of which the tools take {shown}: choose a model with more room"
            )
        return Terms(
            tools=self.tools.names, heard=hearing(self.tools.names), manual=manual(self.tools),
            steps=self.thinking.steps, tokens=fits,
            answer=min(ANSWER, (window or 4 * ANSWER) // 4), checks=is_tested(self.task),
            thread=f"{thread}:" if thread else "", may_give_up=self.finish.arguments is Summary,
        )  # fmt: skip
