"""What the user connected: settings to a model, or one line that says what is missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agents.models.breaker import Guarded
from agents.models.record import Recording, Replaying
from agents.ports import Model
from ledger.masking import Masker


@dataclass(frozen=True, slots=True)
class Connection:
    """What decides which models can be asked, and how."""

    names: tuple[str, ...] = ()
    """Models, the cheapest first."""
    api_base: str = ""
    """Address of a server that speaks as OpenAI does."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Where the keys are."""
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """USD per million tokens in and out, by model, where the user knows better."""
    record: Path | None = None
    """Answers are written down here."""
    replay: Path | None = None
    """Answers come from here, and nobody is asked."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A model to ask, shared by all attempts, and the names it is asked by."""

    model: Model
    names: tuple[str, ...]
    lacking: Callable[[str], str] = lambda name: ""
    """Says in one line what a model lacks to be asked, e.g. its key; may load a library, and asks nobody."""


def connect(wanted: Connection, masker: Masker) -> Connected | None:
    """Return the model; None when none is named. Nothing is loaded and nobody is asked before its first use.

    `masker` takes known secrets out of a record.

    Raise RecordError when a record that is to be replayed cannot be read.
    """
    if wanted.replay is not None:
        replaying = Replaying(wanted.replay)
        return Connected(replaying, wanted.names or replaying.names)
    if not wanted.names:
        return None
    from agents.models.litellm import LiteLlm

    bare = LiteLlm(wanted.api_base, wanted.environment, prices=wanted.prices)
    model: Model = bare
    if wanted.record is not None:
        model = Recording(model, wanted.record, wanted.names, masker)
    return Connected(Guarded(model, time.monotonic), wanted.names, bare.lacking)


def why_not(connected: Connected, *, allow_unknown_price: bool) -> str:
    """Return in one line why the models cannot be asked; empty when all can. Loads litellm, and asks nobody."""
    return next(filter(None, (_why_not(connected, name, allow_unknown_price) for name in connected.names)), "")


def _why_not(connected: Connected, name: str, allow_unknown_price: bool) -> str:
    said = connected.lacking(name)
    if said:
        return said
    card = connected.model.card(name)
    if allow_unknown_price or (card.price_in is not None and card.price_out is not None):
        return ""
    return (
        f"the price of {name} is unknown, so no budget of money would hold: add --allow-unknown-price, or name a model "
        "with a known price"
    )
