"""PURE: what is known of a model before it is asked, and what an answer cost: unknown is None, never 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.models.providers import marks_of
from agents.ports import ModelAnswer, ModelCard

_FREE = frozenset({"ollama", "ollama_chat", "lm_studio", "llamafile"})
"""Of your own machine: what they answer is not billed."""
_PER = 1_000_000


def card_of(
    model: str,
    provider: str,
    route: str,
    known: Mapping[str, Mapping[str, Any]],
    own: Mapping[str, tuple[float, float]],
) -> ModelCard:
    """Return the card by the user's prices, else by litellm's list; a price is the most it can be."""
    said = _entry(model, provider, route, known)
    window = said.get("max_input_tokens") or said.get("max_tokens")
    fits = int(window) if isinstance(window, int | float) and window else None
    if model in own:
        price_in, price_out = own[model]
        return ModelCard(model, provider, fits, price_in / _PER, price_out / _PER)
    if provider in _FREE:
        return ModelCard(model, provider, fits, 0.0, 0.0)
    written = ("cache_creation_input_token_cost",) if marks_of(provider, route) else ()
    return ModelCard(
        model,
        provider,
        fits,
        _highest(said, ("input_cost_per_token", *written)),
        _highest(said, ("output_cost_per_token",)),
    )


def cost_of(answer: ModelAnswer, card: ModelCard, library: Any, route: str, usage: Any) -> float | None:
    """Return USD: as the provider's own list has it with what was cached, else by the card; None when nobody knows."""
    if card.price_in is None or card.price_out is None:
        return None
    by_card = answer.tokens_in * card.price_in + answer.tokens_out * card.price_out
    if answer.estimated or usage is None or not by_card:
        return by_card
    try:
        response = library.ModelResponse(model=route, usage=usage)
        cost = library.completion_cost(completion_response=response, model=route)
    except Exception:  # noqa: BLE001 - it raises plain Exception for a model it cannot price; then the card's price holds
        return by_card
    return float(cost) if cost else by_card


def _entry(model: str, provider: str, route: str, known: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    bare = route.partition("/")[2]
    for name in (model, route, bare):
        said = known.get(name)
        if said is not None and (name != bare or said.get("litellm_provider", "").startswith(provider)):
            return said
    return {}


def _highest(said: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    """Return the dearest step of a price that rises with the length of the prompt."""
    found = [
        float(value)
        for key, value in said.items()
        if isinstance(value, int | float)
        and any(key == name or (key.startswith(f"{name}_above_") and key.endswith("_tokens")) for name in names)
    ]
    return max(found) if any(name in said for name in names) and found else None
