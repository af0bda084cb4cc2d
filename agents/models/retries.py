"""PURE: after a fault, which model is asked next, and when."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from agents.models.faults import FOLLOWS, TOLD_TO_MODEL
from agents.ports import ModelCard, ModelFault

MOST = 24
"""Tries of one call, over all models."""
PATIENCE = 15.0
"""Seconds a model is waited for while another could be asked at once."""
_FIRST, _LONGEST = 1.0, 30.0
"""Seconds of the first wait of our own, which doubles, and of the longest."""


class Next(NamedTuple):
    """Who is asked next, and when."""

    model: str
    at: float


class Plan:
    """The tries of one call. The models are asked in their order; faults that pass are waited for."""

    def __init__(self, models: Sequence[ModelCard], *, deadline: float, seed: str) -> None:
        """`deadline` and the times given later are seconds of one clock; `seed` spreads the waits of many callers."""
        self._left = [card.name for card in models]
        self._windows = {card.name: card.window for card in models}
        self.deadline, self._seed = deadline, seed
        self._model = self._left[0]
        self._total = 0
        self._row = 0
        self._ready: dict[str, float] = {}

    @property
    def model(self) -> str:
        """The model that is asked now."""
        return self._model

    def after(self, fault: ModelFault, now: float) -> Next | None:
        """Return who is asked next after a fault of the model that was asked; None when it is to be raised."""
        follow = FOLLOWS[fault.kind]
        self._total += 1
        self._row += 1
        wait = self._wait(fault)
        self._ready[self._model] = now + wait
        if self._total >= MOST:
            return None
        others = self._others(fault) if follow.elsewhere else []
        again = self._row < follow.tries or (not others and follow.returns)
        if again and not (others and wait > PATIENCE):
            return self._chosen(self._model, now)
        if not follow.returns:
            self._left.remove(self._model)
        return self._chosen(others[0], now) if others else None

    def _chosen(self, name: str, now: float) -> Next | None:
        at = max(now, self._ready.get(name, now))
        if at >= self.deadline:
            return None
        if name != self._model:
            self._model, self._row = name, 0
        return Next(name, at)

    def _others(self, fault: ModelFault) -> list[str]:
        """The other models that are left, from the one after this on; for too long a prompt only larger ones."""
        at = self._left.index(self._model)
        others, mine = self._left[at + 1 :] + self._left[:at], self._windows[self._model]
        if fault.kind != "context_overflow" or mine is None:
            return others
        return [name for name in others if (self._windows[name] or 0) > mine]

    def _wait(self, fault: ModelFault) -> float:
        if fault.retry_after is not None:
            return fault.retry_after
        if fault.kind in TOLD_TO_MODEL:
            return 0.0
        longest: float = min(_LONGEST, _FIRST * 2 ** (self._row - 1))
        drawn = hashlib.sha256(f"{self._seed} {self._total}".encode()).digest()[0] / 255
        return longest * (0.5 + drawn / 2)


def in_order(asked: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the model that is asked for, then the stronger ones, then the weaker ones from the nearest on."""
    if asked not in names:
        return (asked, *names)
    at = names.index(asked)
    return (*names[at:], *reversed(names[:at]))
