"""A breaker per provider: who failed too often in a row is left alone for a while, by all attempts together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.models.faults import FOLLOWS
from agents.ports import Model, ModelAnswer, ModelCall, ModelCard, ModelFault

_IN_A_ROW = 6
_FIRST_REST, _LONGEST_REST = 15.0, 240.0


@dataclass(slots=True)
class _Breaker:
    failed: int = 0
    """Faults in a row."""
    rest: float = 0.0
    """Seconds of the newest rest; each that follows is twice as long."""
    until: float = 0.0
    trial: bool = False
    """Whether the one call after a rest is under way, which decides."""


class Guarded:
    """The port `Model` around another, shared by all attempts."""

    def __init__(self, model: Model, clock: Callable[[], float]) -> None:
        """`clock` gives seconds."""
        self._model, self._clock = model, clock
        self._breakers: dict[str, _Breaker] = {}

    def card(self, model: str) -> ModelCard:
        """Return what the model behind says."""
        return self._model.card(model)

    async def ask(self, call: ModelCall, on_token: Callable[[str], None]) -> ModelAnswer:
        """Ask, or raise ModelFault `breaker_open` with the seconds of rest that are left."""
        provider = self._model.card(call.model).provider
        breaker = self._breakers.setdefault(provider, _Breaker())
        trial = self._admit(breaker, provider)
        try:
            answer = await self._model.ask(call, on_token)
        except ModelFault as fault:
            if FOLLOWS[fault.kind].breaks:
                self._count(breaker)
            raise
        finally:
            if trial:
                breaker.trial = False
        breaker.failed, breaker.rest = 0, 0.0
        return answer

    def _admit(self, breaker: _Breaker, provider: str) -> bool:
        """Return whether this call is the one that tries the provider after a rest."""
        if breaker.failed < _IN_A_ROW:
            return False
        left = breaker.until - self._clock()
        if left > 0 or breaker.trial:
            rest = max(left, 1.0)
            said = f"{provider or 'the provider'} failed {breaker.failed} times in a row: left alone for {rest:.0f} s"
            raise ModelFault("breaker_open", said, retry_after=rest)
        breaker.trial = True
        return True

    def _count(self, breaker: _Breaker) -> None:
        breaker.failed += 1
        if breaker.failed >= _IN_A_ROW:
            breaker.rest = min(_LONGEST_REST, breaker.rest * 2 or _FIRST_REST)
            breaker.until = self._clock() + breaker.rest
