"""A model that says what a script says: for tests, demonstrations and trying out an agent without a provider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from agents.models.checks import checked
from agents.models.faulty import FAULTS
from agents.models.script import Line, Script
from agents.models.tokens import count_call, count_text
from agents.models.wording import messages_for
from agents.ports import ModelAnswer, ModelCall, ModelCard, ModelFault, ToolCall


class Scripted:
    """The port `Model` in this process."""

    def __init__(
        self, script: Script, *, window: int | None = 128_000, price: tuple[float, float] | None = (0.0, 0.0),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        """`price`: USD per token in and out; None: unknown."""
        self._script, self._window, self._price, self._sleep = script, window, price, sleep
        self.calls: list[ModelCall] = []
        """What was asked, the oldest first."""

    def card(self, model: str) -> ModelCard:
        """Return the same for every name."""
        price_in, price_out = self._price or (None, None)
        return ModelCard(model, model.partition("/")[0], self._window, price_in, price_out)

    async def ask(self, call: ModelCall, on_token: Callable[[str], None]) -> ModelAnswer:
        """Return what the script says; a request that no line fits is a `bad_request`."""
        self.calls.append(call)
        line = self._script.answer(call.model, messages_for(call.messages, marked=False))
        if line is None:
            raise ModelFault("bad_request", "the script has no line for this request: add one", status=400)
        if line.delay:
            await self._sleep(line.delay)
        if line.fault:
            raise _fault(line)
        for piece in line.text.splitlines(keepends=True):
            on_token(piece)
        return checked(self._answer(line, call), call)

    def _answer(self, line: Line, call: ModelCall) -> ModelAnswer:
        calls = tuple(
            ToolCall(f"call-{len(self.calls)}-{nth}", each.name, arguments_text(each.arguments))
            for nth, each in enumerate(line.tool_calls)
        )
        counted = (count_call(call), 0, count_text(line.text + "".join(each.arguments for each in calls)))
        tokens_in, cached, tokens_out = line.usage or counted
        price_in, price_out = self._price or (None, None)
        cost = None if price_in is None or price_out is None else tokens_in * price_in + tokens_out * price_out
        finish = "length" if line.finish == "length" else "tool_calls" if calls else "stop"
        return ModelAnswer(
            line.text, calls, tokens_in, cached, tokens_out, line.no_usage, cost, finish, call.model  # type: ignore[arg-type]
        )  # fmt: skip


def arguments_text(arguments: dict[str, object] | str) -> str:
    """Return a scripted tool call's arguments as a model would write them."""
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _fault(line: Line) -> ModelFault:
    fault = FAULTS[line.fault]
    began = fault.streamed or fault.wire in ("no_choices", "no_text", "cut_tool_call")
    return ModelFault(
        fault.kind, fault.message or fault.told, retry_after=line.retry_after, began=began,
        status=fault.status if fault.status != 200 else 0,
    )  # fmt: skip
