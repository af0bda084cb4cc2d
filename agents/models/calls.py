"""How a brain asks models: from the attempt's past, else from kept answers, else paid, tried again and recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from agents.models.answers import Answers, may_be_kept
from agents.models.checks import told
from agents.models.faults import TOLD_TO_MODEL
from agents.models.past import Past
from agents.models.requests import answer_bytes, message_bytes, read_answer, request_hash, tools_bytes
from agents.models.retries import Next, Plan, in_order
from agents.models.shown import Shown
from agents.models.threads import Threads
from agents.models.worst import Counted
from agents.ports import Message, Model, ModelAnswer, ModelCall, ModelCard, ModelFault, Purse, Spend, ToolCall
from ledger.blobs import Blobs
from ledger.errors import Damaged, Missing
from ledger.events import AnyEvent, AttemptId, CallFailed, CallFinished, CallStarted
from ledger.masking import Masker


class PaidCalls:
    """The port `Calls` of one attempt."""

    def __init__(
        self, model: Model, names: Sequence[str], *, attempt: AttemptId, purse: Purse, past: Sequence[AnyEvent],
        append: Callable[[Sequence[AnyEvent]], Awaitable[None]], blobs: Blobs, said: Callable[[str], None],
        clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]], answers: Answers,
        allow_unknown_price: bool, mask: Masker,
    ) -> None:  # fmt: skip
        """`names`: the models that may be asked, the cheapest first; `past`: the attempt's stream so far."""
        self._model, self._names = model, tuple(names)
        self._attempt, self._purse, self._past = attempt, purse, Past(past)
        self._append, self._blobs, self._said = append, blobs, said
        self._clock, self._sleep, self._answers = clock, sleep, answers
        self._unknown_price, self._mask = allow_unknown_price, mask
        self._threads, self._counted = Threads(), Counted()
        self._masked: dict[Message, Message] = {}

    def card(self, model: str) -> ModelCard:
        """Return what is known of a model by its name."""
        return self._model.card(model)

    async def ask(self, call: ModelCall) -> ModelAnswer:
        """Return the answer: the one of the attempt's past, else a kept one, else one that is paid for.

        Raise ModelFault when no model answers in time, BudgetSpent when the worst case does not fit.
        """
        call = replace(call, messages=tuple(self._without_secrets(message) for message in call.messages))
        answer = self._from_past(call)
        if answer is None:
            answer = await self._from_kept(call) or await self._paid(call)
        self._threads.learn(call.key, call.messages, answer)
        self._counted.learn(call, answer)
        return answer

    def _from_past(self, call: ModelCall) -> ModelAnswer | None:
        finished = self._past.finished.get(call.key)
        if finished is None:
            return None
        kept = read_answer(self._blobs.get(finished.answer))
        return replace(kept, seconds=finished.seconds, source=finished.source)

    async def _from_kept(self, call: ModelCall) -> ModelAnswer | None:
        request = request_hash(call)
        blob = self._answers.find(request) if may_be_kept(call) else None
        if blob is None:
            return None
        try:
            kept = read_answer(self._blobs.get(blob))
        except (Missing, Damaged, ValueError):
            return None  # shredded, or of another version: it is asked for
        answer = replace(kept, cost=0.0, tokens_in=0, tokens_cached=0, tokens_out=0, source="cache")
        started = await self._started(call, call, request, call.model, Spend(0, 0.0))
        await self._append([started, self._finished(call, request, answer, blob)])
        return answer

    async def _paid(self, call: ModelCall) -> ModelAnswer:
        trying = _Trying(call, call, await self._plan(call), request_hash(call), nth=self._past.tries(call.key))
        await self._close_interrupted(call.key)
        while True:
            trying.nth += 1
            answer = await self._try(trying)
            if answer is not None:
                blob = await asyncio.to_thread(self._blobs.put, answer_bytes(answer))
                finished = self._finished(call, trying.request, answer, blob)
                await self._append([finished])
                self._answers.hear(finished)
                return answer

    async def _try(self, trying: _Trying) -> ModelAnswer | None:
        """Ask once; None when it failed and is to be tried again."""
        call, model = trying.call, trying.plan.model
        asked = replace(trying.sent, model=model, seconds=max(1.0, trying.deadline - self._clock()))
        worst, purse_key = self._worst(asked), trying.purse_key
        self._purse.reserve(purse_key, worst)
        spent, shown = worst, Shown(self._mask, self._said)
        try:
            started = await self._started(call, trying.sent, request_hash(asked), model, worst)
            await self._append([started])
            began = self._clock()
            answer = self._readable(await self._model.ask(asked, shown), model, self._clock() - began)
            spent = Spend(answer.tokens_in + answer.tokens_out, answer.cost)
        except ModelFault as fault:
            shown.end(broken=fault.began)
            spent = _spent(fault, worst)
            self._purse.settle(purse_key, spent)
            await self._failed(trying, fault, spent)
            return None
        except BaseException:
            self._purse.settle(purse_key, worst)  # nobody knows what was paid
            raise
        shown.end()
        self._purse.settle(purse_key, spent)
        return answer

    async def _failed(self, trying: _Trying, fault: ModelFault, spent: Spend) -> None:
        """Record the fault, then wait for the next try; raise it when there is none."""
        was, now = trying.plan.model, self._clock()
        next_try = trying.plan.after(fault, now)
        event = CallFailed(
            attempt=self._attempt, key=trying.call.key, model=was, nth=trying.nth, fault=fault.kind,
            why=self._mask.text(fault.message), tokens=spent.tokens, cost=spent.cost,
            retry_at=None if next_try is None else next_try.at,
            fallback=next_try.model if next_try is not None and next_try.model != was else "",
        )  # fmt: skip
        await self._append([event])
        if next_try is None:
            raise self._final(trying, fault, now)
        if fault.kind in TOLD_TO_MODEL:
            trying.sent = self._corrected(trying.sent, fault)
        await self._wait(next_try)

    async def _wait(self, next_try: Next) -> None:
        seconds = next_try.at - self._clock()
        if seconds > 0:
            await self._sleep(seconds)

    def _final(self, trying: _Trying, fault: ModelFault, now: float) -> ModelFault:
        late = now >= trying.deadline or (fault.kind == "timeout" and trying.deadline - now < 1)
        if not late:
            return fault
        message = f"no answer within {trying.call.seconds:.0f} s; the last fault: {fault.message}"
        return ModelFault("deadline", message, retry_after=fault.retry_after, began=fault.began, status=fault.status)

    def _corrected(self, sent: ModelCall, fault: ModelFault) -> ModelCall:
        """Return the request with what was wrong with the answer; its broken tool calls cannot be said again."""
        said = fault.answer.text if fault.answer is not None else ""
        before = (Message("assistant", said),) if said.strip() else ()
        more = (*before, Message("user", told(fault)))
        return replace(sent, messages=(*sent.messages, *(self._without_secrets(message) for message in more)))

    async def _plan(self, call: ModelCall) -> Plan:
        names = in_order(call.model, self._names)
        cards = [await asyncio.to_thread(self._model.card, name) for name in names]  # the first loads a library
        priced = [
            card for card in cards if self._unknown_price or (card.price_in is not None and card.price_out is not None)
        ]
        if not priced or priced[0].name != call.model:
            raise ModelFault(
                "no_price",
                f"the price of {call.model} is unknown, so no budget of money would hold: add --allow-unknown-price, "
                "or name a model with a known price",
            )
        return Plan(priced, deadline=self._clock() + call.seconds, seed=f"{self._attempt} {call.key}")

    def _worst(self, call: ModelCall) -> Spend:
        card, tokens = self._model.card(call.model), self._counted.most(call, self._threads)
        if card.price_in is None or card.price_out is None:
            return Spend(tokens + call.max_tokens, None)
        return Spend(tokens + call.max_tokens, tokens * card.price_in + call.max_tokens * card.price_out)

    async def _close_interrupted(self, key: str) -> None:
        """Count a try that was under way when Kaizen ended at its worst case: nobody knows whether it was paid."""
        open_try = self._past.interrupted(key)
        if open_try is None:
            return
        why = "Kaizen ended while this was asked; it is counted at its worst case and asked again"
        await self._append([
            CallFailed(
                attempt=self._attempt, key=key, model=open_try.model, nth=self._past.tries(key), fault="interrupted",
                why=why, retry_at=self._clock(), tokens=open_try.worst_tokens, cost=open_try.worst_cost,
            )
        ])  # fmt: skip

    async def _started(self, call: ModelCall, sent: ModelCall, request: str, model: str, worst: Spend) -> CallStarted:
        follows, count = self._threads.begins_with(call.messages)
        messages, tools = await asyncio.to_thread(self._put, sent, count)
        return CallStarted(
            attempt=self._attempt, key=call.key, model=model, purpose=call.purpose, request=request, follows=follows,
            messages=messages, tools=tools, worst_tokens=worst.tokens, worst_cost=worst.cost,
        )  # fmt: skip

    def _put(self, sent: ModelCall, named: int) -> tuple[tuple[str, ...], str]:
        """Keep what is new in a request."""
        messages = tuple(self._blobs.put(message_bytes(message)) for message in sent.messages[named:])
        return messages, self._blobs.put(tools_bytes(sent.tools)) if sent.tools else ""

    def _finished(self, call: ModelCall, request: str, answer: ModelAnswer, blob: str) -> CallFinished:
        asked = answer.source == "model" and answer.seconds > 0  # a record has no speed of its own
        speed = answer.tokens_out / answer.seconds if asked else 0.0
        return CallFinished(
            attempt=self._attempt, key=call.key, model=answer.model, request=request, answer=blob,
            tokens_in=answer.tokens_in, tokens_cached=answer.tokens_cached, tokens_out=answer.tokens_out,
            cost=answer.cost, seconds=round(answer.seconds, 3), tokens_per_second=round(speed, 1),
            finish=answer.finish, source=answer.source,
        )  # fmt: skip

    def _readable(self, answer: ModelAnswer, model: str, seconds: float) -> ModelAnswer:
        """Return the answer without known secrets; nothing is guessed in what a model wrote: it may be code."""
        calls = tuple(ToolCall(each.id, each.name, self._known(each.arguments)) for each in answer.tool_calls)
        return replace(answer, text=self._known(answer.text), tool_calls=calls, model=model, seconds=seconds)

    def _known(self, text: str) -> str:
        raw = text.encode("utf-8", "replace")
        return self._mask.known(raw).decode("utf-8", "replace")

    def _without_secrets(self, message: Message) -> Message:
        """Return a message as it may leave this machine; each is masked once."""
        masked = self._masked.get(message)
        if masked is None:
            calls = tuple(ToolCall(each.id, each.name, self._mask.text(each.arguments)) for each in message.tool_calls)
            masked = replace(message, text=self._mask.text(message.text), tool_calls=calls)
            self._masked[message] = masked
        return masked


@dataclass(slots=True)
class _Trying:
    """The tries of one call."""

    call: ModelCall
    """As it was asked for."""
    sent: ModelCall
    """As it is sent: what was wrong with an answer is said behind it."""
    plan: Plan
    request: str
    nth: int

    @property
    def deadline(self) -> float:
        return self.plan.deadline

    @property
    def purse_key(self) -> str:
        """Each try is a reservation of its own: a wait holds none."""
        return self.call.key if self.nth == 1 else f"{self.call.key}#{self.nth}"


def _spent(fault: ModelFault, worst: Spend) -> Spend:
    if fault.answer is not None:
        return Spend(fault.answer.tokens_in + fault.answer.tokens_out, fault.answer.cost)
    return worst if fault.began else Spend(0, 0.0)
