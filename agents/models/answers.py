"""The answers that stand in a ledger already, by the hash of their request."""

from __future__ import annotations

from agents.ports import ModelCall
from ledger.events import AnyEvent, CallFinished


def may_be_kept(call: ModelCall) -> bool:
    """Return whether a request is deterministic: only temperature 0 asks for the answer and not for one more answer.

    At any other temperature asking again is how an agent gets another idea after the first has failed.
    """
    return call.temperature == 0


class Answers:
    """A projection of the ledger: it is fed with every event, and can be made anew from them."""

    def __init__(self) -> None:
        self._blobs: dict[str, str] = {}

    def hear(self, event: AnyEvent) -> None:
        """Remember the answer of a finished call."""
        if isinstance(event, CallFinished) and event.request and event.answer:
            self._blobs[event.request] = event.answer

    def find(self, request: str) -> str | None:
        """Return the blob of the newest answer to a request."""
        return self._blobs.get(request)
